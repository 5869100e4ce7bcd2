import { useState } from 'preact/hooks';
import { REPORT_PERIODS, type ReportPeriod } from '../../../../domain/reports/period.ts';
import { ApiError, readFile } from '../../data/api.ts';
import type { TrendParameters } from '../../data/use-reading.ts';
import { saveText } from '../../model/save.ts';
import { Panel } from '../common/panel.tsx';

interface ReportProps {
  readonly parameters: TrendParameters;
  readonly onLocked: () => void;
}

const PERIODS: Readonly<Record<ReportPeriod, string>> = {
  week: 'last whole week',
  month: 'last whole month',
  quarter: 'last whole quarter',
};
/** `ReportFormat`; the module of that type holds the code that makes reports. */
const FORMATS = { html: 'HTML', csv: 'CSV', json: 'JSON', md: 'Markdown' } as const;

/** Saves the report of a period as a file, as `caro report` prints it. */
export function ReportPanel({ parameters: { name, block }, onLocked }: ReportProps) {
  const [period, setPeriod] = useState<ReportPeriod>('month');
  const [format, setFormat] = useState<keyof typeof FORMATS>('html');
  const [isBusy, setBusy] = useState(false);
  const [told, setTold] = useState<string | null>(null);
  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      const file = await readFile('/api/report', { period, format, name, block });
      saveText(file.name, file.text, file.type);
      setTold(`Saved as ${file.name}.`);
    } catch (error) {
      if (error instanceof ApiError && error.code === 'not_logged_in') onLocked();
      else setTold(error instanceof Error ? error.message : 'The service does not answer.');
    } finally {
      setBusy(false);
    }
  };
  return (
    <Panel title="Report" class="span-5" folds>
      <form
        class="ask report-form"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <label>
          Period
          <select value={period} onChange={(event) => setPeriod(event.currentTarget.value as ReportPeriod)}>
            {REPORT_PERIODS.map((one) => (
              <option key={one} value={one}>
                {PERIODS[one]}
              </option>
            ))}
          </select>
        </label>
        <label>
          Format
          <select value={format} onChange={(event) => setFormat(event.currentTarget.value as keyof typeof FORMATS)}>
            {Object.entries(FORMATS).map(([one, words]) => (
              <option key={one} value={one}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" disabled={isBusy}>
          Save report
        </button>
      </form>
      <p class="quiet small">
        One page for a board: coverage, trend, kinds of risk, techniques, method. It names no node.
      </p>
      <p class="small" role="status">
        {told}
      </p>
    </Panel>
  );
}

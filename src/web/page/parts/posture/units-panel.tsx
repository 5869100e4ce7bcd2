import { useState } from 'preact/hooks';
import type { UnitsAnswer } from '../../../../domain/trends/trend-answers.ts';
import { type TrendParameters, useReading } from '../../data/use-reading.ts';
import { count, counted } from '../../model/format.ts';
import { perThousand } from '../../model/trend-words.ts';
import { Panel } from '../common/panel.tsx';
import { TableHead } from '../common/table-head.tsx';
import { Track } from '../common/track.tsx';
import { Change } from './change.tsx';

const SHOWN = 14;

interface UnitsProps {
  readonly parameters: TrendParameters;
  readonly onLocked: () => void;
}

/** Units compared, the worst first; those below the floor last, without a figure. */
export function UnitsPanel({ parameters: { days, name }, onLocked }: UnitsProps) {
  const { data, trouble } = useReading<UnitsAnswer>('/api/posture/units', { days, name }, onLocked);
  const [isWhole, setIsWhole] = useState(false);
  const units = data?.units ?? [];
  const most = Math.max(0.001, ...units.map(({ rate }) => rate ?? 0));
  return (
    <Panel title="Units compared" class="span-5" folds aside={<span class="quiet">risky commands per 1,000</span>}>
      {!data && <p class="quiet">{trouble ?? 'Loading …'}</p>}
      {data && units.length === 0 && (
        <p class="quiet">There are no units to compare: totals come for units where each has enough members.</p>
      )}
      {units.length > 0 && (
        <table class="figures kinds">
          <TableHead columns={['Unit', { number: 'Nodes' }, { number: 'Per 1,000' }, { number: 'Change' }]} />
          <tbody class="nums">
            {(isWhole ? units : units.slice(0, SHOWN)).map(({ unit, contributors, rate, change }) => (
              <tr key={unit}>
                <th scope="row">
                  <Track value={rate ?? 0} most={most} />
                  <span class="mono">{unit === 'rest' ? 'rest (small units)' : unit}</span>
                </th>
                <td class="right">{contributors === null ? '–' : count(contributors)}</td>
                <td class="right">{rate === null ? 'withheld' : perThousand(rate)}</td>
                <td class="right">
                  <Change change={change} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {units.length > SHOWN && (
        <button type="button" class="plain" aria-expanded={isWhole} onClick={() => setIsWhole(!isWhole)}>
          {isWhole ? 'Show the worst only' : `Show all ${counted(units.length, 'unit')}`}
        </button>
      )}
    </Panel>
  );
}

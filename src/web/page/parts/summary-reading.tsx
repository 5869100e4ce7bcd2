import { RISK_LEVELS } from '../../../domain/risk-level.ts';
import type { NodeSummary } from '../../../domain/summary.ts';
import { count, fullTime, share } from '../format.ts';
import { RiskMark } from './risk-mark.tsx';

/** A summary in a person's words: every kind of figure in it, none left out, so that its reader knows all that others would know. */
export function SummaryReading({ payload }: { readonly payload: string }) {
  const summary = JSON.parse(payload) as NodeSummary;
  const { period, coverage, safety, activity } = summary;
  return (
    <div class="reading">
      <p>
        From {fullTime(period.start)} to {fullTime(period.end)}: {count(coverage.observed)} commands
        {coverage.shells.length > 0 && ` in ${coverage.shells.join(', ')}`}, {count(coverage.redacted)} with a masked
        secret, {count(coverage.dropped)} lost.
      </p>
      <div class="columns">
        <NamedCounts title="Patterns" items={summary.patterns} />
        <NamedCounts
          title="Tools"
          items={summary.tools}
          note={(tool) => (tool.failures > 0 ? `${share(tool.failures, tool.count)} failed` : '')}
        />
        <NamedCounts title="Kinds of tools" items={summary.families} />
        <div>
          <h3>Risk</h3>
          <ul class="counts">
            {RISK_LEVELS.map((level) => (
              <li key={level}>
                <RiskMark level={level} /> <span class="nums">{count(safety.levels[level])}</span>
              </li>
            ))}
          </ul>
          <NamedCounts title="Kinds of risk" items={safety.families} />
          <NamedCounts title="ATT&CK techniques" items={safety.techniques} />
        </div>
      </div>
      <h3>Hours</h3>
      <ol class="hours" aria-label="Commands per hour of the day">
        {activity.hours.map((value, hour) => (
          <li key={hour} title={`${hour}–${hour + 1} h: ${count(value)}`}>
            <meter min={0} max={Math.max(1, ...activity.hours)} value={value} aria-label={`${hour} to ${hour + 1} h`} />
          </li>
        ))}
      </ol>
    </div>
  );
}

interface NamedCountsProps<T extends { readonly name: string; readonly count: number }> {
  readonly title: string;
  readonly items: readonly T[];
  readonly note?: (item: T) => string;
}

function NamedCounts<T extends { readonly name: string; readonly count: number }>(props: NamedCountsProps<T>) {
  const { title, items, note } = props;
  const sorted = [...items].sort((one, other) => other.count - one.count);
  return (
    <div>
      <h3>{title}</h3>
      {sorted.length === 0 && <p class="quiet">none</p>}
      <ul class="counts">
        {sorted.map((item) => (
          <li key={item.name}>
            <span class="mono">{item.name}</span> <span class="quiet">{note?.(item)}</span>{' '}
            <span class="nums">{count(item.count)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

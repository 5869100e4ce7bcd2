import type { NamedUsage, NodeSummary } from '../../../../domain/summaries/summary.ts';
import { count, inWords, medianText, moment, rate } from '../../model/format.ts';
import { failureRate, medianDuration } from '../../model/usage.ts';
import { RiskMark, WORST_FIRST } from '../common/risk-mark.tsx';
import { SmallBars } from '../common/small-bars.tsx';

/**
 * A summary in words: every kind of figure in it, so that the owner sees all that others would see.
 */
export function SummaryReading({ payload }: { readonly payload: string }) {
  const summary = JSON.parse(payload) as NodeSummary;
  return (
    <div class="reading">
      <Covered summary={summary} />
      {summary.coverage.observed > 0 && <Counted summary={summary} />}
      <p class="quiet">
        It also names this node (<span class="mono wrap">{summary.node}</span>), says when it was made, holds a random
        id and number, and for each tool and kind of tool how many runs have a known exit status, the sum of the
        measured run times, and how many runs were how long.
      </p>
    </div>
  );
}

/** Its period, and how much was observed in it. */
function Covered({ summary: { period, coverage } }: { readonly summary: NodeSummary }) {
  const facts = [
    ['Period', `${moment(period.start)} – ${moment(period.end)}`],
    ['Commands', count(coverage.observed)],
    ['Shells', inWords(coverage.shells) || 'none'],
    ['With a masked secret', count(coverage.redacted)],
    ['Lost', count(coverage.dropped)],
  ] as const;
  return (
    <dl class="health">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Counted({ summary }: { readonly summary: NodeSummary }) {
  const { safety, activity } = summary;
  return (
    <>
      <div class="flowing narrow">
        <NamedCounts title="Patterns" items={summary.patterns} />
        <NamedCounts title="Tools" items={summary.tools} note={usageNote} />
        <NamedCounts title="Kinds of tools" items={summary.families} note={usageNote} />
        <LevelCounts levels={safety.levels} />
        <NamedCounts title="Kinds of risk" items={safety.families} />
        <NamedCounts title="ATT&CK techniques" items={safety.techniques} />
      </div>
      <div class="rhythm">
        <div>
          <h3>Hours of the day</h3>
          <SmallBars
            values={activity.hours}
            names={['0', '6', '12', '18', '24']}
            label="Commands per hour of the day"
          />
        </div>
        <div>
          <h3>Days of the week</h3>
          <SmallBars values={activity.weekdays} names={WEEKDAYS} label="Commands per weekday" />
        </div>
      </div>
    </>
  );
}

/** Levels from critical to safe. */
export function LevelCounts({ levels }: { readonly levels: NodeSummary['safety']['levels'] }) {
  return (
    <div>
      <h3>Risk</h3>
      <ul class="counts">
        {WORST_FIRST.map((level) => (
          <li key={level}>
            <RiskMark level={level} /> <span class="nums">{count(levels[level])}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

const WEEKDAYS = ['M', 'T', 'W', 'T', 'F', 'S', 'S'];

function usageNote(usage: NamedUsage): string {
  const median = medianDuration(usage);
  const failed = usage.failures > 0 ? `${rate(failureRate(usage))} failed` : '';
  const time = median === null ? '' : medianText(median);
  return [failed, time].filter((part) => part !== '').join(', ');
}

interface NamedCountsProps<T extends { readonly name: string; readonly count: number }> {
  readonly title: string;
  readonly items: readonly T[];
  readonly note?: (item: T) => string;
}

/** Words with their counts, most frequent first. */
export function NamedCounts<T extends { readonly name: string; readonly count: number }>(props: NamedCountsProps<T>) {
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

import type { AnswerSummary } from '../../../../domain/answers/query.ts';
import { count } from '../../model/format.ts';
import { ANOMALY_NAMES } from '../../model/mesh-words.ts';
import { SmallBars } from '../common/small-bars.tsx';
import { LevelCounts, NamedCounts } from '../privacy/summary-reading.tsx';

/** The level-1 answer of one node: its own summary, shown under its name. */
export function AnswerReading({ summary }: { readonly summary: AnswerSummary }) {
  const { patterns, toolCounts, tools, families, safety, activity, coverage, anomalies } = summary;
  return (
    <div class="reading columns">
      {patterns && <NamedCounts title="Patterns" items={patterns} />}
      {toolCounts && <NamedCounts title="Tools" items={toolCounts} />}
      {tools && <NamedCounts title="Tools" items={tools} />}
      {families && <NamedCounts title="Kinds of tools" items={families} />}
      {safety && <LevelCounts levels={safety.levels} />}
      {safety && <NamedCounts title="Kinds of risk" items={safety.families} />}
      {safety && <NamedCounts title="ATT&CK techniques" items={safety.techniques} />}
      {activity && (
        <div>
          <h3>Hours of the day</h3>
          <SmallBars values={activity.hours} names={['0', '12', '24']} label="Commands per hour of the day" />
        </div>
      )}
      {coverage && (
        <div>
          <h3>Observation</h3>
          <p>
            {count(coverage.observed)} commands in {coverage.shells.join(', ') || 'no shell'},{' '}
            {count(coverage.redacted)} with a masked secret, {count(coverage.dropped)} lost.
          </p>
        </div>
      )}
      {anomalies && (
        <NamedCounts
          title="Unusual"
          items={anomalies.map(({ kind, count: times }) => ({ name: ANOMALY_NAMES[kind], count: times }))}
        />
      )}
    </div>
  );
}

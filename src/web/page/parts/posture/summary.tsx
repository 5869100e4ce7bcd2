import type { PostureAnswer } from '../../../../domain/trends/trend-answers.ts';
import type { FleetPage } from '../../data/contract.ts';
import { count, share } from '../../model/format.ts';
import { perThousand, TREND_SPAN_NAMES, type TrendSpan, utcDays } from '../../model/trend-words.ts';
import { Change } from './change.tsx';

interface SummaryProps {
  readonly answer: PostureAnswer;
  readonly fleet: FleetPage | null;
}

/** The latest known state in four figures. */
export function PostureSummary({ answer, fleet }: SummaryProps) {
  const { risky, gaps, latest, points } = answer.posture;
  const last = lastReported(points);
  const span = TREND_SPAN_NAMES[answer.days as TrendSpan];
  return (
    <dl class="glance span-12">
      <div class="figure">
        <dt>Risky commands per 1,000</dt>
        <dd class="value">
          {perThousand(risky.rate)} <Change change={risky.change} />
        </dd>
        <dd class="quiet">
          {risky.before === null
            ? `over ${span}; the span before is unknown`
            : `over ${span}; ${perThousand(risky.before)} before`}
        </dd>
      </div>
      <div class="figure">
        <dt>{(last?.days ?? 1) > 1 ? 'Last week' : 'Last day'}</dt>
        <dd class="value">{last?.risky == null ? '–' : count(last.risky)}</dd>
        <dd class="quiet">
          {last
            ? `risky of ${last.commands === null ? 'an unknown number of' : count(last.commands)} commands, ${utcDays(last.first, last.last)}`
            : 'nothing was reported'}
        </dd>
      </div>
      <Covered fleet={fleet} latest={latest} />
      <div class="figure">
        <dt>Unknown</dt>
        <dd class="value">{share(gaps.withheld, gaps.figures)}</dd>
        <dd class="quiet">
          of the figures are withheld
          {gaps.days > 0 && `; ${gaps.days} of ${answer.days} days have none`}
        </dd>
      </div>
    </dl>
  );
}

/** The newest day or week that has figures. */
export const lastReported = (points: PostureAnswer['posture']['points']) =>
  points.findLast(({ released }) => released > 0);

function Covered({
  fleet,
  latest,
}: {
  readonly fleet: FleetPage | null;
  readonly latest: PostureAnswer['posture']['latest'];
}) {
  const nodes = latest?.contributors ?? null;
  const members = fleet?.coverage.members ?? 0;
  return (
    <div class="figure">
      <dt>Nodes in the latest figures</dt>
      <dd class="value">{nodes === null ? '–' : count(nodes)}</dd>
      <dd class="quiet">
        {latest === null
          ? 'no day of this span has figures'
          : `${members > 0 && nodes !== null && nodes <= members ? `${share(nodes, members)} of ${count(members)} members, ` : ''}on ${utcDays(latest.day, latest.day)}`}
      </dd>
    </div>
  );
}

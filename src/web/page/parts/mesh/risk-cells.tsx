import type { QueryResult } from '../../../../domain/answers/query.ts';
import { count, share } from '../../model/format.ts';
import { RiskMark, WORST_FIRST } from '../common/risk-mark.tsx';
import { CellBars } from './cell-bars.tsx';

type Cells = NonNullable<QueryResult['aggregate']>;

/** The risk distribution over all nodes that answered (S4), and the rule families behind it. */
export function RiskCells({ cells }: { readonly cells: Cells }) {
  const total = cells['commands'] ?? null;
  const levels = WORST_FIRST.map((level) => ({ level, value: cells[`levels.${level}`] ?? null }));
  const byAgents = WORST_FIRST.map((level) => ({ level, value: cells[`authors.agent.${level}`] ?? null }));
  const families = Object.entries(cells)
    .filter(([name]) => name.startsWith('rules.'))
    .map(([name, value]) => ({ name: name.slice('rules.'.length), value }));
  return (
    <div class="posture">
      <div>
        <h3>Risk distribution</h3>
        <p class="posture-total nums">
          {total === null ? 'Total withheld' : count(total)}{' '}
          <span class="quiet">{total === null ? '' : 'commands'}</span>
        </p>
        <div class="risk-bar" aria-hidden="true">
          {levels.map(
            ({ level, value }) =>
              value !== null &&
              value > 0 && <i key={level} class={`fill-${level}`} style={{ flexGrow: String(value) }} />,
          )}
        </div>
        <dl class="levels one">
          {levels.map(({ level, value }) => (
            <div key={level}>
              <dt>
                <RiskMark level={level} />
              </dt>
              <dd>
                <Share value={value} whole={total} />
              </dd>
            </div>
          ))}
        </dl>
        {cells['authors.agent.safe'] !== undefined && (
          <>
            <h3>Of these, run by coding agents</h3>
            <dl class="levels one">
              {byAgents.map(({ level, value }) => (
                <div key={level}>
                  <dt>
                    <RiskMark level={level} />
                  </dt>
                  <dd>
                    <Share value={value} whole={cells[`levels.${level}`] ?? null} />
                  </dd>
                </div>
              ))}
            </dl>
          </>
        )}
      </div>
      <CellBars title="Kinds of risk" rows={families} unit="matches" total={cells['rules']} />
    </div>
  );
}

/** An amount and its share of a whole; null where one is withheld. */
function Share({ value, whole }: { readonly value: number | null; readonly whole: number | null }) {
  if (value === null) return <span class="quiet">withheld</span>;
  return (
    <>
      {count(value)} <span class="quiet">{whole === null ? '' : share(value, whole)}</span>
    </>
  );
}

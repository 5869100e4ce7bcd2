import type { QueryResult } from '../../../../domain/answers/query.ts';
import { count, share } from '../../model/format.ts';
import { RiskMark, WORST_FIRST } from '../common/risk-mark.tsx';
import { CellBars } from './cell-bars.tsx';

type Cells = NonNullable<QueryResult['aggregate']>;

/** The risk distribution over all nodes that answered (S4), and the rule families behind it. */
export function RiskCells({ cells }: { readonly cells: Cells }) {
  const total = cells['commands'] ?? null;
  const levels = WORST_FIRST.map((level) => ({ level, value: cells[`levels.${level}`] ?? null }));
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
                {value === null ? <span class="quiet">withheld</span> : count(value)}{' '}
                <span class="quiet">{value === null || total === null ? '' : share(value, total)}</span>
              </dd>
            </div>
          ))}
        </dl>
      </div>
      <CellBars title="Kinds of risk" rows={families} unit="matches" total={cells['rules']} />
    </div>
  );
}

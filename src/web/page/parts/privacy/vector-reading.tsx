import type { VectorPreview } from '../../../../domain/answers/query.ts';
import type { Aggregates } from '../../data/contract.ts';
import { count, inWords } from '../../model/format.ts';
import { QUERY_NAMES } from '../../model/mesh-words.ts';

/** Every vector that would leave at level 2, cell by cell. */
export function VectorReading({ vectors }: Pick<Aggregates, 'vectors'>) {
  return (
    <div class="reading">
      <p class="quiet">
        The longest span that may be asked for, 30 days, as it would leave now. Nothing else is in an answer but the
        name of the query and of the list of cells.
      </p>
      <div class="flowing">
        {vectors.map((vector) => (
          <Vector key={vector.body.type} {...vector} />
        ))}
      </div>
      <p class="quiet">
        The program of the asker adds these figures to those of others. Without blind totals, somebody who asks can find
        out the figures of one node, for example with the difference of two sums.
      </p>
    </div>
  );
}

function Vector({ body, cellNames }: VectorPreview) {
  const cells = cellNames.map((name, place) => ({ name, value: body.cells[place] ?? 0 }));
  const zeros = cells.filter(({ value }) => value === 0).map(({ name }) => name);
  return (
    <div>
      <h3>{QUERY_NAMES[body.type]}</h3>
      <ul class="counts">
        {cells
          .filter(({ value }) => value > 0)
          .map(({ name, value }) => (
            <li key={name}>
              <span class="mono">{name}</span> <span class="nums">{count(value)}</span>
            </li>
          ))}
      </ul>
      {zeros.length > 0 && (
        <details class="quiet small">
          <summary>{count(zeros.length)} more are 0</summary>
          {inWords(zeros)}
        </details>
      )}
    </div>
  );
}

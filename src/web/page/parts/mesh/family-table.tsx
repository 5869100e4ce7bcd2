import type { QueryResult } from '../../../../domain/answers/query.ts';
import { count, duration } from '../../model/format.ts';
import { TableHead } from '../common/table-head.tsx';
import { Track } from '../common/track.tsx';

type Cells = NonNullable<QueryResult['aggregate']>;

/**
 * Tool families over all nodes that answered: runs, known failures, measured time, and their
 * totals. A withheld figure is a dash. Shares and means do not follow from these sums
 * (docs/queries.md).
 */
export function FamilyTable({ cells }: { readonly cells: Cells }) {
  const families = Object.keys(cells)
    .flatMap((name) => /^families\.(.+)\.count$/.exec(name)?.[1] ?? [])
    .map((name) => ({
      name,
      runs: cells[`families.${name}.count`] ?? null,
      failures: cells[`families.${name}.failures`] ?? null,
      durationMs: cells[`families.${name}.durationMs`] ?? null,
    }))
    .filter(({ runs }) => runs !== 0)
    .sort((one, other) => (other.runs ?? -1) - (one.runs ?? -1));
  const most = Math.max(1, ...families.map(({ runs }) => runs ?? 0));
  return (
    <>
      <table class="figures">
        <TableHead columns={['Kind of tool', { number: 'Runs' }, { number: 'Failed' }, { number: 'Time' }]} />
        <tbody>
          {families.map(({ name, runs, failures, durationMs }) => (
            <tr key={name}>
              <th scope="row">
                <Track value={runs ?? 0} most={most} />
                <span class="mono">{name}</span>
              </th>
              <td class="right">{figure(runs, count)}</td>
              <td class="right">{figure(failures, count)}</td>
              <td class="right">{figure(durationMs, duration)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">All</th>
            <td class="right">{figure(cells['commands'], count)}</td>
            <td class="right">{figure(cells['failures'], count)}</td>
            <td class="right">{figure(cells['durationMs'], duration)}</td>
          </tr>
        </tfoot>
      </table>
      <Unknown cells={cells} />
    </>
  );
}

/** How many commands the column of failures does not speak about. */
function Unknown({ cells }: { readonly cells: Cells }) {
  const unknown = cells['statuses.unknown'];
  if (unknown === 0 || unknown === undefined) return null;
  return (
    <p class="quiet small">
      {unknown === null
        ? 'How many commands have an unknown exit status is withheld.'
        : `The exit status of ${count(unknown)} of these commands is not known.`}
    </p>
  );
}

const figure = (value: number | null | undefined, text: (value: number) => string): string =>
  value === null || value === undefined ? '–' : text(value);

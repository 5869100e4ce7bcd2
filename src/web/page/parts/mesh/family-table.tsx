import type { QueryResult } from '../../../../domain/answers/query.ts';
import { count, duration, share } from '../../model/format.ts';
import { Track } from '../common/track.tsx';

type Cells = NonNullable<QueryResult['aggregate']>;

/**
 * Tool families over all nodes that answered: runs, failures, mean duration. A withheld figure is a
 * dash.
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
    <table class="figures">
      <thead>
        <tr>
          <th scope="col">Kind of tool</th>
          <th scope="col" class="right">
            Runs
          </th>
          <th scope="col" class="right">
            Failed
          </th>
          <th scope="col" class="right">
            Mean
          </th>
        </tr>
      </thead>
      <tbody>
        {families.map(({ name, runs, failures, durationMs }) => (
          <tr key={name}>
            <th scope="row">
              <Track value={runs ?? 0} most={most} />
              <span class="mono">{name}</span>
            </th>
            <td class="right">{runs === null ? '–' : count(runs)}</td>
            <td class="right">{runs === null || failures === null ? '–' : share(failures, runs)}</td>
            <td class="right">{runs === null || durationMs === null ? '–' : duration(durationMs / runs)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

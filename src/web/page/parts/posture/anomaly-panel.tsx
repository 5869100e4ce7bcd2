import type { AnomalyMeasure } from '../../../../domain/trends/posture.ts';
import { count } from '../../model/format.ts';
import { ANOMALY_NAMES } from '../../model/mesh-words.ts';
import { perThousand } from '../../model/trend-words.ts';
import { Panel } from '../common/panel.tsx';
import { TableHead } from '../common/table-head.tsx';
import { Change } from './change.tsx';

/** Anomalies that nodes found on themselves, as sums. */
export function AnomalyPanel({ anomalies }: { readonly anomalies: readonly AnomalyMeasure[] }) {
  return (
    <Panel title="Anomalies" class="span-5" folds aside={<span class="quiet">per 1,000 nodes and day</span>}>
      <table class="figures kinds">
        <TableHead columns={['Kind', { number: 'Times' }, { number: 'Per 1,000' }, { number: 'Change' }]} />
        <tbody class="nums">
          {anomalies.map(({ kind, count: times, rate, change }) => (
            <tr key={kind}>
              <th scope="row">{ANOMALY_NAMES[kind]}</th>
              <td class="right">{times === null ? '–' : count(times)}</td>
              <td class="right">{perThousand(rate)}</td>
              <td class="right">
                <Change change={change} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

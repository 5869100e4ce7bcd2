import { REQUEST_REASON_MEANS } from '../../../../domain/fleet/join-requests.ts';
import type { JoinRequests } from '../../data/contract.ts';
import { useReading } from '../../data/use-reading.ts';
import { counted, fullTime } from '../../model/format.ts';
import { Panel } from '../common/panel.tsx';
import { TableHead } from '../common/table-head.tsx';

/** Nodes that ask to become members, for who administers the fleet; nothing without one. */
export function RequestsPanel({ onLocked }: { readonly onLocked: () => void }) {
  const { data, trouble } = useReading<JoinRequests>('/api/fleet/requests', {}, onLocked);
  if (trouble !== null)
    return (
      <Panel title="Requests to join" class="span-12">
        <p class="notice">{trouble}</p>
      </Panel>
    );
  if (data === null || data.requests.length === 0) return null;
  return (
    <Panel
      title={`${counted(data.requests.length, 'request')} to join`}
      class="span-12"
      aside={<span class="quiet">compare fingerprints with the owners; officers approve with caro org approve</span>}
    >
      <div class="records">
        <table class="fleet">
          <TableHead columns={['Node', 'Unit', 'Reason', 'Received', 'Fingerprint']} />
          <tbody>
            {data.requests.map(({ node, name, unit, reason, predecessor, receivedAt, fingerprint }) => (
              <tr key={node}>
                <th scope="row" title={node}>
                  {name}
                </th>
                <td>{unit}</td>
                <td>
                  <code>{reason}</code>{' '}
                  <span class="quiet small">
                    {REQUEST_REASON_MEANS[reason]}
                    {predecessor !== null && `; it replaces ${predecessor}`}
                  </span>
                </td>
                <td class="nums">
                  <time dateTime={receivedAt}>{fullTime(receivedAt)}</time>
                </td>
                <td class="mono">{fingerprint}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

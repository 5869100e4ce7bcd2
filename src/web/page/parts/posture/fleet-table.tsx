import type { FleetMember, FleetState } from '../../../../domain/fleet/fleet.ts';
import { ago, fullTime, nodeName } from '../../model/format.ts';
import { utcDay } from '../../model/trend-words.ts';
import { TableHead } from '../common/table-head.tsx';

export const FLEET_LAMPS: Readonly<Record<FleetState, string>> = {
  refused: 'lamp bad',
  silent: 'lamp bad',
  waiting: 'lamp wait',
  declined: 'lamp',
  reporting: 'lamp good',
};

/** One line for each member: state, reason, last report, last seen, version. */
export function FleetTable({ members, nowMs }: { readonly members: readonly FleetMember[]; readonly nowMs: number }) {
  return (
    <div class="records">
      <table class="fleet">
        <TableHead columns={['Node', 'State', 'Reason', 'Last report', 'Last seen', 'Version']} />
        <tbody>
          {members.map((member) => (
            <tr key={member.id}>
              <th scope="row" title={member.id}>
                <span class={FLEET_LAMPS[member.state]} aria-hidden="true" /> {nodeName(member.id, member.name)}{' '}
                <span class="quiet small">{member.unit}</span>
              </th>
              <td>{member.state}</td>
              <td class="reason" title={member.advice ?? undefined}>
                {member.reason === null ? '' : <code>{member.reason}</code>}{' '}
                <span class="quiet small">{member.advice}</span>
              </td>
              <td class="nums" data-name="report">
                {reported(member)}
              </td>
              <td
                class="nums"
                data-name="seen"
                title={member.lastSeen === null ? undefined : fullTime(member.lastSeen)}
              >
                {member.connection === 'connected'
                  ? 'connected'
                  : member.lastSeen === null
                    ? 'unknown'
                    : ago(member.lastSeen, nowMs)}
              </td>
              <td class="nums" data-name="version">
                {member.version ?? 'unknown'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function reported({ lastReport, lastAnswer }: FleetMember): string {
  if (lastReport !== null) return utcDay(lastReport);
  return lastAnswer === null ? 'never' : `answered ${utcDay(lastAnswer)}`;
}

import { callAdmin } from '../../admin/client.ts';
import type { RollCallLine } from '../../domain/fleet/roll-call.ts';
import type { Context } from '../context.ts';
import { localTime, paint, say, sayJson } from '../output/output.ts';
import { sayTable } from '../output/table.ts';

const GRACE_MS = 5_000;
const MINUTE_MS = 60_000;

const HOW = { direct: 'direct connection', relay: 'relay' } as const;

/** `caro fleet --ask`: asks all members at once, and accounts for each of them. */
export async function rollCall(context: Context, timeoutMs: number, json: true | undefined): Promise<void> {
  const { nodes, isRelayAsked } = await callAdmin(
    context.places().socket,
    'fleet.ask',
    { timeoutMs },
    timeoutMs + GRACE_MS,
  );
  const there = nodes.filter(({ via }) => via !== null);
  if (json) {
    sayJson(context, { members: nodes.length, there: there.length, isRelayAsked, nodes });
    return;
  }
  if (nodes.length === 0) {
    say(context, 'No members yet. To pair: caro peers invite on one node, caro peers join on the other.');
    return;
  }
  await sayTable(
    context,
    [
      { title: 'NAME', text: ({ name }) => name ?? '-' },
      {
        title: 'NOW',
        text: ({ via }) => (via === null ? 'no answer' : 'there'),
        paint: ({ via }, text) => paint(context, via === null ? 'yellow' : 'green', text),
      },
      { title: 'OVER', text: ({ via }) => (via === null ? '-' : HOW[via]) },
      { title: 'CLOCK', text: clockText },
      { title: 'LAST SEEN', text: seenText },
      { title: 'VERSION', text: ({ version }) => version ?? 'unknown' },
      { title: 'ID', isWhole: true, text: ({ id }) => id },
    ],
    nodes,
  );
  say(context);
  say(context, `${there.length} of ${nodes.length} members answered, ${nodes.length - there.length} did not`);
  if (there.length === nodes.length) return;
  say(
    context,
    isRelayAsked
      ? 'A member that polls the relay (relay.connect = "poll") is away most of the time. Its reports arrive all the same.'
      : 'No relay was asked: this node uses none, may not ask over it, or is not connected (caro mesh status).',
  );
}

const seenText = ({ via, lastSeen }: RollCallLine): string =>
  via !== null ? 'now' : lastSeen === null ? 'unknown' : localTime(lastSeen);

function clockText({ skewMs }: RollCallLine): string {
  if (skewMs === null || Math.abs(skewMs) < MINUTE_MS) return '-';
  return `${Math.round(Math.abs(skewMs) / MINUTE_MS)} min ${skewMs > 0 ? 'ahead' : 'behind'}`;
}

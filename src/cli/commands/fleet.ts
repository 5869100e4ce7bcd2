import { type Command, Option } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { CaroError } from '../../domain/errors.ts';
import {
  coverageOf,
  FLEET_STATE_MEANS,
  FLEET_STATES,
  type FleetMember,
  type FleetState,
  fleetOf,
} from '../../domain/fleet/fleet.ts';
import { type JoinRequestLine, joinRequestLines, REQUEST_REASON_MEANS } from '../../domain/fleet/join-requests.ts';
import type { Context } from '../context.ts';
import { withAnalystReader } from '../input/analyst-reader.ts';
import { parseTimeout } from '../input/options.ts';
import { localTime, paint, type Style, say, sayJson } from '../output/output.ts';
import { sayTable } from '../output/table.ts';
import { rollCall } from './fleet-roll-call.ts';

const DEFAULT_ASK_MS = 5_000;

const STYLES: Readonly<Record<FleetState, Style>> = {
  refused: 'red',
  silent: 'red',
  waiting: 'yellow',
  declined: 'dim',
  reporting: 'green',
};

interface FleetOptions {
  readonly state?: FleetState;
  readonly json?: true;
  readonly ask?: true;
  readonly timeout: number;
}

/** `caro fleet`: every member, problems first. */
export function addFleet(program: Command, context: Context): void {
  program
    .command('fleet')
    .description(
      'every member with state, last report, last seen, version and reason, and requests to join; problems first',
    )
    .addOption(new Option('--state <state>', 'only members in this state').choices(FLEET_STATES))
    .option('--ask', 'ask all of them now whether they are there, over direct connections and the relay')
    .option('--timeout <time>', 'with --ask, how long to wait for answers: 500ms, 2s', parseTimeout, DEFAULT_ASK_MS)
    .option('--json', 'print one JSON object')
    .action((options: FleetOptions) => fleet(context, options));
}

async function fleet(context: Context, { state, json, ask, timeout }: FleetOptions): Promise<void> {
  if (ask) return rollCall(context, timeout, json);
  const { socket } = context.places();
  const { mesh, node, service } = await callAdmin(socket, 'service.status', {});
  if (!mesh)
    throw new CaroError('actor_degraded', 'expected the state of the mesh, it is busy or degraded: caro status');
  const received = await callAdmin(socket, 'org.requests', {});
  const { all, requests } = await withAnalystReader(context, ({ fleet: { reports, answers, roster } }) => ({
    all: fleetOf({
      peers: mesh.peers,
      roster: roster(),
      self: { id: node.id, version: service.version },
      reports: reports(),
      answers: answers(),
      nowMs: context.now().getTime(),
    }),
    requests: joinRequestLines(received, roster()),
  }));
  const members = all.filter((member) => state === undefined || member.state === state);
  const coverage = coverageOf(all);
  if (json) {
    sayJson(context, { ...coverage, nodes: members, requests });
    return;
  }
  if (all.length === 0 && requests.length === 0) {
    say(context, 'No members yet. To pair: caro peers invite on one node, caro peers join on the other.');
    return;
  }
  if (members.length > 0) await sayMembers(context, members);
  await sayRequests(context, requests);
  say(context);
  for (const name of FLEET_STATES)
    if (coverage.states[name] > 0) say(context, `${coverage.states[name]} ${name}: ${FLEET_STATE_MEANS[name]}`);
  const advice = new Map([
    ...members.flatMap(({ reason, advice: text }) =>
      reason !== null && text !== null ? [[reason, text] as const] : [],
    ),
    ...requests.map(({ reason }) => [reason, REQUEST_REASON_MEANS[reason]] as const),
  ]);
  for (const [reason, text] of advice) say(context, `${reason}: ${text}`);
}

const sayMembers = (context: Context, members: readonly FleetMember[]): Promise<void> =>
  sayTable(
    context,
    [
      { title: 'NAME', text: ({ name }) => name ?? '-' },
      { title: 'STATE', text: ({ state }) => state, paint: ({ state }, text) => paint(context, STYLES[state], text) },
      { title: 'REASON', text: ({ reason }) => reason ?? '-' },
      ...(members.some(({ unit }) => unit !== null)
        ? [{ title: 'UNIT', text: ({ unit }: FleetMember) => unit ?? '-' }]
        : []),
      {
        title: 'LAST REPORT',
        text: ({ lastReport, lastAnswer }) => lastReport ?? (lastAnswer === null ? 'never' : localTime(lastAnswer)),
      },
      {
        title: 'SEEN',
        text: ({ connection, lastSeen }) =>
          connection === 'connected' ? 'now' : lastSeen === null ? 'unknown' : localTime(lastSeen),
      },
      { title: 'VERSION', text: ({ version }) => version ?? 'unknown' },
      { title: 'ID', isWhole: true, text: ({ id }) => id },
    ],
    members,
  );

async function sayRequests(context: Context, requests: readonly JoinRequestLine[]): Promise<void> {
  if (requests.length === 0) return;
  say(context);
  say(context, paint(context, 'bold', 'Requests to join'));
  await sayTable(
    context,
    [
      { title: 'NAME', text: ({ name }) => name },
      { title: 'UNIT', text: ({ unit }) => unit },
      { title: 'REASON', text: ({ reason }) => reason },
      { title: 'REPLACES', text: ({ predecessor }) => predecessor ?? '-' },
      { title: 'RECEIVED', text: ({ receivedAt }) => localTime(receivedAt) },
      { title: 'FINGERPRINT', isWhole: true, text: (request) => request.fingerprint },
    ],
    requests,
  );
}

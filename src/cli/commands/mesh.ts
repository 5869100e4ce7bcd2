import { randomBytes } from 'node:crypto';
import { Argument, type Command } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { loadConfiguration } from '../../config/loader.ts';
import type { QueryResult } from '../../domain/answers/query.ts';
import { QUERY_TYPES, type QueryType } from '../../domain/policy/trust.ts';
import { relayText } from '../../domain/status/relay-status.ts';
import type { MeshStatus } from '../../domain/status/status.ts';
import { waitingText } from '../../domain/status/waiting.ts';
import type { Context } from '../context.ts';
import { parseSince, parseTimeout } from '../input/options.ts';
import { sayStatesWhile } from '../output/answers/query-progress.ts';
import { sayQueryResult } from '../output/answers/query-report.ts';
import { localTime, say, sayJson } from '../output/output.ts';
import { sayPeers } from '../output/peer-rows.ts';
import { addHistory } from './mesh-history.ts';

const DEFAULT_TIMEOUT_MS = 500;
/** What adding up and reporting may take beyond the query's own time limit. */
const GRACE_MS = 10_000;

export function addMesh(program: Command, context: Context): void {
  const mesh = program.command('mesh').description('connected nodes, and queries to all of them');
  mesh
    .command('status')
    .description('print the listen address and the state of every peer and trusted node, troubles first')
    .option('--json', 'print one JSON object')
    .action(async (options: { readonly json?: true }) => {
      const status = await callAdmin(context.places().socket, 'mesh.status', {});
      if (options.json) sayJson(context, status);
      else await sayStatus(context, status);
    });
  mesh
    .command('query')
    .description('ask every node that has its own trust level and aggregate the answers')
    .addArgument(new Argument('<type>', 'type of query').choices(QUERY_TYPES))
    .option('--since <time>', 'only since then, taken as 24 h, 7 d or 30 d', parseSince(context.now()))
    .option('--timeout <time>', 'how long to wait for answers: 500ms, 2s', parseTimeout, DEFAULT_TIMEOUT_MS)
    .option('--json', 'print one JSON object')
    .action((type: QueryType, options: QueryOptions) => query(context, type, options));
  addHistory(mesh, context);
}

async function sayStatus(context: Context, { enabled, listen, waiting, relay, peers }: MeshStatus): Promise<void> {
  if (!enabled) {
    say(context, 'The mesh is off: nothing leaves this machine. To join, set enabled = true under [mesh].');
    return;
  }
  const connected = peers.filter(({ state }) => state === 'connected').length;
  say(context, `listening on ${listen ?? 'no address'}; ${connected} of ${peers.length} nodes connected`);
  if (waiting !== null) say(context, waitingText('mesh', waiting));
  if (relay !== null) say(context, `relay: ${relayText(relay, localTime)}`);
  if (peers.length === 0) return;
  say(context);
  await sayPeers(context, peers);
}

interface QueryOptions {
  readonly since?: string;
  readonly timeout: number;
  readonly json?: true;
}

async function query(context: Context, type: QueryType, { since, timeout, json }: QueryOptions): Promise<void> {
  const id = randomBytes(8).toString('hex');
  const { socket } = context.places();
  const ask = (): Promise<QueryResult> =>
    callAdmin(
      socket,
      'mesh.query',
      { type, query: id, timeoutMs: timeout, ...(since === undefined ? {} : { since }) },
      timeout + GRACE_MS,
    );
  if (json) {
    sayJson(context, await ask());
    return;
  }
  // Before anything is asked and saved: a configuration that is not valid fails here.
  const { privacy } = loadConfiguration(context.places(), context.hostname).configuration;
  const result = context.stdout.isTTY === true ? await sayStatesWhile(context, id, ask) : await ask();
  await sayQueryResult(context, result, privacy.min_contributors);
}

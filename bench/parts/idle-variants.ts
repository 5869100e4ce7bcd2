/** What a service has done before it idles. Each variant has a home directory of its own. */

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { callAdmin } from '../../src/admin/client.ts';
import { QUERY_TYPES } from '../../src/domain/policy/trust.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { connected, type MeshNode, makeNode, startAll } from '../../test/rig/mesh-nodes.ts';
import { caro, caroJson, configure, freePort, startService } from '../../test/rig/service.ts';
import { spoolEntries } from '../../test/rig/spooled-history.ts';
import { until } from '../../test/rig/until.ts';
import { ordinaryCommands } from '../../test/shell/secrets/corpus.ts';
import { loginOf, loginTokenIn, postLogin } from '../../test/web/dashboard-rig.ts';
import { processTree } from './process-memory.ts';

/** A running service that has no work left. */
export interface Idler {
  readonly pid: number;
  readonly end: () => Promise<void>;
}

/** Uses a running service before it is measured. */
type Use = (home: string, pid: number) => Promise<void>;

export interface Variant {
  readonly name: string;
  readonly start: (home: string) => Promise<Idler>;
  readonly use?: Use;
  /** Runs after the first measurement, for a second one of the same process under its own name. */
  readonly next?: { readonly name: string; readonly use: Use };
}

const PEERS = 10;
/** Commands per spool file. */
const FILE = 2_000;
const SPAN_MS = 30 * 86_400_000;
/** Deadline for one file, generous because the machine may be busy. */
const PATIENCE_MS = 180_000;
const TEXTS = ordinaryCommands(500);

export const VARIANTS: readonly Variant[] = [
  { name: 'fresh node', start: alone },
  { name: 'mesh on', start: meshed },
  { name: 'after the dashboard was used and closed', start: alone, use: lookAtDashboard },
  { name: 'after 2,000 commands and questions', start: alone, use: observing(2_000) },
  { name: 'after 100,000 commands and questions', start: alone, use: observing(100_000) },
  { name: 'mesh on, after 2,000 commands and questions', start: meshed, use: observing(2_000) },
  {
    name: `mesh on, ${PEERS} peers`,
    start: among,
    next: { name: `mesh on, ${PEERS} peers, after each kind of query`, use: askEach },
  },
  {
    name: 'mesh on, in a task of blind totals, before its first report',
    start: reporting,
    next: { name: 'mesh on, in a task of blind totals, after its first reports', use: report },
  },
];

async function alone(home: string, mesh = ''): Promise<Idler> {
  await configure(home, `[dashboard]\nport = ${await freePort()}\n${mesh}`);
  const service = await startService(home);
  return { pid: service.process.pid ?? 0, end: service.kill };
}

async function meshed(home: string): Promise<Idler> {
  return alone(home, `[mesh]\nenabled = true\nlisten = "127.0.0.1:${await freePort()}"\n`);
}

/**
 * Stores commands of the last thirty days and runs an owner's usual commands, so that the service
 * loads everything that it loads in use.
 */
function observing(count: number): Use {
  return async (home) => {
    for (let first = 0; first < count; first += FILE) {
      spoolCommands(home, first, count);
      await until(
        () => callAdmin(join(home, 'run', 'admin.sock'), 'observe.status', {}),
        ({ events }) => events === first + FILE,
        PATIENCE_MS,
      );
    }
    for (const question of [['stats'], ['events'], ['summary', 'preview', '--period', 'daily'], ['audit', 'verify']]) {
      const { code, stderr } = await caro(home, ...question);
      if (code !== 0) throw new Error(`expected an answer to ${question.join(' ')}, got ${stderr}`);
    }
  };
}

/** Writes the next spool file. All `count` commands are spread evenly over thirty days. */
function spoolCommands(home: string, first: number, count: number): void {
  const now = Date.now();
  const entries = Array.from({ length: FILE }, (_, index) => ({
    text: TEXTS[(first + index) % TEXTS.length] ?? 'ls',
    startMs: now - SPAN_MS + Math.floor(((first + index) / count) * SPAN_MS),
    durationMs: 40,
    exitCode: 0,
    cwd: home,
  }));
  spoolEntries(join(home, 'data', 'spool'), 'bash', entries, now, now);
}

/**
 * Loads the page as a browser does, with its figures and a search, then waits until the page's
 * process has ended.
 */
async function lookAtDashboard(home: string, pid: number): Promise<void> {
  const [link] = await caroJson<{ url: string; file: string }>(home, 'dashboard');
  if (!link) throw new Error('expected the address of the dashboard');
  const { url, file } = link;
  const { cookie, token } = await loginOf(await postLogin({ url }, loginTokenIn(file)));
  const since = new Date(Date.now() - 86_400_000).toISOString();
  const until24h = new Date(Date.now() + 86_400_000).toISOString();
  for (const path of [
    '',
    `api/overview?since=${since}&until=${until24h}`,
    'api/events?text=git',
    'api/summary?period=daily',
  ]) {
    const answer = await fetch(`${url}${path}`, { headers: { cookie, 'x-caro-token': token, connection: 'close' } });
    if (!answer.ok) throw new Error(`expected the dashboard to answer, got ${answer.status}`);
    await answer.arrayBuffer();
  }
  await until(
    () => Promise.resolve(processTree(pid)),
    (pids) => pids.length === 1,
    90_000,
  );
}

/** Connects it with ten further services; they trust each other. */
async function among(home: string): Promise<Idler> {
  const asker = await makeNode(home, 'asker');
  const peers: MeshNode[] = [];
  for (let number = 0; number < PEERS; number += 1)
    peers.push(await makeNode(join(home, `peer-${number}`), `peer-${number}`));
  asker.configure({ trust: Object.fromEntries(peers.map(({ id }) => [id, 'peer'])), dials: peers, level: 0 });
  for (const peer of peers) peer.configure({ trust: { [asker.id]: 'supervisor' } });
  const end = async (): Promise<void> => {
    await Promise.all([asker, ...peers].map((node) => node.kill()));
  };
  try {
    await startAll(peers);
    const { process: service } = await asker.start();
    await connected(asker, peers);
    return { pid: service.pid ?? 0, end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function askEach(home: string): Promise<void> {
  for (const type of QUERY_TYPES) {
    const { counts } = await callAdmin(join(home, 'run', 'admin.sock'), 'mesh.query', { type, timeoutMs: 10_000 });
    if (counts.answered + counts.no_data + counts.suppressed !== PEERS)
      throw new Error(`expected ${PEERS} answers, got ${JSON.stringify(counts)}`);
  }
}

/** A node in a task, with a leader and a trustee that are services as well. */
async function reporting(home: string): Promise<Idler> {
  const node = await makeNode(home, 'node');
  const leader = await makeNode(join(home, 'leader'), 'leader');
  const trustee = await makeNode(join(home, 'trustee'), 'trustee');
  node.configure({
    trust: { [leader.id]: 'supervisor', [trustee.id]: 'supervisor' },
    dials: [leader, trustee],
    level: 2,
  });
  leader.configure({ trust: { [trustee.id]: 'peer', [node.id]: 'peer' }, dials: [trustee], names: [node], level: 0 });
  trustee.configure({ trust: { [leader.id]: 'peer', [node.id]: 'peer' }, names: [leader, node], level: 0 });
  for (const { home: of, name } of [leader, trustee])
    appendFileSync(join(of, 'config', 'caro.toml'), `[blind]\nrole = "${name}"\n`);
  const end = async (): Promise<void> => {
    await Promise.all([node, leader, trustee].map((one) => one.kill()));
  };
  try {
    await startAll([leader, trustee]);
    const { process: service } = await node.start();
    await connected(leader, [trustee, node]);
    await connected(trustee, [node]);
    const file = (name: string): string => join(home, name);
    await done(leader.home, 'blind', 'create', 'team', '--trustee', 'trustee', '--output', file('draft'));
    await done(trustee.home, 'blind', 'endorse', file('draft'), '--output', file('offer'), '--yes');
    await done(leader.home, 'blind', 'endorse', file('offer'), '--output', file('task'), '--yes');
    await done(home, 'blind', 'join', file('task'), '--yes');
    return { pid: service.pid ?? 0, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** As if the owner had joined two days ago. Resolves when both aggregators have confirmed all. */
async function report(home: string): Promise<void> {
  const { database } = openDatabase(join(home, 'data', 'caro.db'), Date.now());
  database.prepare('UPDATE blind_joined SET joined_ms = joined_ms - ?').run(2 * 86_400_000);
  database.close();
  const socket = join(home, 'run', 'admin.sock');
  // A change of settings makes the node look for reports that are due.
  for (const report of [false, true]) await callAdmin(socket, 'settings.change', { set: 'blind', report });
  await until(
    () => callAdmin(socket, 'blind.list', {}),
    (days) => days.some(({ leader, trustee }) => leader?.receivedAt && trustee?.receivedAt),
    PATIENCE_MS,
  );
}

async function done(home: string, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await caro(home, ...args);
  if (code !== 0) throw new Error(`expected caro ${args.join(' ')} to work, got ${stderr}`);
}

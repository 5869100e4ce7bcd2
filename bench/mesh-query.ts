/**
 * Measures the round trip of a mesh query over real nodes on this machine (NFR-104). The baseline
 * is a bare `ws` echo to the same number of servers over the same TLS. Prints JSON.
 *
 *   npx tsx bench/mesh-query.ts [nodes, default 10] [of them dead, default 0]
 *                               [days of history of each node, default 0]
 *
 * All nodes share the cores of this machine, so with many of them a query takes what all of them
 * need together. `cpuMs` is that time, from /proc, which other work on the machine hardly changes.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, createServer, type Server } from 'node:tls';
import { WebSocket, WebSocketServer } from 'ws';
import { QUERY_TYPES } from '../src/domain/policy/trust.ts';
import { DAY_MS } from '../src/domain/time/period.ts';
import { makeCertificate, type TlsMaterial, tlsMaterial } from '../src/identity/certificate.ts';
import { tlsSettings } from '../src/mesh/transport/tls-settings.ts';
import { connected, lately, type MeshNode, makeNode, type ObservedCommand, startAll } from '../test/rig/mesh-nodes.ts';
import { report, round, summary } from './parts/figures.ts';
import { cpuTimeOf } from './parts/process-memory.ts';

const [NODES = 10, DEAD = 0, HISTORY_DAYS = 0] = process.argv.slice(2).map(Number);
const COMMANDS_A_DAY = 20;
/**
 * After their start, nodes read the history for `anomalies` (src/actors/policy-engine.ts), collect
 * garbage and rehearse a query (src/platform/idle-collection.ts).
 */
const SETTLE_MS = 35_000;
/** Below the 60 queries a minute that a node serves. */
const ROUNDS = 45;
const DEADLINE_MS = 5_000;

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'caro-bench-'));
  const nodes: MeshNode[] = [];
  try {
    const asker = await makeNode(join(folder, 'asker'), 'asker');
    nodes.push(asker);
    for (let number = 0; number < NODES; number += 1) {
      nodes.push(await makeNode(join(folder, `node-${number}`), `node-${number}`));
    }
    const mesh = await measureMesh(asker, nodes.slice(1));
    const echo = await measureEcho(asker, NODES - DEAD);
    report('mesh-query', [{ nodes: NODES, dead: DEAD, historyDays: HISTORY_DAYS, ...mesh, echo }]);
  } finally {
    await Promise.all(nodes.map((node) => node.kill()));
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureMesh(asker: MeshNode, nodes: readonly MeshNode[]): Promise<object> {
  asker.configure({ trust: Object.fromEntries(nodes.map(({ id }) => [id, 'peer'])), dials: nodes, level: 0 });
  for (const node of nodes) node.configure({ trust: { [asker.id]: 'supervisor' } });
  await startAll(nodes);
  await Promise.all(nodes.map((node) => node.observe(commands())));
  await Promise.all(nodes.map((node) => node.stop()));
  const services = await startAll([...nodes, asker]);
  await connected(asker, nodes);
  for (const node of nodes.slice(nodes.length - DEAD)) await node.kill();
  await pause(SETTLE_MS);
  const cpuTime = (): number =>
    services
      .filter(({ process: { exitCode, signalCode } }) => exitCode === null && signalCode === null)
      .reduce((sum, { process: { pid = 0 } }) => sum + cpuTimeOf(pid), 0);
  const first: (Round & { readonly type: string })[] = [];
  const again: Round[] = [];
  for (let number = 0; number < ROUNDS; number += 1) {
    const type = QUERY_TYPES[number % QUERY_TYPES.length] ?? 'node-health';
    const cpuBefore = cpuTime();
    const begun = performance.now();
    const { counts, elapsedMs } = await asker.call('mesh.query', { type, timeoutMs: DEADLINE_MS });
    const tookMs = performance.now() - begun;
    const taken = { tookMs, elapsedMs, cpuMs: cpuTime() - cpuBefore };
    if (counts.answered + counts.no_data + counts.suppressed !== nodes.length - DEAD)
      throw new Error(`expected answers, got ${JSON.stringify(counts)}`);
    if (number < QUERY_TYPES.length) first.push({ ...taken, type });
    else again.push(taken);
  }
  // Nodes repeat their figures for a minute: only the first query of each type is computed.
  return {
    firstOfEachTypeMs: summary(first.map(({ tookMs }) => tookMs)),
    repeatedMs: summary(again.map(({ tookMs }) => tookMs)),
    insideAskerMs: summary([...first, ...again].map(({ elapsedMs }) => elapsedMs)),
    cpuMs: {
      firstOfEachType: summary(first.map(({ cpuMs }) => cpuMs)),
      repeated: summary(again.map(({ cpuMs }) => cpuMs)),
    },
    byType: Object.fromEntries(
      first.map(({ type, tookMs, cpuMs }) => [type, { firstMs: round(tookMs), firstCpuMs: round(cpuMs) }]),
    ),
  };
}

interface Round {
  readonly tookMs: number;
  readonly elapsedMs: number;
  /** Processor time of all nodes. */
  readonly cpuMs: number;
}

const TEXTS = ['git status', 'git push --force', 'make', 'rm -rf build'];

/** Commands of the last hour, and of the days before. */
function commands(): readonly ObservedCommand[] {
  const now = Date.now();
  const history = Array.from({ length: HISTORY_DAYS * COMMANDS_A_DAY }, (_, index) => ({
    text: TEXTS[index % TEXTS.length] ?? 'make',
    atMs: now - DAY_MS * (HISTORY_DAYS - index / COMMANDS_A_DAY) - DAY_MS / 12,
  }));
  return [...history, ...lately(TEXTS)];
}

/** One process echoes for all servers, which is less work than the same number of nodes does. */
async function measureEcho({ identity }: MeshNode, count: number): Promise<object> {
  const tls = tlsMaterial(identity, await makeCertificate(identity, Date.now()));
  const servers = await Promise.all(Array.from({ length: count }, () => echoServer(tls)));
  const sockets = await Promise.all(servers.map((server) => dial(server, tls)));
  const message = randomBytes(600).toString('base64');
  const times: number[] = [];
  for (let number = 0; number < ROUNDS; number += 1) {
    const begun = performance.now();
    await Promise.all(
      sockets.map(
        (socket) =>
          new Promise<void>((done) => {
            socket.once('message', () => done());
            socket.send(message);
          }),
      ),
    );
    times.push(round(performance.now() - begun));
  }
  for (const socket of sockets) socket.terminate();
  for (const server of servers) server.close();
  return summary(times);
}

async function echoServer(tls: TlsMaterial): Promise<Server> {
  const http = (await import('node:http')).createServer();
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
  sockets.on('connection', (socket) => socket.on('message', (data: Buffer) => socket.send(data.toString())));
  const server = createServer(
    { ...tlsSettings(tls), requestCert: true },
    (socket) => void http.emit('connection', socket),
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}

async function dial(server: Server, tls: TlsMaterial): Promise<WebSocket> {
  const { port } = server.address() as AddressInfo;
  const socket = new WebSocket('ws://caro/', {
    perMessageDeflate: false,
    createConnection: () => connect({ ...tlsSettings(tls), host: '127.0.0.1', port }),
  });
  await new Promise<void>((done, failed) => {
    socket.once('open', () => done());
    socket.once('error', failed);
  });
  return socket;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

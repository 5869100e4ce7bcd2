/**
 * Measures the round trip of a mesh query over real nodes on this machine (NFR-104). The baseline
 * is a bare `ws` echo to the same number of servers over the same TLS. Prints JSON.
 *
 *   npx tsx bench/mesh-query.ts [nodes, default 10] [of them dead, default 0]
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type Server } from 'node:tls';
import { WebSocket, WebSocketServer } from 'ws';
import { QUERY_TYPES } from '../src/domain/policy/trust.ts';
import { makeCertificate, type TlsMaterial, tlsMaterial } from '../src/identity/certificate.ts';
import { tlsSettings } from '../src/mesh/transport/tls-settings.ts';
import { connected, lately, type MeshNode, makeNode, startAll } from '../test/rig/mesh-nodes.ts';
import { report, round, summary } from './figures.ts';

const [NODES = 10, DEAD = 0] = process.argv.slice(2).map(Number);
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
    report('mesh-query', [{ nodes: NODES, dead: DEAD, ...mesh, echo }]);
  } finally {
    await Promise.all(nodes.map((node) => node.kill()));
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureMesh(asker: MeshNode, nodes: readonly MeshNode[]): Promise<object> {
  asker.configure({ trust: Object.fromEntries(nodes.map(({ id }) => [id, 'peer'])), dials: nodes, level: 0 });
  for (const node of nodes) node.configure({ trust: { [asker.id]: 'supervisor' } });
  await startAll([...nodes, asker]);
  await connected(asker, nodes);
  for (const node of nodes) await node.observe(lately(['git status', 'git push --force', 'make', 'rm -rf build']));
  for (const node of nodes.slice(nodes.length - DEAD)) await node.kill();
  const first: number[] = [];
  const again: number[] = [];
  const inside: number[] = [];
  for (let number = 0; number < ROUNDS; number += 1) {
    const type = QUERY_TYPES[number % QUERY_TYPES.length] ?? 'node-health';
    const begun = performance.now();
    const { counts, elapsedMs } = await asker.call('mesh.query', { type, timeoutMs: DEADLINE_MS });
    const took = performance.now() - begun;
    if (counts.answered + counts.no_data + counts.suppressed !== nodes.length - DEAD)
      throw new Error(`expected answers, got ${JSON.stringify(counts)}`);
    (number < QUERY_TYPES.length ? first : again).push(took);
    inside.push(elapsedMs);
  }
  // Nodes repeat their figures for a minute: only the first query of each type is computed.
  return { firstOfEachTypeMs: summary(first), repeatedMs: summary(again), insideAskerMs: summary(inside) };
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

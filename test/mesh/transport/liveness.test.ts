import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { CaroError, type ErrorCode } from '../../../src/domain/errors.ts';
import type { EgressPorts } from '../../../src/mesh/egress/egress-checks.ts';
import { createEgressGate } from '../../../src/mesh/egress/egress-gate.ts';
import { createRedialer } from '../../../src/mesh/redial.ts';
import { until } from '../../rig/until.ts';
import { intrude } from '../hostile.ts';
import {
  bothConnected,
  codeOf,
  makeIdentity,
  makeTls,
  QUESTION,
  random,
  startNode,
  startPair,
  stopAll,
} from '../rig.ts';

afterEach(stopAll);

/** A peer that proves its key and never answers the upgrade, as one that is suspended just then. */
async function startMute(): Promise<{ readonly id: string; readonly address: string; readonly sockets: TLSSocket[] }> {
  const identity = makeIdentity();
  const { key, certificate } = await makeTls(identity);
  const sockets: TLSSocket[] = [];
  const server = createServer({ key, cert: certificate, requestCert: true, rejectUnauthorized: false }, (socket) => {
    sockets.push(socket.on('error', () => undefined).resume());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()).unref());
  return { id: identity.id, address: `127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

describe('a peer that does not answer the upgrade', () => {
  test('is given up after the time for a hello and dialled again', async () => {
    const { id, address, sockets } = await startMute();
    const node = await startNode({ trusts: [id], peers: [{ id, address }], limits: { helloMs: 100 } });
    await until(() => sockets.length >= 2);
    expect(node.mesh.status().peers).toMatchObject([{ id, state: 'connecting', code: 'tls_timeout' }]);
  });

  test('keeps no connection open when it is removed from the peers or the mesh closes', async () => {
    const mutes = [await startMute(), await startMute()] as const;
    const peers = mutes.map(({ id, address }) => ({ id, address }));
    const trusts = peers.map(({ id }) => id);
    const node = await startNode({ trusts, peers, limits: { helloMs: 3_600_000 } });
    await until(() => mutes.every(({ sockets }) => sockets.length === 1));
    node.mesh.reload(peers.slice(1));
    await until(() => mutes[0].sockets[0]?.closed === true);
    expect(mutes[1].sockets[0]?.closed).toBe(false);
    await node.mesh.close();
    await until(() => mutes[1].sockets[0]?.closed === true);
    expect(node.audit).toEqual([]);
  });
});

describe('a connection', () => {
  test('stays open through several heartbeats while both sides respond', async () => {
    const pair = await startPair({ limits: { heartbeatMs: 100 } }, { limits: { heartbeatMs: 100 } });
    await bothConnected(pair);
    const started = performance.now();
    await until(() => performance.now() - started > 550);
    expect(pair.a.connected.length + pair.b.connected.length).toBe(2);
  });

  test('is closed when the other side stops responding', async () => {
    const identity = makeIdentity();
    const node = await startNode({ trusts: [identity.id], limits: { heartbeatMs: 40 } });
    const silent = await intrude(node, identity, await makeTls(identity));
    silent.hello();
    await until(() => node.mesh.isConnected(identity.id));
    silent.socket.pause();
    await until(() => !node.mesh.isConnected(identity.id));
    expect(node.audit.at(-1)).toMatchObject({ type: 'peer.disconnected', peer: identity.id, details: { code: null } });
    silent.socket.terminate();
  });

  test('answers pings with their payload', async () => {
    const identity = makeIdentity();
    const node = await startNode({ trusts: [identity.id] });
    const peer = await intrude(node, identity, await makeTls(identity));
    const pong = new Promise<string>((resolve) => peer.socket.once('pong', (data) => resolve(data.toString())));
    peer.socket.ping('still there?');
    expect(await pong).toBe('still there?');
    peer.socket.terminate();
  });

  test('leaves out a pong as soon as the backlog of the peer is full', async () => {
    const { server, sockets } = await socketThatNobodyReads();
    const [served] = sockets;
    served.send(Buffer.alloc(8 * 1024 * 1024));
    const full = served.bufferedAmount;
    expect(full).toBeGreaterThan(0);
    for (const [backlogBytes, added] of [
      [full, 0],
      [full + 1, 4],
    ] as const) {
      const gate = createEgressGate({
        identity: makeIdentity(),
        now: Date.now,
        randomBytes: random,
        ports: {} as EgressPorts,
        limits: { frameBytes: 1, backlogBytes },
      });
      const channel = gate.open(served, { id: '', address: '', session: '', isPairing: false });
      channel.pong(Buffer.from('ok'));
      expect(served.bufferedAmount - full).toBe(added);
    }
    for (const socket of sockets) socket.terminate();
    server.close();
  });

  test('rejects a message of an earlier session of the same peer', async () => {
    const identity = makeIdentity();
    const tls = await makeTls(identity);
    const node = await startNode({ trusts: [identity.id] });
    const first = await intrude(node, identity, tls);
    first.hello();
    const recorded = first.say({ ...first.header(), type: 'query', body: QUESTION });
    await until(() => first.received.length === 2);
    first.socket.terminate();
    const second = await intrude(node, identity, tls);
    second.hello();
    second.socket.send(recorded);
    expect(await second.closed).toBe('message_replayed');
    expect(node.queries.length).toBe(1);
  });
});

describe('a peer that does not answer in time', () => {
  test('is slow where it still answers pings', async () => {
    const pair = await startPair({}, { ports: { onQuery: () => new Promise(() => undefined) } });
    await bothConnected(pair);
    expect(await codeOf(pair.a.mesh.ask(pair.b.id, QUESTION, 1_000))).toBe('deadline_exceeded');
  });

  test('is frozen where it answers nothing at all', async () => {
    const identity = makeIdentity();
    const node = await startNode({ trusts: [identity.id] });
    const silent = await intrude(node, identity, await makeTls(identity));
    silent.hello();
    await until(() => node.mesh.isConnected(identity.id));
    silent.socket.pause();
    expect(await codeOf(node.mesh.ask(identity.id, QUESTION, 200))).toBe('peer_frozen');
    silent.socket.terminate();
  });
});

describe('redialling', () => {
  const limits = { redialFirstMs: 20, redialMaxMs: 60, redialAwayMs: 60, redialAwayForMs: 60_000 };
  /** With a wait that doubles up to this, an attempt after a dozen others does not come in time. */
  const FAR = 60_000;
  const failing =
    (times: number[], code: ErrorCode = 'peer_unreachable') =>
    (): Promise<void> => {
      times.push(performance.now());
      return Promise.reject(new CaroError(code, 'expected a peer, got none'));
    };
  const passed = async (ms: number): Promise<void> => {
    const begun = performance.now();
    await until(() => performance.now() - begun > ms);
  };
  const waitsBetween = (times: readonly number[]): readonly number[] =>
    times.slice(1).map((time, index) => time - (times[index] ?? 0));

  test.each(['peer_unreachable', 'peer_untrusted'] as const)(
    'doubles the wait after each %s, up to the maximum',
    async (code) => {
      const times: number[] = [];
      const errors: string[] = [];
      const redialer = createRedialer({
        limits,
        random: () => 0.999,
        firstDelayMs: 0,
        attempt: failing(times, code),
        onFailure: (error) => void errors.push(error.code),
      });
      await until(() => times.length === 6);
      redialer.stop();
      const least = [20, 40, 60, 60, 60];
      for (const [index, wait] of waitsBetween(times).entries()) expect(wait).toBeGreaterThan((least[index] ?? 0) - 3);
      expect(new Set(errors)).toEqual(new Set([code]));
    },
  );

  test('stays frequent while a peer is merely away', async () => {
    const times: number[] = [];
    const redialer = createRedialer({
      limits: { ...limits, redialMaxMs: FAR, redialAwayMs: 40 },
      random: () => 0,
      firstDelayMs: 0,
      attempt: failing(times),
      onFailure: () => undefined,
    });
    await until(() => times.length === 16);
    redialer.stop();
  });

  test('asked for while an attempt runs, follows it at once', async () => {
    const ends: (() => void)[] = [];
    const redialer = createRedialer({
      limits: { ...limits, redialFirstMs: FAR, redialMaxMs: FAR, redialAwayMs: FAR },
      random: () => 0.999,
      firstDelayMs: 0,
      onFailure: () => undefined,
      attempt: () =>
        new Promise((_resolve, reject) => {
          ends.push(() => reject(new CaroError('peer_unreachable', 'expected a peer, got none')));
        }),
    });
    await until(() => ends.length === 1);
    redialer.tryNow();
    expect(ends).toHaveLength(1);
    ends[0]?.();
    await until(() => ends.length === 2);
    redialer.stop();
  });

  test('is rare again after a long absence', async () => {
    const times: number[] = [];
    const redialer = createRedialer({
      limits: { ...limits, redialMaxMs: 320, redialAwayMs: 20, redialAwayForMs: 100 },
      random: () => 0.999,
      firstDelayMs: 0,
      attempt: failing(times),
      onFailure: () => undefined,
    });
    await until(() => waitsBetween(times).some((wait) => wait > 300));
    redialer.stop();
  });

  test('restarts with the shortest wait after a long connection, and stops on request', async () => {
    const times: number[] = [];
    let isThere = true;
    const redialer = createRedialer({
      limits,
      random: () => 0,
      firstDelayMs: 0,
      onFailure: () => undefined,
      attempt: () => (isThere ? Promise.resolve() : failing(times)()),
    });
    redialer.reached();
    await passed(30);
    isThere = false;
    redialer.lost();
    await until(() => times.length >= 2);
    redialer.stop();
    const stopped = times.length;
    redialer.retryNow();
    redialer.lost();
    await passed(100);
    expect(times.length).toBe(stopped);
  });

  test('finds a peer soon that restarts after many attempts and a short connection', async () => {
    const times: number[] = [];
    const redialer = createRedialer({
      limits: { ...limits, redialMaxMs: FAR, redialAwayMs: 30 },
      random: () => 0,
      firstDelayMs: 0,
      attempt: failing(times),
      onFailure: () => undefined,
    });
    await until(() => times.length === 16);
    redialer.reached();
    redialer.lost();
    await until(() => times.length === 20);
    redialer.stop();
  });

  test('waits longer each time for a peer that keeps hanging up', async () => {
    const times: number[] = [];
    const redialer = createRedialer({
      limits: { ...limits, redialMaxMs: FAR },
      random: () => 0.999,
      firstDelayMs: 0,
      onFailure: () => undefined,
      attempt: () => {
        times.push(performance.now());
        redialer.reached();
        redialer.lost();
        return Promise.resolve();
      },
    });
    await until(() => times.length === 6);
    redialer.stop();
    const least = [20, 40, 80, 160, 320];
    for (const [index, wait] of waitsBetween(times).entries()) expect(wait).toBeGreaterThan((least[index] ?? 0) - 3);
  });
});

/** A WebSocket whose other side has stopped reading. */
async function socketThatNobodyReads() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await new Promise((done) => server.once('listening', done));
  const accepted = new Promise<WebSocket>((done) => server.once('connection', done));
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const served = await accepted;
  await new Promise((done) => client.once('open', done));
  client.pause();
  return { server, sockets: [served, client] as const };
}

import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createLearnedAddresses } from '../../src/mesh/learned-addresses.ts';
import { provenEndpoint } from '../../src/mesh/transport/address-rule.ts';
import { until } from '../rig/until.ts';
import { intrude, payloadOf } from './hostile.ts';
import {
  bothConnected,
  makeIdentity,
  makeTls,
  NO_DATA,
  QUESTION,
  refusals,
  startNode,
  startPair,
  stopAll,
} from './rig.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await stopAll();
});

describe('the addresses in a hello', () => {
  test.each([
    ['at which the peer was seen', ['10.0.1.7:9238'], '10.0.1.7', '10.0.1.7:9238'],
    ['among others, the one at which it was seen', ['10.9.9.9:1', '10.0.1.7:9238'], '10.0.1.7', '10.0.1.7:9238'],
    ['of IPv6', ['[fd00::7]:9238'], 'fd00::7', '[fd00::7]:9238'],
    ['of a victim in the same network', ['10.0.1.8:9238'], '10.0.1.7', undefined],
    ['of loopback, from elsewhere', ['127.0.0.1:9237', '[::1]:9237'], '10.0.1.7', undefined],
    ['of cloud metadata', ['169.254.169.254:80'], '10.0.1.7', undefined],
    ['that are public', ['203.0.113.9:9238'], '10.0.1.7', undefined],
    ['that are public and at which it was seen', ['203.0.113.9:9238'], '203.0.113.9', undefined],
    ['without a port', ['10.0.1.7:0'], '10.0.1.7', undefined],
    ['that are names', ['localhost:9238'], '127.0.0.1', undefined],
  ])('%s', (_what, announced, seen, taken) => {
    expect(provenEndpoint(announced, seen)).toBe(taken);
  });

  test('say where a node listens, to peers only', async () => {
    const heard: string[] = [];
    const pair = await startPair({ ports: { onAddress: (_peer, endpoint) => void heard.push(endpoint) } });
    await bothConnected(pair);
    await until(() => heard.length === 1);
    expect(heard).toEqual([pair.b.address]);
    const hello = payloadOf(pair.b.ledger.find(({ type }) => type === 'hello')?.bytes ?? '');
    expect(hello).toMatchObject({ body: { listen: [pair.b.address] } });
    const stranger = makeIdentity();
    pair.b.mesh.invite();
    const visitor = await intrude(pair.b, stranger, await makeTls(stranger), { path: '/pair' });
    await until(() => visitor.received.length === 1);
    expect(payloadOf(visitor.received[0] ?? '')).toMatchObject({ body: { rotations: [] } });
    expect(payloadOf(visitor.received[0] ?? '')).not.toMatchObject({ body: { listen: expect.anything() } });
    visitor.socket.terminate();
  });

  test('of a third machine cause no connection to it', async () => {
    const taken: string[] = [];
    let visits = 0;
    const victim = createServer((socket) => {
      visits += 1;
      socket.destroy();
    });
    servers.push(victim);
    await new Promise<void>((done) => victim.listen(0, '127.0.0.2', done));
    const { port } = victim.address() as { port: number };
    const identity = makeIdentity();
    const node = await startNode({
      trusts: [identity.id],
      ports: { onAddress: (_peer, endpoint) => void taken.push(endpoint) },
    });
    const hostile = await intrude(node, identity, await makeTls(identity));
    const listen = [`127.0.0.2:${port}`, '10.0.0.1:9238', '8.8.8.8:53'];
    hostile.say({ ...hostile.header(), type: 'hello', body: { rotations: [], listen } });
    await until(() => node.mesh.isConnected(identity.id));
    hostile.socket.terminate();
    await until(() => !node.mesh.isConnected(identity.id));
    expect({ taken, visits }).toEqual({ taken: [], visits: 0 });
  });
});

describe('a peer with several addresses', () => {
  test('is dialled at the next one when one refuses', async () => {
    const key = makeIdentity();
    const b = await startNode({ trusts: [key.id] });
    const address = ['127.0.0.1:1', b.address];
    const a = await startNode({ identity: key, trusts: [b.id], options: { peers: [{ id: b.id, address }] } });
    await bothConnected({ a, b });
    expect(a.mesh.status().peers).toMatchObject([{ address: b.address, isDialled: true }]);
  });

  test('is reached past an address that takes connections and never answers', async () => {
    const silent: Server = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const key = makeIdentity();
    const b = await startNode({ trusts: [key.id] });
    const address = [`127.0.0.1:${port}`, `127.0.0.1:${port}`, b.address];
    const visits: number[] = [];
    silent.on('connection', (socket) => {
      visits.push(0);
      socket.resume();
      socket.once('close', () => visits.pop());
      socket.on('error', () => undefined);
    });
    // A dial may take longer than the test, so `b` is reached only beside the silent address.
    const a = await startNode({
      identity: key,
      trusts: [b.id],
      options: { peers: [{ id: b.id, address }] },
      limits: { helloMs: 600_000 },
    });
    await bothConnected({ a, b });
    // The attempts at the silent address are given up.
    await until(() => visits.length === 0);
    expect(a.audit.filter(({ type }) => type === 'peer.refused')).toEqual([]);
    await new Promise((resolve) => silent.close(resolve));
  });

  test('is reached past an address where another node answers', async () => {
    const key = makeIdentity();
    const other = await startNode({ trusts: [key.id] });
    const b = await startNode({ trusts: [key.id] });
    const a = await startNode({
      identity: key,
      trusts: [b.id],
      options: { peers: [{ id: b.id, address: [other.address, b.address] }] },
    });
    await bothConnected({ a, b });
    expect(refusals(a)).toEqual(['key_changed']);
    // The end of the other connection does not end this one.
    await other.mesh.close();
    expect(a.mesh.status().peers).toMatchObject([{ state: 'connected', address: b.address, code: null }]);
    expect(await a.mesh.ask(b.id, QUESTION, 5_000)).toEqual(NO_DATA);
  });

  test('is dialled at found addresses before its time a few times only, and keeps its back-off', async () => {
    const visits: string[] = [];
    const door = createServer((socket) => {
      visits.push(socket.localAddress ?? '');
      socket.destroy();
    });
    servers.push(door);
    await new Promise<void>((resolve) => door.listen(0, '0.0.0.0', resolve));
    const { port } = door.address() as AddressInfo;
    const peer = makeIdentity();
    const at = (host: number) => [{ id: peer.id, address: [`127.0.0.${host}:${port}`] }];
    // Between attempts of its own it would wait for ten minutes.
    const limits = { redialFirstMs: 600_000, redialMaxMs: 600_000, redialAwayMs: 600_000 };
    const a = await startNode({ trusts: [peer.id], limits, options: { peers: at(1) } });
    await until(() => visits.length > 0 && a.mesh.status().peers[0]?.code !== null);
    for (let host = 2; host < 60; host += 1) {
      const before = visits.length;
      a.mesh.found(at(host));
      if (host <= 4) await until(() => visits.length > before);
      await until(() => a.mesh.status().peers[0]?.code !== null);
    }
    a.mesh.found(at(2));
    expect(visits).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4']);
  });

  test('and one without an address has a row of its own, and is not dialled', async () => {
    const key = makeIdentity();
    const a = await startNode({ trusts: [key.id], options: { peers: [{ id: key.id }] } });
    expect(a.mesh.status().peers).toMatchObject([{ id: key.id, address: '', state: 'connecting' }]);
    const peers = [{ id: a.id, address: a.address }];
    const b = await startNode({ identity: key, trusts: [a.id], peers });
    await bothConnected({ a, b });
    expect(a.mesh.status().peers).toMatchObject([{ id: key.id, state: 'connected', isDialled: false }]);
  });
});

test('learned addresses survive a restart, newest first, and are few', () => {
  let kept: string | undefined;
  const learned = createLearnedAddresses(undefined, (text) => {
    kept = text;
  });
  for (const host of [1, 2, 3, 4, 5]) expect(learned.learn('b', `10.0.0.${host}:1`)).toBe(true);
  expect(learned.learn('b', '10.0.0.5:1')).toBe(false);
  expect(learned.learn('b', '10.0.0.4:1')).toBe(true);
  const again = createLearnedAddresses(kept, () => undefined);
  expect(again.of('b')).toEqual(['10.0.0.4:1', '10.0.0.5:1', '10.0.0.3:1', '10.0.0.2:1']);
  for (let peer = 0; peer < 300; peer += 1) learned.learn(`peer ${peer}`, '10.0.0.1:1');
  expect(learned.of('b')).toEqual([]);
});

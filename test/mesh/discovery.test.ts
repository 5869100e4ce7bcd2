import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import createMulticast from 'multicast-dns';
import { encodeNodeId } from '../../src/domain/identity/node-id.ts';
import { type Discovery, openDiscovery } from '../../src/mesh/discovery.ts';
import type { PeerAddress } from '../../src/mesh/peer-table.ts';
import { until } from '../rig/until.ts';
import { makeIdentity } from './rig.ts';

/** Not the port of mDNS, so that no test reaches responders of the real network. */
const PORT = 25_353;
const HOST = '127.0.0.1';
const open: Discovery[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((discovery) => discovery.close()));
});

async function start(
  id: string,
  port: number,
  nowMs = () => Date.now(),
): Promise<{ discovery: Discovery; news: PeerAddress[] }> {
  const news: PeerAddress[] = [];
  const onFound = (found: PeerAddress): void => void news.push(found);
  const discovery = await openDiscovery({ id, host: HOST, port, onFound, now: nowMs, multicastPort: PORT });
  open.push(discovery);
  return { discovery, news };
}

/** Announces nodes at addresses that the sender chooses, as anybody on the network can. */
async function forger(): Promise<{ say: (id: string, port: number) => void; close: () => Promise<void> }> {
  const other = createMulticast({ port: PORT, interface: HOST, bind: '0.0.0.0' });
  await new Promise<void>((resolve) => other.once('ready', () => resolve()));
  return {
    say: (id, port) => {
      const name = 'x._caro._tcp.local';
      const srv = { name, type: 'SRV' as const, ttl: 120, data: { port, target: 'x.local' } };
      other.respond([srv, { name, type: 'TXT', ttl: 120, data: [`id=${id}`] }]);
    },
    close: () => new Promise<void>((resolve) => other.destroy(() => resolve())),
  };
}

describe('forged announcements', () => {
  test('move a node three times, then once a minute, and other nodes are still found', async () => {
    const [victim, last] = [makeIdentity().id, makeIdentity().id];
    const { discovery, news } = await start(makeIdentity().id, 9_238, () => 1_000);
    const { say, close } = await forger();
    for (let port = 1; port <= 200; port += 1) say(victim, port);
    // Datagrams may be lost.
    await until(() => {
      say(last, 7);
      return discovery.found().some(({ id }) => id === last);
    });
    expect(news.filter(({ id }) => id === victim)).toHaveLength(4);
    await close();
  });

  test('of nodes that may not connect are ignored, and those of any number of nodes take bounded room', async () => {
    const [wanted, unwanted] = [makeIdentity().id, makeIdentity().id];
    const seen: string[] = [];
    const isWanted = ({ id }: PeerAddress): boolean => {
      seen.push(id);
      return id !== unwanted;
    };
    const news: PeerAddress[] = [];
    const onFound = (peer: PeerAddress): void => void news.push(peer);
    const discovery = await openDiscovery({
      id: makeIdentity().id,
      host: HOST,
      port: 9_238,
      isWanted,
      onFound,
      now: Date.now,
      multicastPort: PORT,
    });
    open.push(discovery);
    const { say, close } = await forger();
    say(unwanted, 1);
    for (let count = 0; count < 300; count += 1) say(encodeNodeId(new Uint8Array(randomBytes(32))), 2);
    await until(() => {
      say(wanted, 3);
      return discovery.found().some(({ id }) => id === wanted);
    });
    expect(seen).toContain(unwanted);
    expect(news.map(({ id }) => id)).not.toContain(unwanted);
    expect(discovery.found().length).toBeLessThanOrEqual(256);
    await close();
  });
});

describe('discovery on the local network', () => {
  test('finds the other node with its id, address and port, but not itself', async () => {
    const [one, two] = [makeIdentity().id, makeIdentity().id];
    const a = await start(one, 9_238);
    const b = await start(two, 9_239);
    await until(() => a.discovery.found().length > 0 && b.discovery.found().length > 0);
    expect(a.discovery.found()).toEqual([{ id: two, address: `${HOST}:9239` }]);
    expect(b.discovery.found()).toEqual([{ id: one, address: `${HOST}:9238` }]);
    expect(a.news).toEqual(a.discovery.found());
  });

  test('forgets a node that says goodbye or whose announcement has expired', async () => {
    let offsetMs = 0;
    const a = await start(makeIdentity().id, 9_238, () => Date.now() + offsetMs);
    const b = await start(makeIdentity().id, 9_239);
    await until(() => a.discovery.found().length === 1);
    offsetMs = 121_000;
    expect(a.discovery.found()).toEqual([]);
    offsetMs = 0;
    expect(a.discovery.found().length).toBe(1);
    await b.discovery.close();
    open.pop();
    await until(() => a.discovery.found().length === 0);
  });

  test('ignores announcements without a valid id and port, and announces no name', async () => {
    const id = makeIdentity().id;
    const a = await start(makeIdentity().id, 9_238);
    const heard: string[] = [];
    const other = createMulticast({ port: PORT, interface: HOST, bind: '0.0.0.0' });
    other.on('response', (packet) => void heard.push(JSON.stringify(packet.answers)));
    await new Promise<void>((resolve) => other.once('ready', () => resolve()));
    const say = (text: string, port: number): void => {
      const name = 'x._caro._tcp.local';
      const srv = { name, type: 'SRV' as const, ttl: 120, data: { port, target: 'x.local' } };
      other.respond([srv, { name, type: 'TXT', ttl: 120, data: [text] }]);
    };
    for (const text of ['', 'id=', 'id=caro:ed25519:AAAA', `id=${id} `, id]) say(text, 1);
    say(`id=${id}`, 0);
    say(`id=${id}`, 7);
    await until(() => a.discovery.found()[0]?.address === `${HOST}:7`);
    expect(a.discovery.found().map((peer) => peer.id)).toEqual([id]);
    other.query([{ name: '_caro._tcp.local', type: 'PTR' }]);
    await until(() => heard.some((text) => text.includes('9238')));
    expect(heard.join()).not.toContain(process.env['HOSTNAME'] ?? 'localhost');
    await new Promise<void>((resolve) => other.destroy(() => resolve()));
  });
});

import { afterEach, describe, expect, test } from '@jest/globals';
import createMulticast from 'multicast-dns';
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

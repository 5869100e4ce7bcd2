/** Trust by subnet in a real service: it ends for an address, not only for a key. */
import { afterEach, expect, test } from '@jest/globals';
import { makeIdentity, refusals, startNode, stopAll, type TestNode } from '../../mesh/rig.ts';
import { type MeshNode, makeNode } from '../../rig/mesh-nodes.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const folder = temporaryFolders();
const open: MeshNode[] = [];

afterEach(async () => {
  await stopAll();
  await Promise.all(open.splice(0).map((node) => node.kill()));
});

const LOOPBACK = { '127.0.0.0/8': 'peer' } as const;

async function service(denied: readonly string[]): Promise<MeshNode> {
  const node = await makeNode(folder(), 'victim');
  open.push(node);
  node.configure({ subnets: LOOPBACK, denied });
  await node.start();
  return node;
}

/** A node that dials the service from 127.0.0.1. */
const dialling = ({ id, endpoint }: MeshNode, identity = makeIdentity()): Promise<TestNode> =>
  startNode({ identity, trusts: [id], peers: [{ id, address: endpoint }] });

test('once a denied key connected from an address, no other key has the trust of the subnet there', async () => {
  const lost = makeIdentity();
  const victim = await service([lost.id]);
  const before = await dialling(victim);
  await until(() => before.connected.length === 1);

  const denied = await dialling(victim, lost);
  await until(() => refusals(denied).includes('peer_untrusted'));
  const fresh = await dialling(victim);
  await until(() => refusals(fresh).includes('peer_untrusted'));
  expect([denied.connected, fresh.connected]).toEqual([[], []]);

  // It is remembered.
  await victim.stop();
  await victim.start();
  const later = await dialling(victim);
  await until(() => refusals(later).includes('peer_untrusted'));
  expect(later.connected).toEqual([]);
});

test('denying an address ends the connections from it at once, and it is refused from then on', async () => {
  const victim = await service([]);
  const guest = await dialling(victim);
  await until(() => victim.isConnected(guest.id));
  await victim.call('settings.change', { set: 'denied-addresses', subnets: ['127.0.0.1/32'] });
  await until(async () => !(await victim.isConnected(guest.id)));
  const fresh = await dialling(victim);
  await until(() => refusals(fresh).includes('peer_untrusted'));
  expect(fresh.connected).toEqual([]);
  const [record] = await victim.audited('trust.changed');
  expect(JSON.stringify(record?.details)).toContain('127.0.0.1/32');
});

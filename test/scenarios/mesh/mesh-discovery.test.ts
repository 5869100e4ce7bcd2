import { afterEach, expect, test } from '@jest/globals';
import { connected, type MeshNode, makeNode, startAll } from '../../rig/mesh-nodes.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const folder = temporaryFolders();
const open: MeshNode[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((node) => node.kill()));
});

/** Multicast stays on the loopback interface, where these nodes listen. */
test('nodes that trust each other find each other without an address; one that nobody trusts is not dialled (FR-204)', async () => {
  const [a, b, stranger] = await Promise.all(['node-a', 'node-b', 'stranger'].map((name) => makeNode(folder(), name)));
  if (!a || !b || !stranger) throw new Error('three nodes were made');
  open.push(a, b, stranger);
  a.configure({ trust: { [b.id]: 'peer' }, mdns: true });
  b.configure({ trust: { [a.id]: 'peer' }, mdns: true });
  stranger.configure({ trust: { [a.id]: 'peer', [b.id]: 'peer' }, mdns: true });
  await startAll([a, b, stranger]);
  await connected(a, [b]);
  // The stranger trusts the others, so it dials them, and is refused.
  await until(
    () => a.audit('peer.refused'),
    (records) => records.some(({ details }) => details['code'] === 'peer_untrusted'),
    20_000,
  );
  expect(await a.isConnected(stranger.id)).toBe(false);
});

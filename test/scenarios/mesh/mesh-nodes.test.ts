import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { VERSION } from '../../../src/version.ts';
import { connected, type MeshNode, makeNode } from '../../rig/mesh-nodes.ts';
import { caro } from '../../rig/service.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const folder = temporaryFolders();
const nodes: MeshNode[] = [];
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.kill()));
});

async function node(name: string): Promise<MeshNode> {
  const made = await makeNode(join(folder(), name), name);
  nodes.push(made);
  return made;
}

test('trusted nodes that are away are listed with what is known of them, also after a restart', async () => {
  const [hub, ada, ben] = [await node('hub'), await node('ada'), await node('ben')];
  hub.configure({ trust: { [ada.id]: 'peer', [ben.id]: 'peer' } });
  ada.configure({ trust: { [hub.id]: 'supervisor' }, dials: [hub] });
  await hub.start();
  await ada.start();
  await connected(hub, [ada]);
  const rowOf = async ({ id }: MeshNode) => (await hub.call('mesh.status', {})).peers.find((peer) => peer.id === id);
  expect(await rowOf(ada)).toMatchObject({ state: 'connected', reason: null, version: VERSION });

  await ada.stop();
  await until(
    () => rowOf(ada),
    (row) => row?.reason === 'unreachable',
  );
  // Its hello has told where it listens.
  const before = await rowOf(ada);
  await hub.stop();
  await hub.start();
  await until(
    () => rowOf(ada),
    (row) => row?.reason === 'unreachable',
  );
  expect(await rowOf(ada)).toEqual({ ...before, skewMs: null, version: VERSION });
  expect(Date.now() - Date.parse(before?.lastSeen ?? '')).toBeLessThan(600_000);
  expect(await rowOf(ben)).toMatchObject({ state: 'offline', reason: 'no_address', lastSeen: null, version: null });

  const { stdout } = await caro(hub.home, 'mesh', 'status');
  expect(stdout).toContain('0 of 2 nodes connected');
  expect(stdout).toContain('no_address: no address of it is known');
  expect(stdout.split('\n').find((line) => line.includes(ben.id))).toContain('unknown');
});

test('a service that stops records the end of each connection before its own', async () => {
  const [hub, ada] = [await node('hub'), await node('ada')];
  hub.configure({ trust: { [ada.id]: 'peer' } });
  ada.configure({ trust: { [hub.id]: 'peer' }, dials: [hub] });
  await hub.start();
  await ada.start();
  await connected(hub, [ada]);
  await hub.stop();
  await ada.stop();
  await hub.start();
  const records = await hub.call('audit.list', { limit: 1_000 });
  const oldestFirst = [...records].sort((one, other) => one.seq - other.seq).map(({ type }) => type);
  const end = oldestFirst.indexOf('service.stopped');
  expect(oldestFirst.slice(end - 1, end + 2)).toEqual(['peer.disconnected', 'service.stopped', 'service.started']);
  expect(oldestFirst.filter((type) => type === 'service.stopped')).toHaveLength(1);
});

/**
 * A configuration that every part approves of and one cannot take over: all go back, and it is on
 * record.
 */

import { afterEach, expect, test } from '@jest/globals';
import { connected, type MeshNode, makeNode, startAll } from '../rig/mesh-nodes.ts';
import { takenPorts } from '../rig/system/taken-port.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';

const folder = temporaryFolders();
const open: MeshNode[] = [];
const takenPort = takenPorts();

afterEach(async () => {
  await Promise.all(open.splice(0).map((node) => node.kill()));
});

test('a port that is taken leaves the former settings in force, but a denial of the new ones stays', async () => {
  const a = await makeNode(folder(), 'node-a');
  const [b, c] = await Promise.all([makeNode(folder(), 'node-b'), makeNode(folder(), 'node-c')]);
  open.push(a, b, c);
  a.configure({ trust: { [b.id]: 'peer', [c.id]: 'peer' } });
  for (const other of [b, c]) other.configure({ trust: { [a.id]: 'peer' }, dials: [a] });
  await startAll([a, b, c]);
  await connected(a, [b, c]);

  a.configure(
    { trust: { [b.id]: 'supervisor', [c.id]: 'peer' }, denied: [c.id], level: 2 },
    `127.0.0.1:${await takenPort()}`,
  );
  await expect(a.reload()).rejects.toThrow(/the previous settings are in force again/);

  expect(await a.audit('config.rolled_back')).toMatchObject([
    { details: { code: 'address_in_use', everywhere: true } },
  ]);
  const changed = await a.audit('trust.changed');
  expect(changed.at(0)?.details).toEqual({ deny: { nodes: { added: [c.id] } } });
  expect(await a.call('policy.sharing', {})).toMatchObject({ level: 1 });
  await until(
    () => a.call('mesh.status', {}),
    ({ listen, peers }) => listen === a.endpoint && peers.some((row) => row.id === b.id && row.state === 'connected'),
    20_000,
  );
  const decided = await a.call('policy.explain', { id: c.id, action: 'connect' });
  expect(decided.decision).toMatchObject({ allow: false, rule: 'trust.deny.nodes' });
  expect(await a.isConnected(c.id)).toBe(false);
});

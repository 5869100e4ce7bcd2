/** Settings that are changed from several sides at the same moment. */

import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { callAdmin } from '../../src/admin/client.ts';
import { loadConfiguration } from '../../src/config/loader.ts';
import { placesFrom } from '../../src/config/places.ts';
import { encodeNodeId } from '../../src/domain/identity/node-id.ts';
import { connected, type MeshNode, makeNode, startAll } from '../rig/mesh-nodes.ts';
import { caro, configure, startService } from '../rig/service.ts';
import { takenPorts } from '../rig/system/taken-port.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';

const folder = temporaryFolders();
const open: { readonly kill: () => Promise<unknown> }[] = [];
const takenPort = takenPorts();
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.kill()));
});

const idOf = (number: number): string => encodeNodeId(new Uint8Array(32).fill(number));
const denied = (home: string): readonly string[] =>
  loadConfiguration(placesFrom({ CARO_HOME: home }, ''), 'host').configuration.trust.deny.nodes;

describe('changes at the same moment', () => {
  test('by commands are all kept: no revocation overwrites another', async () => {
    const home = folder();
    await configure(home);
    const ids = Array.from({ length: 6 }, (_, index) => idOf(index + 1));
    const outcomes = await Promise.all(ids.map((id) => caro(home, 'trust', 'revoke', id)));
    expect(outcomes.map(({ code, stderr }) => ({ code, stderr }))).toEqual(ids.map(() => ({ code: 0, stderr: '' })));
    expect([...denied(home)].sort()).toEqual([...ids].sort());
  });

  test('by commands and by the service are all kept, in the files and in force', async () => {
    const home = folder();
    await configure(home);
    open.push(await startService(home));
    const socket = join(home, 'run', 'admin.sock');
    const ids = [1, 2, 3, 4].map(idOf);
    const typed = Promise.all(ids.map((id) => caro(home, 'trust', 'revoke', id)));
    let outcomes: Awaited<typeof typed> | null = null;
    // The service writes the same file, as for a switch on its page.
    while (outcomes === null)
      outcomes = await Promise.race([
        typed,
        callAdmin(socket, 'settings.change', { set: 'sharing', level: 0 }).then(() => null),
      ]);
    expect(outcomes.map(({ code, stderr }) => ({ code, stderr }))).toEqual(ids.map(() => ({ code: 0, stderr: '' })));
    expect([...denied(home)].sort()).toEqual([...ids].sort());
    for (const id of ids) {
      const { decision } = await callAdmin(socket, 'policy.explain', { id, action: 'connect' });
      expect(decision).toMatchObject({ allow: false, rule: 'trust.deny.nodes' });
    }
  });

  test('of which one cannot be applied leave the former settings, with every denial, in force', async () => {
    const a = await makeNode(folder(), 'node-a');
    const [b, c] = await Promise.all([makeNode(folder(), 'node-b'), makeNode(folder(), 'node-c')]);
    open.push(a, b, c);
    a.configure({ trust: { [b.id]: 'peer', [c.id]: 'peer' } });
    for (const other of [b, c]) other.configure({ trust: { [a.id]: 'peer' }, dials: [a] });
    await startAll([a, b, c]);
    await connected(a, [b, c]);
    a.configure({ trust: { [b.id]: 'peer', [c.id]: 'peer' } }, `127.0.0.1:${await takenPort()}`);

    const outcomes = await Promise.allSettled([a.reload(), revoke(a, c.id), a.reload()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    const { decision } = await a.call('policy.explain', { id: c.id, action: 'connect' });
    expect(decision).toMatchObject({ allow: false, rule: 'trust.deny.nodes' });
    await until(
      () => a.call('mesh.status', {}),
      ({ listen, peers }) => listen === a.endpoint && peers.some((row) => row.id === b.id && row.state === 'connected'),
      20_000,
    );
    expect(await a.isConnected(c.id)).toBe(false);
  });
});

/** As `caro trust revoke` does. */
const revoke = async (node: MeshNode, id: string): Promise<void> => {
  const { code, stderr } = await caro(node.home, 'trust', 'revoke', id);
  if (code !== 0) throw new Error(stderr);
};

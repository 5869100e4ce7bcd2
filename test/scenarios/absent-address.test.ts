/** A laptop whose network, and with it the address of the mesh, comes and goes. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { connected, lately, type MeshNode, makeNode } from '../rig/mesh-nodes.ts';
import { caro } from '../rig/service.ts';
import { layWire, requireWire, type Wire } from '../rig/system/linked-namespaces.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';

const folder = temporaryFolders();
const open: MeshNode[] = [];
let wire: Wire;

const listens = (node: MeshNode, at: string | null): Promise<unknown> =>
  until(
    () => node.call('mesh.status', {}),
    ({ listen }) => listen === at,
  );

async function pair(): Promise<{ a: MeshNode; b: MeshNode }> {
  const [first, second] = wire.machines;
  const a = await makeNode(folder(), 'node-a', first.address);
  const b = await makeNode(folder(), 'node-b', second.address);
  open.push(a, b);
  return { a, b };
}

requireWire()('a service whose listen address is not there', () => {
  beforeEach(() => {
    wire = layWire();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((node) => node.kill()));
    wire.remove();
  });

  test('starts, observes and says what the mesh waits for, and connects whenever the address is there', async () => {
    const [first, second] = wire.machines;
    const { a, b } = await pair();
    a.configure({ trust: { [b.id]: 'peer' }, dials: [b] });
    b.configure({ trust: { [a.id]: 'peer' } });
    second.ip('addr del 10.77.0.2/24 dev wire');
    await b.start(second.prefix);
    await a.start(first.prefix);

    await b.observe(lately(['git status']));
    const sentence = `waits for ${b.endpoint}: this machine does not have the address`;
    for (const command of [['status'], ['mesh', 'status'], ['doctor'], ['service', 'logs']])
      expect((await caro(b.home, ...command)).stdout).toContain(sentence);
    expect(await b.call('mesh.status', {})).toMatchObject({ enabled: true, listen: null });

    second.ip('addr add 10.77.0.2/24 dev wire');
    await listens(b, b.endpoint);
    await connected(a, [b]);

    second.ip('addr del 10.77.0.2/24 dev wire');
    await listens(b, null);
    await until(
      () => b.isConnected(a.id),
      (is) => !is,
    );
    await b.observe(lately(['git log']));

    second.ip('addr add 10.77.0.2/24 dev wire');
    await listens(b, b.endpoint);
    await connected(a, [b]);
  });

  test('follows the addresses of an interface, and reaches its peers from each', async () => {
    const [first, second] = wire.machines;
    const { a, b } = await pair();
    a.configure({ trust: { [b.id]: 'peer' } });
    b.configure({ trust: { [a.id]: 'peer' }, dials: [a] }, 'interface:wire');
    second.ip('addr del 10.77.0.2/24 dev wire');
    await b.start(second.prefix);
    await a.start(first.prefix);
    expect(await b.call('mesh.status', {})).toMatchObject({ waiting: { for: 'interface:wire:9238' } });

    second.ip('addr add 10.77.0.3/24 dev wire');
    await listens(b, '10.77.0.3:9238');
    await connected(b, [a]);

    second.ip('addr del 10.77.0.3/24 dev wire');
    second.ip('addr add 10.77.0.4/24 dev wire');
    second.ip('addr add 203.0.113.9/24 dev wire');
    await listens(b, '10.77.0.4:9238');
    await until(
      () => a.call('mesh.status', {}),
      ({ peers }) => peers.length === 1 && peers[0]?.address?.startsWith('10.77.0.4:') === true,
    );
  });
});

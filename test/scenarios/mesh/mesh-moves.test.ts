/** Nodes that get another address are found again by peers that only knew the former one. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { connected, type MeshNode, makeNode } from '../../rig/mesh-nodes.ts';
import { layWire, requireWire, type Wire } from '../../rig/system/linked-namespaces.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';

const folder = temporaryFolders();
const open: MeshNode[] = [];
let wire: Wire;

requireWire()('a peer that moves', () => {
  beforeEach(() => {
    wire = layWire();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((node) => node.kill()));
    wire.remove();
  });

  const nodes = async (): Promise<{ a: MeshNode; b: MeshNode }> => {
    const [first, second] = wire.machines;
    const a = await makeNode(folder(), 'node-a', first.address);
    const b = await makeNode(folder(), 'node-b', second.address);
    open.push(a, b);
    return { a, b };
  };

  test('finds the peers that dialled it before, and they find it after their own restart', async () => {
    const [first, second] = wire.machines;
    const { a, b } = await nodes();
    // Only A was told an address: the one that B is about to lose.
    a.configure({ trust: { [b.id]: 'peer' }, dials: [b] });
    b.configure({ trust: { [a.id]: 'peer' }, names: [a] }, 'interface:wire:9300');
    a.configure({ trust: { [b.id]: 'peer' }, dials: [{ ...b, endpoint: `${second.address}:9300` }] });
    await b.start(second.prefix);
    await a.start(first.prefix);
    await connected(a, [b]);

    second.ip('addr add 10.77.0.9/24 dev wire');
    second.ip('addr del 10.77.0.2/24 dev wire');
    second.ip('addr replace 10.77.0.9/24 dev wire');
    await connected(a, [b]);
    const { peers } = await b.call('mesh.status', {});
    expect(peers).toMatchObject([{ id: a.id, name: 'node-a', address: a.endpoint }]);

    // B dials nobody after its restart, so A has to know where it is.
    b.configure({ trust: { [a.id]: 'peer' } }, 'interface:wire:9300');
    await b.stop();
    await a.stop();
    await a.start(first.prefix);
    await b.start(second.prefix);
    await connected(a, [b]);
  });
});

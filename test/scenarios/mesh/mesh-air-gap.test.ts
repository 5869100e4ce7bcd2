/** S6: a mesh on a wire that leads nowhere does everything, and says nothing but to itself. */
import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { connected, inLast, lately, type MeshNode, makeNode } from '../../rig/mesh-nodes.ts';
import { layWire, type Packet, requireWire, type Wire } from '../../rig/system/linked-namespaces.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';

const folder = temporaryFolders();
const open: MeshNode[] = [];
let wire: Wire;

/** Whether a packet is ARP, or TCP to or from one of these endpoints. */
const isOfMesh = ({ layers, from, to }: Packet, endpoints: readonly string[]): boolean =>
  /:arp$/.test(layers) || (/:ip:tcp(:|$)/.test(layers) && (endpoints.includes(from) || endpoints.includes(to)));

requireWire()('two nodes on a wire without a way out', () => {
  beforeEach(() => {
    wire = layWire();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((node) => node.kill()));
    wire.remove();
  });

  test('connect, exchange summaries and answer, and send nothing but the packets of the mesh (S6, FR-207)', async () => {
    const [first, second] = wire.machines;
    const a = await makeNode(folder(), 'node-a', first.address);
    const b = await makeNode(folder(), 'node-b', second.address);
    open.push(a, b);
    a.configure({ trust: { [b.id]: 'peer' }, dials: [b] });
    b.configure({ trust: { [a.id]: 'peer' } });
    const capture = await wire.capture();
    await b.start(second.prefix);
    await a.start(first.prefix);
    await connected(a, [b]);
    await a.observe(inLast('hourly', ['git status', 'curl https://example.org/']));
    await a.call('summary.preview', { period: 'hourly' });
    await b.audited('summary.received');
    await b.observe(lately(['git status']));
    const { counts } = await a.call('mesh.query', { type: 'tool-usage', timeoutMs: 10_000 });
    expect(counts).toMatchObject({ answered: 1 });
    await a.stop();
    await b.stop();

    const packets = await capture.packets();
    expect(packets.filter(({ layers }) => layers.includes(':tls')).length).toBeGreaterThan(10);
    expect(packets.filter((packet) => !isOfMesh(packet, [a.endpoint, b.endpoint]))).toEqual([]);
  });

  test('a question to a resolver on the wire would be seen', async () => {
    const [first, second] = wire.machines;
    const capture = await wire.capture();
    const [file = '', ...args] = first.prefix;
    const ask = `require('node:dgram').createSocket('udp4').send('?', 53, '${second.address}', () => process.exit())`;
    execFileSync(file, [...args, process.execPath, '-e', ask]);
    const packets = await capture.packets();
    expect(packets.filter((packet) => !isOfMesh(packet, []))).not.toEqual([]);
  });
});

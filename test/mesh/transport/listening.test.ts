import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { takenPorts } from '../../rig/system/taken-port.ts';
import { until } from '../../rig/until.ts';
import { bothConnected, codeOf, makeIdentity, startNode, stopAll } from '../rig.ts';

afterEach(stopAll);
const takenPort = takenPorts();
const limits = { addressPollMs: 20 };

describe('a mesh that cannot listen', () => {
  test('because the port is taken still dials its peers, says what it waits for, and listens once the port is free', async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const { port } = other.address() as { port: number };
    const key = makeIdentity();
    const b = await startNode({ trusts: [key.id] });
    const changes: unknown[] = [];
    const a = await startNode({
      identity: key,
      trusts: [b.id],
      peers: [{ id: b.id, address: b.address }],
      limits,
      options: { listen: { host: '127.0.0.1', port }, onListening: ({ listen }) => void changes.push(listen) },
    });
    await bothConnected({ a, b });
    expect(a.mesh.status()).toMatchObject({
      listen: null,
      waiting: { for: `127.0.0.1:${port}`, code: 'address_in_use', reason: 'another program has the port' },
    });
    await new Promise((done) => other.close(done));
    await until(() => a.mesh.status().listen === `127.0.0.1:${port}`);
    expect(a.mesh.status().waiting).toBeNull();
    expect(changes).toEqual([null, `127.0.0.1:${port}`]);
  });

  test('because this machine does not have the address says so, and opens no invite that nobody could use', async () => {
    const node = await startNode({ limits, options: { listen: { host: '10.255.255.254', port: 9238 } } });
    expect(node.mesh.status()).toMatchObject({
      listen: null,
      waiting: { for: '10.255.255.254:9238', code: 'address_missing' },
    });
    const opened = Promise.resolve().then(() => node.mesh.invite());
    expect(await codeOf(opened)).toBe('address_missing');
    await expect(opened).rejects.toThrow(/mesh waits for 10\.255\.255\.254:9238/);
  });

  test('because an interface does not exist waits for it', async () => {
    const node = await startNode({ limits, options: { listen: { interface: 'none0', port: 9238 } } });
    expect(node.mesh.status().waiting).toEqual({
      for: 'interface:none0:9238',
      code: 'address_missing',
      reason: 'the interface is absent or has no private address',
    });
  });

  test('closes while it waits', async () => {
    const node = await startNode({
      limits,
      options: { listen: { host: '127.0.0.1', port: await takenPort() } },
    });
    await node.mesh.close();
    expect(node.mesh.status().listen).toBeNull();
  });
});

test('a mesh on an interface listens at every private address of it', async () => {
  const node = await startNode({ limits, options: { listen: { interface: 'lo', port: 0 } } });
  expect(node.mesh.status().waiting).toBeNull();
  const hosts = (node.mesh.status().listen ?? '').split(', ').map((text) => text.replace(/:\d+$/, ''));
  expect(hosts).toContain('127.0.0.1');
  const key = makeIdentity();
  node.trusted.add(key.id);
  const peers = [{ id: node.id, address: node.mesh.status().listen?.split(', ')[0] ?? '' }];
  const other = await startNode({ identity: key, trusts: [node.id], peers });
  await bothConnected({ a: node, b: other });
});

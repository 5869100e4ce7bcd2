/**
 * A laptop of a member that gets another address: nobody has paired with it, and only the roster
 * says who it is. First with a direct connection, then with the relay alone.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from '@jest/globals';
import type { MeshNode } from '../../rig/mesh-nodes.ts';
import { foundOrganisation, isMember, type Organisation, orgStatus, ran, requested } from '../../rig/organisation.ts';
import { draftRelay, isOnRelay, type OrgRelay, relayIs } from '../../rig/organisation-relay.ts';
import { relayTest as test } from '../../rig/programs/relay-test.ts';
import { layWire, requireWire, type Wire } from '../../rig/system/linked-namespaces.ts';
import { lastingFolder } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

requireWire()('a laptop that moves', () => {
  let wire: Wire;
  let org: Organisation;
  let relay: OrgRelay;
  let laptop: MeshNode;
  beforeAll(async () => {
    const folder = lastingFolder();
    wire = layWire();
    const [office, road] = wire.machines;
    const machine = { host: office.address, prefix: office.prefix };
    org = await foundOrganisation(folder, [], { ...machine, toml: () => '[relay]\nconnect = "stay"\n' });
    relay = await draftRelay(org, folder, machine);
    laptop = await org.makeNode('laptop');
    await laptop.start(road.prefix);
    await ran(laptop, 'org', 'join', org.file, '--yes');
    await requested(org, 1);
    await org.officer('approve', 'laptop');
    await org.publish();
    await relay.start();
    await orgStatus(laptop, isMember);
    await until(() => org.analyst.isConnected(laptop.id));
    await relayIs(laptop, isOnRelay);
    await relayIs(org.analyst, isOnRelay);
  }, 300_000);
  afterAll(async () => {
    await org.end();
    await relay.kill();
    wire.remove();
  });

  const move = (from: number, to: number): void => {
    const [, { ip }] = wire.machines;
    ip(`addr add 10.77.0.${to}/24 dev wire`);
    ip(`addr del 10.77.0.${from}/24 dev wire`);
    // The kernel removes further addresses of a network together with the first.
    ip(`addr replace 10.77.0.${to}/24 dev wire`);
  };
  const answers = async (): Promise<string | undefined> => {
    const { targets } = await org.analyst.call('mesh.query', { type: 'safety-posture', timeoutMs: 5_000 });
    return targets.find(({ id }) => id === laptop.id)?.state;
  };

  test('dials the analyst from its new address, and is asked there', async () => {
    move(2, 9);
    const dialled = async () =>
      (await org.analyst.call('mesh.status', {})).peers.find(({ id }) => id === laptop.id)?.address;
    await until(dialled, (address) => address?.startsWith('10.77.0.9:') === true);
    expect(await answers()).toBe('answered');
  });

  test('is found over the relay where the analyst cannot be dialled', async () => {
    const file = join(org.analyst.home, 'config', 'caro.toml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^listen = .*$/m, 'listen = "127.0.0.1:0"'));
    await org.analyst.stop();
    const [office] = wire.machines;
    await org.analyst.start(office.prefix);
    await relayIs(org.analyst, isOnRelay);
    await until(answers, (state) => state === 'answered');
    move(9, 8);
    await until(answers, (state) => state === 'answered');
    expect(await org.analyst.isConnected(laptop.id)).toBe(false);
  });
});

/**
 * A node whose clock is two days ahead, and which reaches leader and trustee over the relay alone:
 * no handshake compares the clocks, and the days that it takes for over are still to come.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from '@jest/globals';
import type { ReportedDay } from '../../../src/domain/blind/participation.ts';
import { DAY_MS } from '../../../src/domain/time/period.ts';
import { makeClock, type TestClock } from '../../rig/clock/test-clock.ts';
import type { MeshNode } from '../../rig/mesh-nodes.ts';
import { foundOrganisation, isMember, type Organisation, orgStatus, ran } from '../../rig/organisation.ts';
import { draftRelay, isOnRelay, type OrgRelay, relayIs } from '../../rig/organisation-relay.ts';
import { relayTest as test } from '../../rig/programs/relay-test.ts';
import { lastingFolder } from '../../rig/temporary-folder.ts';

const ROLES: Readonly<Record<string, string>> = { analyst: 'leader', 'works-council': 'trustee' };
const folder = lastingFolder();
let org: Organisation;
let relay: OrgRelay;
let clock: TestClock;
let node: MeshNode;

beforeAll(async () => {
  clock = makeClock(folder);
  org = await foundOrganisation(folder, [], {
    isApart: true,
    toml: (name) => `[relay]\nconnect = "stay"\n[blind]\nrole = "${ROLES[name] ?? 'none'}"\n`,
  });
  relay = await draftRelay(org, folder);
  node = await org.makeNode('dev-anna');
  await node.start(clock.prefix);
  await ran(node, 'org', 'join', org.file, '--yes');
  await ran(node, 'org', 'export', join(folder, 'carried'));
  await ran(org.analyst, 'org', 'import', join(folder, 'carried'));
  await org.officer('approve', 'dev-anna');
  await org.publish();
  await relay.start();
  for (const one of [org.trustee, node]) await ran(one, 'org', 'import', org.folder);
  for (const one of [org.analyst, org.trustee, node]) await relayIs(one, isOnRelay);
  await orgStatus(node, isMember);
  const file = (name: string): string => join(folder, name);
  await ran(org.analyst, 'blind', 'create', 'team', '--trustee', org.trustee.name, '--output', file('draft'));
  await ran(org.trustee, 'blind', 'endorse', file('draft'), '--output', file('offer'), '--yes');
  await ran(org.analyst, 'blind', 'endorse', file('offer'), '--output', file('task'), '--yes');
  await ran(node, 'blind', 'join', file('task'), '--yes');
}, 600_000);
afterAll(async () => {
  await org.end();
  await relay.kill();
  clock.close();
});

const days = async (): Promise<readonly ReportedDay[]> =>
  (await ran(node, 'blind', 'list', '--json'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ReportedDay);

test('spends no day, and its owner sees that the clocks differ', async () => {
  clock.set(clock.now() + 2 * DAY_MS);
  const [refused] = await node.audited('blind.refused');
  expect(refused?.details).toMatchObject({ code: 'clock_skewed', type: 'blind-log' });
  const planned = await days();
  expect(planned.length).toBeGreaterThan(0);
  expect(planned.map(({ madeAt }) => madeAt)).toEqual(planned.map(() => null));
  expect(await ran(node, 'blind', 'status')).toContain('no report is made: the clock of the trustee is another one');
});

/**
 * An organization in which no node reaches another one, with a real nats-server: everything goes
 * over the relay, with the commands of an owner and an officer only.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from '@jest/globals';
import type { QueryResult } from '../../../src/domain/answers/query.ts';
import type { ReportedDay } from '../../../src/domain/blind/participation.ts';
import type { RollCall } from '../../../src/domain/fleet/roll-call.ts';
import { openDatabase } from '../../../src/storage/database.ts';
import { lately, type MeshNode, twoAtATime } from '../../rig/mesh-nodes.ts';
import { developers, foundOrganisation, isMember, type Organisation, orgStatus, ran } from '../../rig/organisation.ts';
import { draftRelay, isOnRelay, type OrgRelay, relayIs } from '../../rig/organisation-relay.ts';
import { relayTest as test } from '../../rig/programs/relay-test.ts';
import { lastingFolder } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const DAY_MS = 86_400_000;
const WAIT_MS = 60_000;
const NAMES = developers(['dev-anna', 'dev-ben', 'dev-cleo']);
const ROLES: Readonly<Record<string, string>> = { analyst: 'leader', 'works-council': 'trustee' };
const folder = lastingFolder();
let org: Organisation;
let relay: OrgRelay;

const byName = (name: string): MeshNode => {
  const found = org.nodes.find((node) => node.name === name);
  if (!found) throw new Error(`expected a node called ${name}`);
  return found;
};

async function asked(): Promise<QueryResult> {
  const text = await ran(org.analyst, 'mesh', 'query', 'safety-posture', '--timeout', '5s', '--json');
  return JSON.parse(text) as QueryResult;
}

const hasBothReceipts = ({ leader, trustee }: ReportedDay): boolean =>
  [leader, trustee].every((delivery) => delivery !== null && delivery.receivedAt !== null);

const reported = async (node: MeshNode): Promise<readonly ReportedDay[]> =>
  (await ran(node, 'blind', 'list', '--json'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ReportedDay);

beforeAll(async () => {
  org = await foundOrganisation(folder, NAMES, {
    isApart: true,
    toml: (name) => `[relay]\nconnect = "stay"\n[blind]\nrole = "${ROLES[name] ?? 'none'}"\n`,
  });
  relay = await draftRelay(org, folder);
  const carried = join(folder, 'carried');
  await twoAtATime(org.nodes, async (node) => {
    await node.observe(lately(['git status', 'rm -rf build', 'ls']));
    await ran(node, 'org', 'join', org.file, '--unit', 'berlin', '--yes');
    await ran(node, 'org', 'export', carried);
  });
  await ran(org.analyst, 'org', 'import', carried);
  await org.officer('approve', ...NAMES);
  await org.publish();
  await relay.start();
  await twoAtATime([org.trustee, ...org.nodes], (node) => ran(node, 'org', 'import', org.folder));
}, 1_800_000);
afterAll(async () => {
  await org.end();
  await relay.kill();
});

test('a pass from the folder of the officers connects each node with the relay', async () => {
  for (const node of [org.analyst, org.trustee, ...org.nodes]) {
    const status = await relayIs(node, isOnRelay);
    expect(status).toMatchObject({ mode: 'stay', code: null, nextAt: null });
    expect(Date.parse(status?.passExpires ?? '')).toBeGreaterThan(Date.now() + 90 * DAY_MS);
  }
});

test('members learn over the relay that they are members', async () => {
  for (const node of org.nodes) expect((await orgStatus(node, isMember)).membership?.name).toBe(node.name);
});

test('a query of the analyst is answered over the relay, and every node is accounted for', async () => {
  const result = await asked();
  const states = new Map(result.targets.map(({ name, state }) => [name, state]));
  for (const name of NAMES) expect(states.get(name)).toBe('answered');
  expect([...states.keys()].sort()).toEqual([...NAMES, 'works-council'].sort());
  expect(states.get('works-council')).toMatch(/access_denied|no_data|answered/);
  expect((await org.analyst.call('mesh.status', {})).peers.every(({ state }) => state !== 'connected')).toBe(true);
  const sent = await byName('dev-anna').call('egress.list', { limit: 20 });
  expect(sent).toContainEqual(expect.objectContaining({ type: 'response', address: 'relay', level: 2 }));
});

test('a roll-call of the analyst accounts for every member', async () => {
  const call = JSON.parse(await ran(org.analyst, 'fleet', '--ask', '--json')) as RollCall & { readonly there: number };
  const members = [...NAMES, 'works-council'];
  expect(call.nodes.map(({ name, via }) => [name, via]).sort()).toEqual(members.sort().map((name) => [name, 'relay']));
  const all = members.length;
  expect(await ran(org.analyst, 'fleet', '--ask')).toContain(`${all} of ${all} members answered, 0 did not`);
  const [node] = org.nodes;
  if (!node) throw new Error('expected a node');
  await node.stop();
  const printed = await ran(org.analyst, 'fleet', '--ask', '--timeout', '2s');
  await node.start();
  expect(printed).toContain(`${all - 1} of ${all} members answered, 1 did not`);
  expect(printed).toMatch(/dev-anna +no answer/);
  await relayIs(node, isOnRelay);
  // A member may not ask: it has no credentials for it.
  expect(await ran(byName('dev-ben'), 'fleet', '--ask')).toContain('No relay was asked');
});

test('a blind report reaches leader and trustee over the relay, and gets both receipts', async () => {
  const node = byName('dev-anna');
  const file = (name: string): string => join(folder, name);
  await ran(org.analyst, 'blind', 'create', 'team', '--trustee', org.trustee.name, '--output', file('draft'));
  await ran(org.trustee, 'blind', 'endorse', file('draft'), '--output', file('offer'), '--yes');
  await ran(org.analyst, 'blind', 'endorse', file('offer'), '--output', file('task'), '--yes');
  await ran(node, 'blind', 'join', file('task'), '--yes');
  // As if the owner had consented three days ago: no test waits for midnight.
  const { database } = openDatabase(join(node.home, 'data', 'caro.db'), Date.now());
  database.prepare('UPDATE blind_joined SET joined_ms = joined_ms - ?').run(3 * DAY_MS);
  database.close();
  await node.stop();
  await node.start();
  const days = await until(
    () => reported(node),
    (all) => all.some(hasBothReceipts),
    WAIT_MS,
  );
  expect(days.find(hasBothReceipts)).toMatchObject({ leader: { refused: null }, trustee: { refused: null } });
  const sent = await node.call('egress.list', { limit: 50 });
  expect(sent.filter(({ type }) => type === 'blind-report').map(({ address }) => address)).toContain('relay');
  expect(await byName('dev-ben').call('egress.list', { limit: 50 })).not.toContainEqual(
    expect.objectContaining({ type: 'blind-report' }),
  );
});

test('the relay stores and logs no node id and no name', () => {
  const seen = relay.seen();
  for (const { name, id } of [org.analyst, org.trustee, ...org.nodes])
    for (const word of [name, id.slice('caro:ed25519:'.length)]) expect(seen).not.toContain(word);
});

test('nodes come back after the broker was killed', async () => {
  await relay.kill();
  const node = byName('dev-ben');
  const waiting = await relayIs(node, (status) => status?.state === 'waiting');
  expect(waiting).toMatchObject({ code: 'relay_unreachable', nextAt: expect.any(String) });
  expect(await ran(node, 'mesh', 'status')).toContain('relay: waiting, because it cannot be reached; next attempt ');
  await relay.start();
  for (const one of [org.analyst, ...org.nodes]) await relayIs(one, isOnRelay);
  expect((await asked()).counts.answered).toBeGreaterThanOrEqual(2);
});

test('the pass of a leaver is revoked, and the node says so', async () => {
  const leaver = byName('dev-cleo');
  await org.officer('remove', 'dev-cleo');
  await org.publish();
  await relay.reload();
  const status = await relayIs(leaver, (found) => found?.code === 'relay_refused');
  expect(status).toMatchObject({ state: 'waiting', code: 'relay_refused' });
  expect((await asked()).targets.map(({ name }) => name)).not.toContain('dev-cleo');
});

test('a path that would mean something else in the unit of the relay is refused', async () => {
  const [anna = ''] = org.keys;
  for (const path of ['/srv/x\nExecStartPre=/bin/sh', '/srv/a b', '/srv/%h', 'srv']) {
    const refused = org.officer('relay-config', '--key', anna, '--store', path);
    await expect(refused).rejects.toThrow('expected an absolute path');
  }
});

/** Officers, a trustee, an analyst and three developers: who joins, who is approved, who leaves. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { FleetMember } from '../../../src/domain/fleet/fleet.ts';
import type { JoinRequestLine } from '../../../src/domain/fleet/join-requests.ts';
import type { Explanation } from '../../../src/domain/policy/policy.ts';
import { lately, type MeshNode } from '../../rig/mesh-nodes.ts';
import { foundOrganisation, isMember, type Organisation, orgStatus, ran, requested } from '../../rig/organisation.ts';
import { lastingFolder } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const NAMES = ['dev-anna', 'dev-ben', 'dev-cleo'];
let org: Organisation;
/** What the analyst sees of the fleet before the officers approve. */
let asking: Fleet;

interface Fleet {
  readonly members: number;
  readonly nodes: readonly Pick<FleetMember, 'name' | 'unit' | 'state' | 'reason'>[];
  readonly requests: readonly JoinRequestLine[];
}
const fleet = async (node: MeshNode): Promise<Fleet> => JSON.parse(await ran(node, 'fleet', '--json')) as Fleet;
beforeAll(async () => {
  org = await foundOrganisation(lastingFolder(), NAMES);
  for (const node of org.nodes) {
    await node.observe(lately(['git status', 'rm -rf build', 'ls']));
    await ran(node, 'org', 'join', org.file, '--unit', 'berlin', '--yes');
  }
  await requested(org, NAMES.length);
  asking = await fleet(org.analyst);
  await org.officer('approve', ...NAMES);
  await org.publish();
});
afterAll(() => org.end());

const byName = (name: string): MeshNode => {
  const found = org.nodes.find((node) => node.name === name);
  if (!found) throw new Error(`expected a node called ${name}`);
  return found;
};

const explained = async (node: MeshNode, about: MeshNode, ...more: readonly string[]): Promise<Explanation> =>
  JSON.parse(await ran(node, 'trust', 'explain', about.id, '--json', ...more)) as Explanation;

/** Ids of the nodes that have answered a query of the analyst. */
async function answering(): Promise<readonly string[]> {
  const { targets } = await org.analyst.call('mesh.query', { type: 'safety-posture', timeoutMs: 10_000 });
  return targets.filter(({ state }) => state === 'answered').map(({ id }) => id);
}

/**
 * Waits until a node has this version of the roster in force, read from the folder of the officers.
 */
async function imported(node: MeshNode, version: number): Promise<void> {
  await ran(node, 'org', 'import', org.folder);
  await orgStatus(node, ({ terms }) => terms.version === version);
}

test('one file and one approval make nodes members, and the analyst gets their totals', async () => {
  for (const node of org.nodes) {
    const { membership, terms } = await orgStatus(node, isMember);
    expect(membership).toMatchObject({ name: node.name, unit: 'berlin' });
    expect(terms).toMatchObject({ version: 2, members: NAMES.length + 2 });
  }
  const ids = org.nodes.map(({ id }) => id);
  await until(answering, (found) => ids.every((id) => found.includes(id)));
});

test('the fleet of an analyst has requests to join, then the members with their unit and a reason', async () => {
  expect(asking.requests.map(({ name, unit, reason }) => [name, unit, reason])).toEqual(
    NAMES.map((name) => [name, 'berlin', 'not_approved']),
  );
  const after = await fleet(org.analyst);
  expect(after.requests).toEqual([]);
  const members = after.nodes.filter(({ name }) => NAMES.includes(name ?? ''));
  expect(members.map(({ unit }) => unit)).toEqual(NAMES.map(() => 'berlin'));
  expect(after.nodes.every(({ state, reason }) => (state === 'reporting') === (reason === null))).toBe(true);
  const shown = await ran(org.analyst, 'fleet');
  for (const name of NAMES) expect(shown).toContain(name);
  expect(shown).not.toContain('Requests to join');
  // A member sees no requests of others.
  expect((await fleet(byName('dev-anna'))).requests).toEqual([]);
});

test('an advisory of a supervisor of the roster arrives at every member, one of a member at none', async () => {
  const until14 = new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10);
  await ran(org.analyst, 'advisory', 'send', '--family', 'files', '--until', until14);
  await ran(byName('dev-ben'), 'advisory', 'send', '--family', 'git', '--until', until14);
  for (const node of org.nodes) {
    const got = await until(
      async () => (await ran(node, 'advisory', 'list')).split('\n'),
      (lines) => lines.some((line) => line.includes('family files')),
    );
    expect(got.some((line) => line.includes('family git'))).toBe(node.name === 'dev-ben');
  }
});

test('trust explain names the roster and its version, and an owner who revokes takes precedence', async () => {
  const node = byName('dev-anna');
  const { terms } = await orgStatus(node, isMember);
  const query = ['--query', 'safety-posture'];
  const rule = `roster "example-gmbh" version ${terms.version}`;
  const { decision, trust } = await explained(node, org.analyst, ...query);
  expect(decision).toMatchObject({ allow: true, level: 2, rule });
  expect(trust).toBe('supervisor');
  expect((await explained(node, org.trustee, ...query)).decision).toMatchObject({ allow: false, rule });

  await ran(node, 'trust', 'revoke', org.analyst.id);
  expect((await explained(node, org.analyst, ...query)).decision).toMatchObject({
    ...{ allow: false, rule: 'trust.deny.nodes' },
  });
  await until(
    () => org.analyst.isConnected(node.id),
    (is) => !is,
  );
});

test('a member that the officers remove is cut off at once, and the analyst has nothing of it any more', async () => {
  const leaver = byName('dev-cleo');
  await orgStatus(leaver, isMember);
  await until(() => org.analyst.isConnected(leaver.id));
  await org.officer('remove', 'dev-cleo');
  await org.publish();

  await until(
    () => org.analyst.isConnected(leaver.id),
    (is) => !is,
  );
  expect((await explained(org.analyst, leaver)).decision.allow).toBe(false);
  expect(await answering()).not.toContain(leaver.id);
  const { targets } = await org.analyst.call('mesh.query', { type: 'safety-posture', timeoutMs: 10_000 });
  expect(targets.map(({ id }) => id)).not.toContain(leaver.id);
});

test('a node that was installed anew takes the place of its predecessor, whose key opens nothing', async () => {
  const before = byName('dev-ben');
  await orgStatus(before, isMember);
  const after = await org.makeNode('dev-ben-anew');
  await after.start();
  await ran(after, 'org', 'join', org.file, '--name', 'dev-ben', '--unit', 'berlin', '--replaces', 'dev-ben', '--yes');
  await requested(org, 1);
  await org.officer('approve', after.identity.fingerprint);
  await org.publish();

  expect((await orgStatus(after, isMember)).membership).toMatchObject({ name: 'dev-ben' });
  expect((await explained(org.analyst, before)).decision.allow).toBe(false);
  await until(
    () => org.analyst.isConnected(before.id),
    (is) => !is,
  );
});

test('an analyst who is removed gets nothing from a member any more, although it still dials it', async () => {
  const node = byName('dev-anna');
  await org.officer('remove', 'analyst');
  await org.publish();
  const { terms } = await orgStatus(org.analyst, ({ role }) => role === 'member');
  await imported(node, terms.version);

  expect((await explained(node, org.analyst, '--query', 'safety-posture')).decision.allow).toBe(false);
  expect(await answering()).not.toContain(node.id);
});

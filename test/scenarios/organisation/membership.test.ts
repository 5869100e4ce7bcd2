/** Officers, a trustee, an analyst and three developers: who joins, who is approved, who leaves. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Explanation } from '../../../src/domain/policy/policy.ts';
import { lately, type MeshNode } from '../../rig/mesh-nodes.ts';
import { foundOrganisation, isMember, type Organisation, orgStatus, ran, requested } from '../../rig/organisation.ts';
import { lastingFolder } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const NAMES = ['dev-anna', 'dev-ben', 'dev-cleo'];
let org: Organisation;
beforeAll(async () => {
  org = await foundOrganisation(lastingFolder(), NAMES);
  for (const node of org.nodes) {
    await node.observe(lately(['git status', 'rm -rf build', 'ls']));
    await ran(node, 'org', 'join', org.file, '--unit', 'berlin', '--yes');
  }
  await requested(org, NAMES.length);
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

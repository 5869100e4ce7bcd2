/**
 * Officers, a trustee, an analyst and developers: who joins, who is approved, who leaves, and what
 * changes while nobody does anything at the other nodes. On a clock that is set forward, because
 * members ask for news every hour. `npm run test:organisation` plays it with 30 developers.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { OrgStatus } from '../../../src/domain/organisation/membership.ts';
import type { Explanation } from '../../../src/domain/policy/policy.ts';
import { startClock } from '../../rig/blind-week.ts';
import { lately, type MeshNode, twoAtATime } from '../../rig/mesh-nodes.ts';
import {
  developers,
  foundOrganisation,
  isMember,
  type Organisation,
  orgStatus,
  ran,
  requested,
} from '../../rig/organisation.ts';
import { freePort } from '../../rig/service.ts';
import { lastingFolder } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

/** Longer than a member waits before it asks for news. */
const NEXT_QUESTION_MS = 2 * 3_600_000;
/** After which the clock is set forward again: the question came just before the news. */
const PATIENCE_MS = 4_000;
const NAMES = developers(['dev-anna', 'dev-ben', 'dev-cleo']);
const folder = lastingFolder();
const clock = startClock(folder);
let org: Organisation;
/** The second analyst, once there is one. */
let second: MeshNode | undefined;
beforeAll(async () => {
  org = await foundOrganisation(folder, NAMES, { prefix: clock.prefix });
  await twoAtATime(org.nodes, async (node) => {
    await node.observe(lately(['git status', 'rm -rf build', 'ls']));
    await ran(node, 'org', 'join', org.file, '--unit', 'berlin', '--yes');
  });
  await requested(org, NAMES.length);
  await org.officer('approve', ...NAMES);
  await org.publish();
}, 1_800_000);
afterAll(async () => {
  await org.end();
  clock.close();
});

const byName = (name: string): MeshNode => {
  const found = org.nodes.find((node) => node.name === name);
  if (!found) throw new Error(`expected a node called ${name}`);
  return found;
};

const explained = async (node: MeshNode, about: MeshNode, ...more: readonly string[]): Promise<Explanation> =>
  JSON.parse(await ran(node, 'trust', 'explain', about.id, '--json', ...more)) as Explanation;

/** Ids of the nodes that have answered a query of the analyst. */
async function answering(analyst = org.analyst): Promise<readonly string[]> {
  const { targets } = await analyst.call('mesh.query', { type: 'safety-posture', timeoutMs: 10_000 });
  return targets.filter(({ state }) => state === 'answered').map(({ id }) => id);
}

const allAnswer = (nodes: readonly MeshNode[], analyst = org.analyst): Promise<readonly string[]> =>
  until(
    () => answering(analyst),
    (found) => nodes.every(({ id }) => found.includes(id)),
  );

/** Hours pass, and the node has this version of the roster without a command. */
function reached(node: MeshNode, version: number): Promise<OrgStatus> {
  let setAtMs = Number.NEGATIVE_INFINITY;
  return orgStatus(node, ({ terms }) => {
    if (terms.version >= version) return true;
    if (performance.now() - setAtMs > PATIENCE_MS) {
      clock.set(clock.now() + NEXT_QUESTION_MS);
      setAtMs = performance.now();
    }
    return false;
  });
}

/** Publishes the draft. Everybody else gets it without a command. */
async function published(keys?: readonly string[]): Promise<void> {
  await org.publish(keys);
  const { terms } = await orgStatus(org.analyst, () => true);
  for (const node of [org.trustee, ...org.nodes, ...(second ? [second] : [])]) await reached(node, terms.version);
}

/** A member that an analyst without the roster refused dials again within a minute. */
const REDIAL_MS = 150_000;

const connectedWithAll = (analyst: MeshNode): Promise<unknown> =>
  until(
    async () => {
      const missing: string[] = [];
      for (const { id, name } of org.nodes) if (!(await analyst.isConnected(id))) missing.push(name);
      return missing;
    },
    (missing) => missing.length === 0,
    REDIAL_MS,
  );

test('one file and one approval make nodes members, and the analyst gets their totals', async () => {
  for (const node of org.nodes) {
    const { membership, terms } = await orgStatus(node, isMember);
    expect(membership).toMatchObject({ name: node.name, unit: 'berlin' });
    expect(terms).toMatchObject({ version: 2, members: NAMES.length + 2 });
  }
  await allAnswer(org.nodes);
});

test('members find an analyst that has moved to another address', async () => {
  await connectedWithAll(org.analyst);
  const endpoint = `127.0.0.1:${await freePort()}`;
  const file = join(org.analyst.home, 'config', 'caro.toml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(org.analyst.endpoint, endpoint));
  await org.analyst.stop();
  await org.analyst.start(clock.prefix);

  const shown = await org.officer('change', '--address', `analyst=${endpoint}`);
  expect(shown).toContain(`analyst (${org.analyst.identity.fingerprint}) at ${endpoint} (was `);
  await expect(org.officer('change', '--address', 'analyst')).rejects.toThrow('expected an address as name=IP:port');
  await published();
  await connectedWithAll(org.analyst);
  await allAnswer(org.nodes);
});

test('two officers replace the lost key of the third, who signs with the new one from then on', async () => {
  const [anna = '', boris = '', lost = ''] = org.keys;
  const found = `${lost}.new`;
  await ran(org.analyst, 'org', 'key', found);
  await org.officer('change', '--officer', `clara=${found}`);
  await published([anna, boris]);

  await org.officer('change', '--floor', '7');
  await expect(org.officer('sign', '--key', lost, '--yes')).rejects.toThrow('expected the key of an officer');
  await published([boris, found]);
  for (const node of org.nodes)
    expect(await orgStatus(node, () => true)).toMatchObject({ waiting: null, terms: { floor: 7 } });
});

test('members connect with another analyst and answer it', async () => {
  const analyst = await org.makeNode('analyst-2', true);
  second = analyst;
  await analyst.start(clock.prefix);
  await ran(analyst, 'org', 'join', org.file, '--yes');
  await requested(org, 1);
  await org.officer('approve', 'analyst-2', '--as', 'supervisor', '--address', analyst.endpoint);
  await published();
  await connectedWithAll(analyst);
  await allAnswer(org.nodes, analyst);
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
    allow: false,
    rule: 'trust.deny.nodes',
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
  await after.start(clock.prefix);
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
  if (!second) throw new Error('expected the second analyst of the test above');
  await org.officer('remove', 'analyst');
  await org.publish();
  const { terms } = await orgStatus(org.analyst, ({ role }) => role === 'member');
  await ran(second, 'org', 'import', org.folder);
  await reached(node, terms.version);

  expect((await explained(node, org.analyst, '--query', 'safety-posture')).decision.allow).toBe(false);
  expect(await answering()).not.toContain(node.id);
});

/** What the officers change, what waits for the owner, and how an owner leaves. */
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { OrgStatus } from '../../../src/domain/organisation/membership.ts';
import { lately, type MeshNode } from '../../rig/mesh-nodes.ts';
import { foundOrganisation, isMember, type Organisation, orgStatus, ran, requested } from '../../rig/organisation.ts';
import { caro } from '../../rig/service.ts';
import { lastingFolder } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

let org: Organisation;
let node: MeshNode;
/** The first file with which nodes could join. */
let oldFile: string;
beforeAll(async () => {
  const folder = lastingFolder();
  org = await foundOrganisation(folder, ['dev-anna']);
  [node] = org.nodes as [MeshNode];
  oldFile = join(folder, 'version-1.caro-org');
  copyFileSync(org.file, oldFile);
  await ran(node, 'org', 'join', org.file, '--yes');
  await requested(org, 1);
  await org.officer('approve', 'dev-anna');
  await org.officer('change', '--floor', '9');
  await org.publish();
  await orgStatus(node, isMember);
});
afterAll(() => org.end());

/** Publishes the draft; the node reads it. */
async function published(): Promise<OrgStatus> {
  await org.publish();
  await ran(node, 'org', 'import', org.folder);
  return orgStatus(node, () => true);
}

test.each([
  ['more detail', ['change', '--level', '1'], 'level'],
  ['a lower floor', ['change', '--floor', '7'], 'nodes'],
  ['fewer signatures', ['change', '--threshold', '1'], 'signature'],
])('%s waits for the owner, who sees it and agrees', async (_, change, shown) => {
  const before = (await orgStatus(node, isMember)).terms;
  const [command = '', ...args] = change;
  await org.officer(command, ...args);
  const { terms, waiting } = await published();
  expect(terms).toMatchObject({ version: before.version, level: before.level, floor: before.floor });
  expect(waiting?.terms.version).toBe(before.version + 1);

  const text = await ran(node, 'org', 'status');
  expect(text).toContain(`Version ${before.version + 1} waits for you (caro org accept)`);
  expect(text.slice(text.indexOf('waits for you'))).toContain(shown);
  // Nobody can be asked here, so nothing is agreed to.
  expect((await caro(node.home, 'org', 'accept')).code).not.toBe(0);
  expect((await orgStatus(node, () => true)).waiting).not.toBeNull();

  await ran(node, 'org', 'accept', '--yes');
  const after = await orgStatus(node, ({ waiting: left }) => left === null);
  expect(after.terms.version).toBe(before.version + 1);
});

test('narrower terms are in force without asking', async () => {
  await org.officer('change', '--floor', '12');
  const { terms, waiting } = await published();
  expect(waiting).toBeNull();
  expect(terms.floor).toBe(12);
});

test('a replayed old head changes nothing, by a folder or by a file', async () => {
  const { terms } = await orgStatus(node, isMember);
  const replay = lastingFolder();
  mkdirSync(join(replay, 'heads'));
  copyFileSync(join(org.folder, 'heads', '000001.json'), join(replay, 'heads', '000001.json'));
  await ran(node, 'org', 'import', replay);
  const { code, stderr } = await caro(node.home, 'org', 'join', oldFile, '--yes');
  expect(code).not.toBe(0);
  expect(stderr).toContain(`expected version ${terms.version} of the roster or a newer one, got 1`);
  expect((await orgStatus(node, isMember)).terms).toEqual(terms);
});

test('joining shows the numbers that would leave, and does not turn on a mesh that its owner has turned off', async () => {
  const refusing = await org.makeNode('dev-off');
  const file = join(refusing.home, 'config', 'caro.toml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('enabled = true', 'enabled = false'));
  await refusing.start();
  await refusing.observe(lately(['git status', 'ls']));
  const { code, stderr } = await caro(refusing.home, 'org', 'join', org.file, '--yes');
  expect(code).toBe(2);
  expect(stderr).toContain(`got enabled = false under [mesh] in ${file}`);
  expect(await refusing.call('org.status', {})).toBeNull();
  expect(await refusing.call('mesh.status', {})).toMatchObject({ enabled: false });

  writeFileSync(file, text.replace('enabled = true\n', ''));
  const shown = await ran(refusing, 'org', 'join', org.file, '--yes');
  for (const { body } of (await refusing.call('aggregates.preview', {})).vectors) expect(shown).toContain(body.layout);
  expect(await refusing.call('mesh.status', {})).toMatchObject({ enabled: true });

  // The same line written later has the last word, too.
  writeFileSync(file, text.replace('enabled = true', 'enabled = false'));
  await refusing.call('config.reload', {});
  expect(await refusing.call('mesh.status', {})).toMatchObject({ enabled: false });
  expect(await ran(refusing, 'org', 'leave')).toContain('caro sharing disable');
});

test('a trustee that the present one has not endorsed waits for the owner', async () => {
  const before = (await orgStatus(node, isMember)).terms;
  const other = await org.makeNode('other-council');
  await other.start();
  await ran(other, 'org', 'join', org.file, '--yes');
  await until(async () => (await org.analyst.call('org.requests', {})).some(({ name }) => name === 'other-council'));
  await org.officer('remove', 'works-council');
  await org.officer('approve', 'other-council', '--as', 'trustee', '--address', other.endpoint);
  const { terms, waiting } = await published();
  expect(terms.trustees.map(({ name }) => name)).toEqual(['works-council']);
  expect(waiting?.terms.trustees.map(({ name }) => name)).toEqual(['other-council']);
  expect(await ran(node, 'org', 'status')).toContain('other-council');
  await ran(node, 'org', 'accept', '--yes');
  expect((await orgStatus(node, () => true)).terms.version).toBe(before.version + 1);
});

test('a second node of the analyst cannot be the trustee of a task: only one that the roster names can', async () => {
  const { terms } = await orgStatus(node, () => true);
  expect(terms.trustees.map(({ name }) => name)).toEqual(['other-council']);
  const folder = lastingFolder();
  const file = (name: string): string => join(folder, name);
  // The former trustee is a member like any other now, and the analyst has its machine.
  const [leader, own] = [org.analyst, org.trustee];
  for (const [one, role] of [
    [leader, 'leader'],
    [own, 'trustee'],
  ] as const) {
    appendFileSync(join(one.home, 'config', 'caro.toml'), `[blind]\nrole = "${role}"\n`);
    await one.reload();
  }
  await ran(leader, 'blind', 'create', 'staff', '--trustee', own.id, '--output', file('draft'));
  await ran(own, 'blind', 'endorse', file('draft'), '--output', file('offer'), '--yes');
  await ran(leader, 'blind', 'endorse', file('offer'), '--output', file('task'), '--yes');
  const refused = await caro(node.home, 'blind', 'join', file('task'), '--yes');
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('expected a trustee that the roster of example-gmbh names');
  // Unless the owner trusts that node themselves.
  await ran(node, 'trust', 'set', own.id, 'supervisor');
  expect(await ran(node, 'blind', 'join', file('task'), '--yes')).toContain('joined staff');
  await ran(node, 'blind', 'leave');
});

test('leaving ends everything that the node grants, at once', async () => {
  await until(() => node.isConnected(org.analyst.id));
  expect(await ran(node, 'org', 'leave')).toContain('left example-gmbh');
  await until(
    () => node.isConnected(org.analyst.id),
    (is) => !is,
  );
  const { decision } = JSON.parse(await ran(node, 'trust', 'explain', org.analyst.id, '--json')) as {
    readonly decision: { readonly allow: boolean };
  };
  expect(decision.allow).toBe(false);
  expect(await node.call('org.status', {})).toBeNull();
});

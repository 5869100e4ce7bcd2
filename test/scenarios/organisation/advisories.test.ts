/** An advisory of the roster's analyst, to owners who have named nobody themselves. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AdvisoryLine } from '../../../src/domain/advisories/advisory.ts';
import { connected, lately, type MeshNode, twoAtATime } from '../../rig/mesh-nodes.ts';
import { foundOrganisation, isMember, type Organisation, orgStatus, ran, requested } from '../../rig/organisation.ts';
import { caroJson } from '../../rig/service.ts';
import { lastingFolder } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const RULE = 'git.push-force';
const REDIAL_MS = 150_000;
let org: Organisation;
let [anna, ben]: readonly MeshNode[] = [];
beforeAll(async () => {
  org = await foundOrganisation(lastingFolder(), ['dev-anna', 'dev-ben'], { terms: ['--level', '1'] });
  [anna, ben] = org.nodes;
  await twoAtATime(org.nodes, (node) => ran(node, 'org', 'join', org.file, '--yes'));
  await requested(org, 2);
  await org.officer('approve', 'dev-anna', 'dev-ben');
  await org.publish();
  for (const node of org.nodes) await orgStatus(node, isMember);
  await connected(org.analyst, [...org.nodes, org.trustee], REDIAL_MS);
});
afterAll(() => org.end());

const lines = (node: MeshNode): Promise<readonly AdvisoryLine[]> => node.call('advisories.list', {});
const received = (node: MeshNode): Promise<readonly AdvisoryLine[]> =>
  until(
    () => lines(node),
    (found) => found.length > 0,
  );
const nodeOf = (node: MeshNode | undefined): MeshNode => {
  if (!node) throw new Error('expected a developer');
  return node;
};

test('owners see it with their own commands, and nobody learns who dismisses it', async () => {
  const [one, other] = [nodeOf(anna), nodeOf(ben)];
  await one.observe(lately(['git push --force origin main', 'ls']));
  await other.observe(lately(['ls']));
  expect(await ran(org.analyst, 'advisory', 'send', '--rule', RULE, '--until', '7d')).toContain('3 nodes have it');

  const [own] = await received(one);
  expect(own).toMatchObject({
    author: org.analyst.id,
    subject: { kind: 'rule', name: RULE },
    delivered: null,
    rules: [{ id: RULE, matches: 1 }],
    commands: [{ command: 'git push --force origin main' }],
  });
  expect(await ran(one, 'advisory')).toMatch(
    /attention: rule git\.push-force[\s\S]*from analyst,[\s\S]*1 of your commands[\s\S]*Safer: [\s\S]*git push --force origin main/,
  );
  // The page takes the names of authors from there.
  const { mesh } = await one.call('service.status', {});
  expect(mesh?.peers).toContainEqual(expect.objectContaining({ id: org.analyst.id, name: 'analyst' }));
  expect(await received(other)).toMatchObject([{ id: own?.id, commands: [] }]);
  expect(await ran(other, 'advisory')).toContain('None of your commands of the last 30 days matched.');

  const traces = (node: MeshNode) =>
    Promise.all([node.call('egress.list', { limit: 1 }), node.call('audit.list', { limit: 1 })]);
  const [there, here] = [await lines(org.analyst), await traces(one)];
  await ran(one, 'advisory', 'hide', own?.id.slice(0, 8) ?? '');
  expect(await lines(one)).toEqual([]);
  expect(await traces(one)).toEqual(here);
  expect(await lines(org.analyst)).toEqual(there);
  expect(there).toMatchObject([{ delivered: 3 }]);
  expect(await lines(other)).toHaveLength(1);
  expect(await caroJson(one.home, 'advisory', 'list', '--all')).toMatchObject([{ isHidden: true }]);
});

test('a member who is no supervisor advises nobody', async () => {
  const member = nodeOf(ben);
  await ran(member, 'advisory', 'send', '--rule', 'git.clean', '--until', '7d');
  expect(await org.analyst.audited('peer.refused')).toContainEqual(
    expect.objectContaining({ peer: member.id, details: expect.objectContaining({ code: 'advisory_refused' }) }),
  );
  expect(await lines(org.analyst)).toMatchObject([{ subject: { name: RULE } }]);
});

/**
 * A member whom the officers have just approved, and a trustee that was told nothing: nobody runs a
 * command there, and no hour passes.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { foundOrganisation, isMember, type Organisation, orgStatus, ran, requested } from '../../rig/organisation.ts';
import { lastingFolder } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

let org: Organisation;
beforeAll(async () => {
  org = await foundOrganisation(lastingFolder(), ['dev-anna']);
}, 600_000);
afterAll(() => org.end());

test('is known to the trustee as soon as it has dialled it', async () => {
  const { trustee, nodes } = org;
  const [node] = nodes;
  if (!node) throw new Error('expected a node');
  await ran(node, 'org', 'join', org.file, '--yes');
  await requested(org, 1);
  await org.officer('approve', 'dev-anna');
  await org.publish();
  await orgStatus(node, isMember);

  await until(() => trustee.isConnected(node.id));
  expect((await orgStatus(trustee, () => true)).list).toBe(2);
});

/**
 * A member that visits its relay every few hours, with a real nats-server. Services and officers
 * begin 200 days ago, so that the server, on the clock of the machine, finds an expired pass.
 */
import { afterAll, beforeAll, expect } from '@jest/globals';
import type { OrgStatus } from '../../../src/domain/organisation/membership.ts';
import type { RelayStatus } from '../../../src/domain/status/relay-status.ts';
import { makeClock } from '../../rig/clock/test-clock.ts';
import type { MeshNode } from '../../rig/mesh-nodes.ts';
import { foundOrganisation, type Organisation, orgStatus, ran } from '../../rig/organisation.ts';
import { draftRelay, isOnRelay, type OrgRelay, relayIs } from '../../rig/organisation-relay.ts';
import { relayTest as test } from '../../rig/programs/relay-test.ts';
import { lastingFolder } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Longer than the longest wait between two visits. */
const NEXT_VISIT_MS = 7 * HOUR_MS;
const WAIT_MS = 110_000;
const folder = lastingFolder();
const clock = makeClock(folder, -200 * DAY_MS);
let org: Organisation;
let relay: OrgRelay;
let node: MeshNode;

beforeAll(async () => {
  org = await foundOrganisation(folder, ['dev-anna'], { isApart: true, prefix: clock.prefix });
  [node] = org.nodes as [MeshNode];
  relay = await draftRelay(org, folder);
  await ran(node, 'org', 'join', org.file, '--yes');
  await ran(node, 'org', 'export', folder);
  await ran(org.analyst, 'org', 'import', folder);
  await org.officer('approve', 'dev-anna');
  await org.publish();
  await relay.start();
  await ran(node, 'org', 'import', org.folder);
});
afterAll(async () => {
  await org.end();
  await relay.kill();
  clock.close();
});

/** Lets the node visit its relay until it is as wanted: what comes after one waits for the next. */
const afterVisits = (isWanted: (terms: OrgStatus['terms'], relay: RelayStatus | null) => boolean) =>
  until(
    async () => {
      const [org, { relay }] = await Promise.all([node.call('org.status', {}), node.call('mesh.status', {})]);
      const nextMs = relay?.state === 'waiting' ? Date.parse(relay.nextAt ?? '') : Number.NaN;
      if (org && isWanted(org.terms, relay)) return { ...org, relay };
      if (nextMs > clock.now()) clock.set(nextMs);
      return undefined;
    },
    (status) => status !== undefined,
    WAIT_MS,
  );

const inForce = (version: number, at = node) => orgStatus(at, ({ terms }) => terms.version === version);

test('the relay refuses an expired pass, and a new one from the folder of the officers connects the node', async () => {
  const before = await relayIs(node, (status) => status?.code === 'relay_refused');
  expect(Date.parse(before?.passExpires ?? '')).toBeLessThan(Date.now());
  clock.set(Date.now());
  expect((await orgStatus(node, ({ state }) => state === 'expired')).terms.version).toBe(2);

  await org.officer('change');
  await org.publish();
  await relayIs(org.analyst, isOnRelay);
  await ran(node, 'org', 'import', org.folder);
  const after = await relayIs(
    node,
    (status) => status !== null && status.code === null && status.state !== 'connecting',
  );
  expect(Date.parse(after?.passExpires ?? '')).toBeGreaterThan(Date.now() + 170 * DAY_MS);
  expect((await inForce(3)).state).toBe('in force');
});

test('a member visits the relay, leaves it, and has the next version after its next visit', async () => {
  const left = await relayIs(node, (status) => status?.state === 'waiting');
  expect(left).toMatchObject({ mode: 'poll', code: null });
  const waitMs = Date.parse(left?.nextAt ?? '') - clock.now();
  expect(waitMs).toBeGreaterThan(1.9 * HOUR_MS);
  expect(waitMs).toBeLessThan(NEXT_VISIT_MS);
  expect(await ran(node, 'mesh', 'status')).toContain('relay: not connected between two visits; next attempt ');

  await org.officer('change', '--floor', '8');
  await org.publish();
  expect((await orgStatus(node, () => true)).terms.version).toBe(3);
  await inForce(4, org.analyst);
  const visited = await afterVisits(({ version }) => version === 4);
  expect(visited?.terms.floor).toBe(8);
});

test('a version that is signed in time renews the passes, and members get theirs over the relay', async () => {
  const before = await relayIs(node, () => true);
  clock.set(clock.now() + 70 * DAY_MS);
  await org.officer('change');
  await org.publish();
  await inForce(5, org.analyst);
  const renewed = await afterVisits(
    ({ version }, status) => version === 5 && status?.passExpires !== before?.passExpires,
  );
  const laterMs = Date.parse(renewed?.relay?.passExpires ?? '') - Date.parse(before?.passExpires ?? '');
  expect(laterMs).toBeGreaterThan(69 * DAY_MS);
  await afterVisits((_, status) => isOnRelay(status));
});

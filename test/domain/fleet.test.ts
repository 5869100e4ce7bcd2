import { expect, test } from '@jest/globals';
import { coverageOf, type FleetFacts, fleetOf } from '../../src/domain/fleet/fleet.ts';
import { joinRequestLines } from '../../src/domain/fleet/join-requests.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const peer = (name: string, more: Partial<FleetFacts['peers'][number]> = {}): FleetFacts['peers'][number] => ({
  id: `id-${name}`,
  name,
  address: null,
  trust: 'peer',
  state: 'connected',
  reason: null,
  skewMs: 0,
  lastSeen: '2026-11-28T11:00:00.000Z',
  version: '0.2.0',
  ...more,
});
const report = (name: string, day: string | null, code: string | null = null) => ({
  node: `key-of-${name}`,
  account: `id-${name}`,
  day,
  receivedAt: day === null ? null : `${day}T23:00:00.000Z`,
  code,
});
const SELF = { id: 'id-own', version: '0.2.0' };
const fleet = (facts: Partial<FleetFacts>) =>
  fleetOf({ ...{ peers: [], roster: [], self: SELF, reports: [], answers: [] }, nowMs: NOW, ...facts });

test('with blind totals a member is judged by its reports, problems first', () => {
  const members = fleet({
    peers: [
      ...[peer('ann'), peer('ben'), peer('cyd'), peer('dan', { state: 'refused', reason: 'key_changed' }), peer('eve')],
      peer('fay', { state: 'offline', reason: 'no_address' }),
    ],
    reports: [
      report('ann', '2026-11-26'),
      report('ben', '2026-11-10'),
      report('cyd', '2026-11-27', 'blind_share_invalid'),
      report('fay', null),
    ],
  });
  expect(members.map(({ name, state, reason, lastReport }) => [name, state, reason, lastReport])).toEqual([
    ['cyd', 'refused', 'blind_share_invalid', '2026-11-27'],
    ['dan', 'refused', 'key_changed', null],
    ['ben', 'silent', 'report_late', '2026-11-10'],
    ['fay', 'silent', 'report_late', null],
    ['eve', 'waiting', 'never_reported', null],
    ['ann', 'reporting', null, '2026-11-26'],
  ]);
  const adviceOn = (who: string) => members.find(({ name }) => name === who)?.advice;
  expect(adviceOn('dan')).toContain('compare fingerprints');
  expect(adviceOn('cyd')).toMatch(/^the shares of a blind report do not fit .* range fails$/);
});

test('a member was last seen when its last connection ended, or when its report came', () => {
  const members = fleet({
    peers: [peer('ann'), peer('ben', { lastSeen: '2026-11-20T11:00:00.000Z' }), peer('cyd', { lastSeen: null })],
    reports: ['ann', 'ben', 'cyd'].map((name) => report(name, '2026-11-26')),
  });
  expect(members.map(({ lastSeen }) => lastSeen)).toEqual([
    '2026-11-28T11:00:00.000Z',
    '2026-11-26T23:00:00.000Z',
    '2026-11-26T23:00:00.000Z',
  ]);
});

test('without blind totals the newest saved answer counts', () => {
  const time = '2026-11-28T06:00:00.000Z';
  const members = fleet({
    peers: [peer('ann'), peer('ben'), peer('cyd', { version: null }), peer('dan')],
    answers: [
      { node: 'id-ann', state: 'answered', time },
      { node: 'id-ben', state: 'access_denied', time },
      { node: 'id-cyd', state: 'no_response', time },
    ],
  });
  expect(members.map(({ name, state, reason }) => [name, state, reason])).toEqual([
    ['cyd', 'silent', 'no_response'],
    ['dan', 'waiting', 'never_answered'],
    ['ben', 'declined', 'access_denied'],
    ['ann', 'reporting', null],
  ]);
  expect(members.filter(({ reason, advice }) => reason !== null && advice === null)).toEqual([]);
  expect(members.find(({ name }) => name === 'ann')?.lastAnswer).toBe(time);
  expect(coverageOf(members)).toEqual({
    members: 4,
    states: { refused: 0, silent: 1, waiting: 1, declined: 1, reporting: 1 },
    versions: [
      { version: '0.2.0', nodes: 3 },
      { version: null, nodes: 1 },
    ],
  });
});

test('members of the roster are listed with their unit, also those that are no peer', () => {
  const roster = [
    { id: 'id-ann', name: 'ann', unit: 'site-01' },
    { id: 'id-ben', name: 'ben', unit: 'site-02' },
    { id: 'id-own', name: 'analyst', unit: 'office' },
  ];
  const shown = (facts: Partial<FleetFacts>) =>
    fleet({ peers: [peer('ann')], roster, ...facts }).map(({ name, unit, state, reason, connection, version }) => [
      ...[name, unit, state, reason, connection, version],
    ]);
  expect(shown({ reports: [report('ann', '2026-11-26'), report('own', '2026-11-27')] })).toEqual([
    ['ben', 'site-02', 'waiting', 'never_reported', 'offline', null],
    ['analyst', 'office', 'reporting', null, 'connected', '0.2.0'],
    ['ann', 'site-01', 'reporting', null, 'connected', '0.2.0'],
  ]);
  // Without blind totals it is asked nothing, by itself least of all.
  expect(shown({}).map(([name]) => name)).toEqual(['ann', 'ben']);
});

test('requests to join come with a reason, problems first', () => {
  const request = (name: string, predecessor: string | null, receivedAt: string, node = `id-new-${name}`) => ({
    node,
    fingerprint: 'f',
    name,
    unit: 'site-01',
    predecessor,
    receivedAt,
    document: 'signed',
  });
  const roster = [{ id: 'id-ann', name: 'ann', unit: 'site-01' }];
  const lines = joinRequestLines(
    [
      request('dan', null, '2026-11-27T00:00:00.000Z'),
      request('cyd', null, '2026-11-26T00:00:00.000Z'),
      request('ann', 'ann', '2026-11-25T00:00:00.000Z'),
      request('ann', null, '2026-11-28T00:00:00.000Z', 'id-stranger'),
      request('ann', null, '2026-11-29T00:00:00.000Z', 'id-ann'),
      request('eve', 'nobody', '2026-11-30T00:00:00.000Z', 'id-eve'),
    ],
    roster,
  );
  expect(lines.map(({ node, reason }) => [node, reason])).toEqual([
    ['id-stranger', 'name_taken'],
    ['id-new-ann', 'replaces_member'],
    ['id-new-cyd', 'not_approved'],
    ['id-new-dan', 'not_approved'],
    ['id-ann', 'not_approved'],
    ['id-eve', 'not_approved'],
  ]);
  expect(JSON.stringify(lines)).not.toContain('signed');
});

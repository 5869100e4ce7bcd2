import { expect, test } from '@jest/globals';
import { coverageOf, type FleetFacts, fleetOf } from '../../src/domain/fleet/fleet.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const peer = (name: string, more: Partial<FleetFacts['peers'][number]> = {}): FleetFacts['peers'][number] => ({
  ...{ id: `id-${name}`, name, address: null, trust: 'peer', state: 'connected', reason: null, skewMs: 0 },
  ...{ lastSeen: '2026-11-28T11:00:00.000Z', version: '0.2.0' },
  ...more,
});
const report = (name: string, day: string | null, code: string | null = null) => ({
  ...{ node: `key-of-${name}`, account: `id-${name}`, day, code },
});
const fleet = (facts: Partial<FleetFacts>) => fleetOf({ peers: [], reports: [], answers: [], nowMs: NOW, ...facts });

test('with blind totals a member is judged by its reports, problems first', () => {
  const members = fleet({
    peers: [
      ...[peer('ann'), peer('ben'), peer('cyd'), peer('dan', { state: 'refused', reason: 'key_changed' }), peer('eve')],
      peer('fay', { state: 'offline', reason: 'no_address' }),
    ],
    reports: [
      report('ann', '2026-11-26'),
      report('ben', '2026-11-10'),
      report('cyd', '2026-11-27', 'report_invalid'),
      report('fay', null),
    ],
  });
  expect(members.map(({ name, state, reason, lastReport }) => [name, state, reason, lastReport])).toEqual([
    ['cyd', 'refused', 'report_invalid', '2026-11-27'],
    ['dan', 'refused', 'key_changed', null],
    ['ben', 'silent', null, '2026-11-10'],
    ['fay', 'silent', 'no_address', null],
    ['eve', 'waiting', null, null],
    ['ann', 'reporting', null, '2026-11-26'],
  ]);
  expect(members.find(({ name }) => name === 'dan')?.advice).toContain('compare fingerprints');
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
    ['dan', 'waiting', null],
    ['ben', 'declined', 'access_denied'],
    ['ann', 'reporting', null],
  ]);
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

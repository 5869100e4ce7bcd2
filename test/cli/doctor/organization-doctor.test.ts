import { expect, test } from '@jest/globals';
import { rosterInForce } from '../../../src/cli/doctor/organization-check.ts';
import type { OrgStatus, OrgTerms } from '../../../src/domain/organisation/membership.ts';

const NOW = new Date('2026-12-01T12:00:00.000Z');
const terms: OrgTerms = {
  org: 'example-gmbh',
  version: 4,
  hash: '',
  expires: '2027-03-01T00:00:00.000Z',
  members: 3,
  officers: [],
  threshold: 2,
  supervisors: [],
  trustees: [],
  relays: [],
  level: 2,
  floor: 5,
  windowHours: 36,
  layouts: ['day/1'],
};
const status: OrgStatus = {
  terms,
  role: 'member',
  joinedAt: '2026-12-01T00:00:00.000Z',
  membership: { name: 'ws-1', unit: 'berlin', since: '2026-12-01' },
  state: 'in force',
  waiting: null,
  list: null,
  requests: 0,
  request: null,
  refused: [],
};

test('a roster in force is no trouble', () => {
  expect(rosterInForce(status, NOW)).toEqual({ state: 'ok', text: 'version 4 of example-gmbh' });
});

test('one that grants nothing is', () => {
  expect(rosterInForce({ ...status, state: 'forked' }, NOW)).toMatchObject({
    state: 'bad',
    text: expect.stringContaining('FORKED'),
  });
});

test('refused news and a version that waits are told to the owner', () => {
  const refused = [{ from: 'ciso', code: 'roster_unsigned', at: '2026-12-01T10:00:00.000Z' }];
  const waiting = { terms: { ...terms, version: 5 }, asksFor: [] };
  const { state, text } = rosterInForce({ ...status, refused, waiting }, NOW);
  expect(state).toBe('warn');
  expect(text).toMatch(
    /^ciso sent news of the roster .* \(roster_unsigned\)\. .* Tell an officer\.\nversion 5 waits for you/,
  );
});

test.each([
  ['a version that expires within two weeks', status, '2027-02-20T00:00:00.000Z', 'ask the officers for a new one'],
  ['a node that is not a member', { ...status, membership: null }, NOW, 'an officer has to approve it'],
  ['a supervisor without the list', { ...status, role: 'supervisor' }, NOW, 'run caro org import FOLDER'],
  ['a trustee with an older list', { ...status, role: 'trustee', list: 3 }, NOW, 'run caro org import FOLDER'],
] as const)('%s is told what to do', (_what, found, now, text) => {
  expect(rosterInForce(found, new Date(now))).toMatchObject({ state: 'warn', text: expect.stringContaining(text) });
});

test('a supervisor with the list is no trouble', () => {
  expect(rosterInForce({ ...status, role: 'supervisor', list: 4 }, NOW).state).toBe('ok');
});

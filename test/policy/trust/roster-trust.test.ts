/** What a roster grants, and what it can never override. */
import { describe, expect, test } from '@jest/globals';
import type { RosterView } from '../../../src/domain/organisation/membership.ts';
import { POLICY_ACTIONS, type PolicySettings } from '../../../src/domain/policy/policy.ts';
import { decide } from '../../../src/policy/decide.ts';
import { outcomeOf } from '../../../src/policy/explanation.ts';
import { rosterRefusal, rosterSource } from '../../../src/policy/roster.ts';
import { firstHead, keyOf, memberOf, NOW_MS, nodeOf } from '../../organisation/rosters.ts';
import { settings } from '../settings.ts';

const CISO = keyOf('ciso').id;
const COUNCIL = keyOf('works-council').id;
const MEMBER = keyOf('ws-1').id;
const STRANGER = keyOf('stranger').id;
const ADDRESS = '10.0.1.5';

const viewOf = (change: Partial<RosterView> = {}): RosterView => ({
  org: 'example-gmbh',
  current: firstHead(),
  waiting: null,
  isForked: false,
  members: [memberOf('ws-1')],
  ...change,
});
const following = (
  view: RosterView = viewOf(),
  trust: Partial<PolicySettings['trust']> = {},
  now = NOW_MS,
): PolicySettings => settings({ trust: { ...trust, roster: rosterSource(view, () => now) } });
const outcomes = (given: PolicySettings, id: string): readonly string[] =>
  POLICY_ACTIONS.map((action) => outcomeOf(decide(given, { id, address: ADDRESS, action })));
const ofLevel = (level: 1 | 2): RosterView => viewOf({ current: firstHead({ level }) });

const NOTHING = ['deny', 'deny', 'deny', 'deny'];
const CONTACT = ['allow', 'deny', 'deny', 'deny'];

describe('a roster', () => {
  test('lets its supervisors ask, its trustees and members connect and nothing else, and nobody beside', () => {
    expect(outcomes(following(ofLevel(2)), CISO)).toEqual(['allow', 'deny', 'allow L2', 'allow']);
    expect(outcomes(following(ofLevel(1)), CISO)).toEqual(['allow', 'deny', 'allow L1', 'allow']);
    expect(outcomes(following(), COUNCIL)).toEqual(CONTACT);
    expect(outcomes(following(), MEMBER)).toEqual(CONTACT);
    expect(outcomes(following(), STRANGER)).toEqual(NOTHING);
    expect(decide(following(), { id: CISO, action: 'query' }).rule).toBe('roster "example-gmbh" version 1');
  });

  test.each<[string, Partial<PolicySettings['trust']>, string]>([
    ['a denied node', { deny: { nodes: [CISO], subnets: [] } }, 'trust.deny.nodes'],
    ['a denied subnet', { deny: { nodes: [], subnets: ['10.0.0.0/8'] } }, 'trust.deny.subnets "10.0.0.0/8"'],
    ['an entry of the owner', { nodes: { [CISO]: 'untrusted' } }, 'trust.nodes'],
    ['a subnet', { subnets: { '10.0.0.0/8': 'untrusted' } }, 'trust.subnets "10.0.0.0/8"'],
  ])('does not override %s', (_, trust, rule) => {
    const given = following(viewOf(), trust);
    expect(outcomes(given, CISO)).toEqual(NOTHING);
    expect(decide(given, { id: CISO, address: ADDRESS, action: 'query' }).rule).toBe(rule);
  });

  test('names its trustees, as long as it grants anything', () => {
    const trustees = (view: RosterView, now = NOW_MS): readonly string[] =>
      [CISO, COUNCIL, MEMBER, STRANGER].filter(rosterSource(view, () => now).isTrustee);
    expect(trustees(viewOf())).toEqual([COUNCIL]);
    expect(trustees(viewOf({ isForked: true }))).toEqual([]);
    expect(trustees(viewOf(), Date.parse(firstHead().expires))).toEqual([]);
    expect(trustees(viewOf({ waiting: firstHead({ trustees: [] }) }))).toEqual([]);
  });

  test('lets a supervisor advise whose key has changed', () => {
    const advise = { id: STRANGER, action: 'advise' } as const;
    expect(decide(following(), { ...advise, trustedAs: CISO }).allow).toBe(true);
    expect(decide(following(), { ...advise, trustedAs: MEMBER }).allow).toBe(false);
  });

  test('overrides the default', () => {
    expect(outcomes(following(viewOf(), { default: 'peer' }), MEMBER)).toEqual(CONTACT);
  });

  test('grants nothing from the moment it expires, nor while it is forked', () => {
    const untilMs = Date.parse(firstHead().expires);
    expect(outcomes(following(viewOf(), {}, untilMs - 1), CISO)[0]).toBe('allow');
    for (const id of [CISO, COUNCIL, MEMBER]) {
      expect(outcomes(following(viewOf(), {}, untilMs), id)).toEqual(NOTHING);
      expect(outcomes(following(viewOf({ isForked: true })), id)).toEqual(NOTHING);
    }
    expect(rosterSource(viewOf(), () => untilMs).members()).toEqual([]);
    expect(rosterSource(viewOf(), () => NOW_MS).members()).toEqual([MEMBER]);
  });

  test('takes away at once what a new version does not grant, before the settings are loaded again', () => {
    let [view, revision]: [RosterView | null, number] = [viewOf(), 1];
    const roster = rosterSource(viewOf(), () => NOW_MS, { view: () => view, revision: () => revision });
    const given = settings({ trust: { roster } });
    expect(outcomes(given, CISO)[0]).toBe('allow');
    [view, revision] = [viewOf({ current: firstHead({ version: 2, supervisors: [] }) }), 2];
    expect(outcomes(given, CISO)).toEqual(NOTHING);
    expect(decide(given, { id: COUNCIL, action: 'connect' }).rule).toBe('roster "example-gmbh" version 2');
    [view, revision] = [null, 3];
    expect(outcomes(given, COUNCIL)).toEqual(NOTHING);
  });

  test('that waits for the owner adds nobody, raises no level and takes away at once', () => {
    const other = nodeOf('new-ciso');
    const waiting = firstHead({ version: 2, supervisors: [other], level: 1, expires: '2026-12-02T00:00:00.000Z' });
    const given = following(viewOf({ waiting }));
    expect(outcomes(given, other.id)).toEqual(NOTHING);
    expect(outcomes(given, CISO)).toEqual(NOTHING);
    // Two of three supervisors are in both.
    const [second, third] = [nodeOf('second'), nodeOf('third')];
    const three = viewOf({
      current: firstHead({ supervisors: [nodeOf('ciso'), second, third] }),
      waiting: firstHead({ version: 2, supervisors: [nodeOf('ciso'), second] }),
    });
    for (const id of [CISO, second.id]) expect(outcomes(following(three), id)[2]).toBe('allow L2');
    expect(outcomes(following(three), third.id)).toEqual(NOTHING);
    const detailed = firstHead({ version: 2, level: 1 });
    expect(outcomes(following(viewOf({ waiting: detailed })), CISO)[2]).toBe('allow L2');
    expect(outcomes(following(viewOf({ waiting }), {}, Date.parse(waiting.expires)), COUNCIL)).toEqual(NOTHING);
  });

  test('hands the list of members to its supervisors and trustees only', () => {
    const refusal = (given: PolicySettings, type: string, delta: unknown, recipient: string) =>
      rosterRefusal(given, { type, body: { delta } }, recipient);
    for (const id of [CISO, COUNCIL]) expect(refusal(following(), 'org-news', {}, id)).toBeNull();
    for (const id of [MEMBER, STRANGER]) expect(refusal(following(), 'org-news', {}, id)).toBe('org.list');
    expect(refusal(following(), 'org-news', null, STRANGER)).toBeNull();
    expect(refusal(following(viewOf({ isForked: true })), 'org-news', {}, CISO)).toBe('org.list');
    for (const type of ['org-ask', 'org-news']) expect(refusal(settings({}), type, null, CISO)).toBe('org.follow');
    expect(refusal(settings({}), 'hello', {}, CISO)).toBeNull();
  });

  test('gives a key nothing for the keys before it until its rotation is accepted', () => {
    const question = { id: STRANGER, action: 'query', formerIds: [CISO] } as const;
    expect(decide(following(), question).allow).toBe(false);
    expect(decide(following(), { ...question, trustedAs: CISO })).toMatchObject({ allow: true, level: 2 });
  });
});

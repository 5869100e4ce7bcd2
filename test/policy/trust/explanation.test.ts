/** What `caro trust explain` prints, in full: which rules were looked at, and what they say. */
import { describe, expect, test } from '@jest/globals';
import type { RosterSource } from '../../../src/domain/organisation/roster-source.ts';
import type { PolicyQuestion, PolicySettings } from '../../../src/domain/policy/policy.ts';
import { explain, outcomeOf } from '../../../src/policy/explanation.ts';
import { ANA, BEN, nodeId, settings } from '../settings.ts';

const stepsOf = (given: PolicySettings, question: Partial<PolicyQuestion> = {}): readonly string[] =>
  explain(given, { id: ANA, action: 'connect', ...question }).steps;

const trusted = settings({
  trust: { default: 'untrusted', nodes: { [BEN]: 'peer' }, subnets: { '10.0.0.0/8': 'peer' } },
});

describe('the steps of a decision', () => {
  test('end with the rule that decided, and name how many others were looked at', () => {
    expect(stepsOf(trusted)).toEqual([
      'trust.deny.nodes: 0 denied nodes: no match',
      'trust.deny.subnets: 0 denied subnets (no address given): no match',
      'trust.nodes: 1 nodes with a level of their own: no match',
      'trust.subnets: 1 subnets with a level (no address given): no match',
      'trust.default: the default, untrusted: matches: trust.default',
      'sharing.level: 1',
    ]);
    expect(stepsOf(trusted, { address: '10.1.2.3' }).slice(3)).toEqual([
      'trust.subnets: 1 subnets with a level (10.1.2.3): matches: trust.subnets "10.0.0.0/8"',
      'sharing.level: 1',
    ]);
    expect(stepsOf(trusted, { id: BEN }).slice(2)).toEqual([
      'trust.nodes: 1 nodes with a level of their own: matches: trust.nodes',
      'sharing.level: 1',
    ]);
  });

  test('say that an address lost its subnet', () => {
    expect(stepsOf(trusted, { address: '10.1.2.3', hasLostSubnet: true })[3]).toBe(
      'trust.subnets: 1 subnets with a level (10.1.2.3) (not for this address: a revoked or denied key' +
        ' connected from it): no match',
    );
  });

  test.each([
    ['pending', 'key.pending: endorsed by a key before it, trust has not moved yet: no match'],
    ['retired', 'key.retired: replaced by another key: matches: key.retired'],
    ['suspended', 'key.suspended: one key has two successors: matches: key.suspended'],
    ['revoked', 'key.revoked: revoked by its own owner: matches: key.revoked'],
  ] as const)('begin with the state of a key: %s', (keyState, first) => {
    expect(stepsOf(trusted, { keyState })[0]).toBe(first);
  });

  test('count former keys, and say whether their trust counts', () => {
    const formerIds = [nodeId(7), nodeId(8)];
    expect(stepsOf(trusted, { formerIds }).slice(0, 4)).toEqual([
      'key.current: trust in a key before it has moved to it: no match',
      'trust.deny.nodes: 0 denied nodes (former keys: 2; a denied one covers its successors): no match',
      'trust.deny.subnets: 0 denied subnets (no address given): no match',
      'trust.nodes: 1 nodes with a level of their own (former keys: 2; their trust does not count for this' +
        ' one): no match',
    ]);
    expect(stepsOf(trusted, { formerIds, trustedAs: BEN })[3]).toContain(
      '(former keys: 2; their trust counts for this one): matches',
    );
  });

  test.each([
    ['in force', false, false, 'version 3'],
    ['expired', false, true, 'version 3, expired: it grants nothing'],
    ['forked', true, false, 'version 3, forked: it grants nothing'],
    ['forked and expired', true, true, 'version 3, forked: it grants nothing'],
  ])('name the roster and its state: %s', (_state, isForked, expired, state) => {
    const roster: RosterSource = {
      org: 'example',
      version: 3,
      isForked,
      hasExpired: () => expired,
      levelOf: () => undefined,
      isSupervisor: () => false,
      isTrustee: () => false,
      mayKeepList: () => false,
      members: () => [],
    };
    expect(stepsOf(settings({ trust: { roster } }))[4]).toBe(`roster "example": ${state}: no match`);
  });

  test('name blind totals only where this node takes part', () => {
    expect(stepsOf(settings({ sharing: { live: true } }))).not.toContainEqual(expect.stringContaining('live'));
  });
});

describe('beside the decision', () => {
  test('the other actions are decided too, and no action twice', () => {
    const { others, trust, toolsKeptBack } = explain(settings({ sharing: { deny_tools: ['vault'] } }), {
      id: ANA,
      action: 'query',
    });
    expect(Object.keys(others)).toEqual(['connect', 'receive-summary', 'advise']);
    expect([trust, toolsKeptBack]).toEqual(['untrusted', ['vault']]);
  });

  test('a denied node is called denied', () => {
    const given = settings({ trust: { default: 'peer', deny: { nodes: [ANA], subnets: [] } } });
    expect(explain(given, { id: ANA, action: 'connect' }).trust).toBe('denied');
    expect(explain(given, { id: BEN, action: 'connect' }).trust).toBe('peer');
  });

  test.each([
    [false, 1, 'deny'],
    [false, null, 'deny'],
    [true, null, 'allow'],
    [true, 1, 'allow L1'],
    [true, 2, 'allow L2'],
  ] as const)('allow %s at level %s is the word %s', (allow, level, word) => {
    expect(outcomeOf({ allow, level, rule: 'x', reason: 'x' })).toBe(word);
  });
});

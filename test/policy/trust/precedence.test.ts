import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Decision, PolicySettings } from '../../../src/domain/policy/policy.ts';
import { decideConnection } from '../../../src/policy/connection.ts';
import { decide } from '../../../src/policy/decide.ts';
import { explain } from '../../../src/policy/explanation.ts';
import { ANA, addresses, anyQuestion, anySettings, BEN, settings } from '../settings.ts';

const query = { id: ANA, address: '10.0.1.7', action: 'query' } as const;

/** How much a decision grants: more is a larger number. */
const width = ({ allow, level }: Decision): number => (!allow ? 0 : level === 2 ? 1 : 2);

describe('the reason of a refusal', () => {
  test.each([
    ['connect', 'connect'],
    ['receive-summary', 'be sent summaries'],
    ['query', 'query this node'],
    ['advise', 'send advisories'],
  ] as const)('names what a node may not do: %s', (action, words) => {
    expect(decide(settings({}), { id: ANA, action }).reason).toBe(
      `trust.default says untrusted, which may not ${words}`,
    );
  });
  test.each([
    ['retired', 'another key has replaced this one'],
    ['suspended', 'one key has two successors; none of the three is trusted until you confirm one'],
    ['revoked', 'the owner of that node has revoked this key, or the one that endorsed it'],
  ] as const)('tells what became of a key: %s', (keyState, reason) => {
    expect(decide(settings({}), { ...query, keyState })).toMatchObject({ rule: `key.${keyState}`, reason });
  });
});

describe('which rule decides', () => {
  test('a denied node is refused although it is a peer by name and by subnet', () => {
    const trust = {
      nodes: { [ANA]: 'peer' as const },
      subnets: { '10.0.1.0/24': 'peer' as const },
      deny: { nodes: [ANA], subnets: [] },
    };
    expect(decide(settings({ trust }), query)).toMatchObject({
      allow: false,
      rule: 'trust.deny.nodes',
      reason: 'trust.deny.nodes denies this node',
    });
  });

  test('a denied subnet refuses a node that is trusted by name, and the reason names the subnet', () => {
    const trust = { nodes: { [ANA]: 'peer' as const }, deny: { nodes: [], subnets: ['10.0.0.0/8'] } };
    expect(decide(settings({ trust }), query)).toMatchObject({ allow: false, rule: 'trust.deny.subnets "10.0.0.0/8"' });
    expect(decide(settings({ trust }), { ...query, address: '192.168.0.1' })).toMatchObject({ allow: true });
  });

  test('the level of a node overrides its subnet, even if the subnet grants more (FR-702)', () => {
    const trust = { nodes: { [ANA]: 'untrusted' as const }, subnets: { '10.0.1.0/24': 'peer' as const } };
    expect(decide(settings({ trust }), query)).toMatchObject({ allow: false, rule: 'trust.nodes' });
    expect(decide(settings({ trust }), { ...query, id: BEN })).toMatchObject({ allow: true, level: 1 });
  });

  test('the most specific subnet decides, in whatever order they are written (FR-703)', () => {
    const narrow = { '10.0.1.0/24': 'supervisor' } as const;
    const wide = { '10.0.0.0/8': 'peer' } as const;
    for (const subnets of [
      { ...narrow, ...wide },
      { ...wide, ...narrow },
    ]) {
      expect(decide(settings({ trust: { subnets } }), query)).toMatchObject({
        level: 2,
        rule: 'trust.subnets "10.0.1.0/24"',
      });
      expect(decide(settings({ trust: { subnets } }), { ...query, address: '10.9.9.9' })).toMatchObject({ level: 1 });
    }
  });

  test('without an address no subnet matches, and the default decides', () => {
    const given = settings({ trust: { subnets: { '0.0.0.0/0': 'peer' } } });
    expect(decide(given, { id: ANA, action: 'query' })).toMatchObject({ allow: false, rule: 'trust.default' });
  });

  test.each([
    ['10.0.1.7', '10.0.1.0/24'],
    ['::ffff:10.0.1.7', '10.0.1.0/24'],
    ['::ffff:a00:107', '10.0.1.0/24'],
    ['0:0:0:0:0:FFFF:0a00:0107', '10.0.1.0/24'],
    ['10.0.1.7', '::ffff:10.0.1.0/120'],
    ['10.0.1.7', '::ffff:0:0/96'],
    ['::ffff:10.0.1.7', '::ffff:0:0/96'],
    ['fd00:0:0::7', 'fd00::/8'],
    ['fe80::1%eth0', 'fe80::/10'],
    ['10.0.1.7', '10.0.1.7/32'],
    ['10.0.1.7', '0.0.0.0/0'],
  ])('%s lies in %s', (address, subnet) => {
    const given = settings({ trust: { subnets: { [subnet]: 'peer' } } });
    expect(decide(given, { ...query, address }).rule).toBe(`trust.subnets "${subnet}"`);
    const denied = settings({ trust: { default: 'peer', deny: { nodes: [], subnets: [subnet] } } });
    expect(decide(denied, { ...query, address })).toMatchObject({ allow: false });
  });

  test.each([
    ['10.0.2.7', '10.0.1.0/24'],
    ['fd00::7', '0.0.0.0/0'],
    ['10.0.1.7', 'fd00::/8'],
    ['not an address', '0.0.0.0/0'],
    ['', '::/0'],
  ])('%s does not lie in %s', (address, subnet) => {
    const given = settings({ trust: { subnets: { [subnet]: 'peer' } } });
    expect(decide(given, { ...query, address }).rule).toBe('trust.default');
  });

  test('the same network listed twice grants the lower of the two levels', () => {
    const subnets = { '10.0.1.0/24': 'peer', '::ffff:10.0.1.0/120': 'untrusted' } as const;
    expect(decide(settings({ trust: { subnets } }), query)).toMatchObject({ allow: false });
  });

  test('an inherited object property is not a node entry', () => {
    expect(decide(settings({}), { id: 'constructor', action: 'connect' })).toMatchObject({
      allow: false,
      rule: 'trust.default',
    });
  });
});

describe('keys that changed', () => {
  test('a denial of the old key covers its successor at once, and one of the new key stands by itself', () => {
    const trust = { nodes: { [BEN]: 'peer' as const }, deny: { nodes: [ANA], subnets: [] } };
    expect(decide(settings({ trust }), { id: BEN, action: 'connect', formerIds: [ANA] })).toMatchObject({
      allow: false,
      rule: 'trust.deny.nodes',
    });
  });

  test('trust moves to the new key only when the rotation is accepted', () => {
    const given = settings({ trust: { nodes: { [ANA]: 'peer' } } });
    expect(decide(given, { id: BEN, action: 'query', formerIds: [ANA] })).toMatchObject({ allow: false });
    expect(decide(given, { id: BEN, action: 'query', formerIds: [ANA], trustedAs: ANA })).toMatchObject({
      allow: true,
      level: 1,
    });
  });

  test('a denial of the key whose trust the new one has denies the new one', () => {
    const trust = { nodes: { [ANA]: 'peer' as const }, deny: { nodes: [ANA], subnets: [] } };
    expect(decide(settings({ trust }), { id: BEN, action: 'connect', trustedAs: ANA })).toMatchObject({
      allow: false,
      rule: 'trust.deny.nodes',
    });
  });

  test('an address that a revoked key has used gives no trust of its subnet, and stays denied by it', () => {
    const lost = { ...query, hasLostSubnet: true };
    const subnets = { '10.0.1.0/24': 'peer' as const };
    expect(decide(settings({ trust: { subnets } }), lost)).toMatchObject({ allow: false, rule: 'trust.default' });
    expect(decide(settings({ trust: { nodes: { [ANA]: 'peer' } } }), lost)).toMatchObject({ allow: true });
    const denied = { default: 'peer' as const, deny: { nodes: [], subnets: ['10.0.1.0/24'] } };
    expect(decide(settings({ trust: denied }), lost)).toMatchObject({ allow: false });
  });

  test.each(['retired', 'suspended', 'revoked'] as const)('a %s key may not even connect', (keyState) => {
    const given = settings({ trust: { nodes: { [ANA]: 'peer' } } });
    expect(decide(given, { id: ANA, action: 'connect', keyState })).toMatchObject({
      allow: false,
      rule: `key.${keyState}`,
    });
  });

  test('a key in its grace has no trust but what the owner gives it by name', () => {
    const given = (nodes: PolicySettings['trust']['nodes']) => settings({ trust: { nodes } });
    const question = { id: BEN, action: 'connect', formerIds: [ANA], keyState: 'pending' } as const;
    expect(decide(given({ [ANA]: 'peer' }), question)).toMatchObject({ allow: false, rule: 'trust.default' });
    expect(decide(given({ [BEN]: 'peer' }), question)).toMatchObject({ allow: true, rule: 'trust.nodes' });
  });
});

describe('at the door', () => {
  test('an unknown node may pair but not connect; a denied one may do neither', () => {
    expect(decideConnection(settings({}), { id: ANA, address: '10.0.1.7' })).toMatchObject({
      allow: false,
      mayPair: true,
    });
    for (const deny of [
      { nodes: [ANA], subnets: [] },
      { nodes: [], subnets: ['10.0.1.0/24'] },
    ]) {
      const given = settings({ trust: { default: 'peer', deny } });
      expect(decideConnection(given, { id: ANA, address: '10.0.1.7' })).toMatchObject({ allow: false, mayPair: false });
    }
  });

  test('a node that shares nothing still accepts connections', () => {
    const given = settings({ trust: { nodes: { [ANA]: 'supervisor' } }, sharing: { level: 0 } });
    expect(decideConnection(given, { id: ANA, address: '10.0.1.7' })).toMatchObject({ allow: true, level: null });
  });
});

describe('for any settings and any question', () => {
  test('deny always wins (FR-704)', () => {
    fc.assert(
      fc.property(anySettings, anyQuestion, addresses, (given, question, address) => {
        const denyNode = withDeny(given, { nodes: [question.id] });
        const denySubnet = withDeny(given, {
          subnets: [address.includes('::ffff:') || !address.includes(':') ? '0.0.0.0/0' : '::/0'],
        });
        expect(decide(denyNode, question).allow).toBe(false);
        expect(decide(denySubnet, { ...question, address }).allow).toBe(false);
      }),
    );
  });

  test('adding a denial never grants more', () => {
    fc.assert(
      fc.property(anySettings, anyQuestion, anySettings, (given, question, { trust }) => {
        expect(width(decide(withDeny(given, trust.deny), question))).toBeLessThanOrEqual(
          width(decide(given, question)),
        );
      }),
    );
  });

  test('lowering the sharing level never grants more: 1 to 2, or anything to 0', () => {
    fc.assert(
      fc.property(anySettings, anyQuestion, ({ trust, sharing }, question) => {
        const [none, summaries, aggregates] = ([0, 1, 2] as const).map((level) =>
          width(decide({ trust, sharing: { ...sharing, level } }, question)),
        );
        expect(none).toBeLessThanOrEqual(aggregates ?? 0);
        expect(aggregates).toBeLessThanOrEqual(summaries ?? 0);
      }),
    );
  });

  test('explain shows the decision that decide makes, and ends its steps at the rule that decided', () => {
    fc.assert(
      fc.property(anySettings, anyQuestion, (given, question) => {
        const { decision, steps, others } = explain(given, question);
        expect(decision).toEqual(decide(given, question));
        for (const [action, other] of Object.entries(others))
          expect(other).toEqual(decide(given, { ...question, action: action as 'connect' }));
        expect(steps.join('\n')).toContain(decision.rule);
      }),
    );
  });

  test('a level is granted only with figures, and never more than sharing allows', () => {
    fc.assert(
      fc.property(anySettings, anyQuestion, (given, question) => {
        const { allow, level } = decide(given, question);
        if (question.action === 'connect' || question.action === 'advise' || !allow) expect(level).toBeNull();
        else expect(level).toBeGreaterThanOrEqual(Math.max(1, given.sharing.level));
        if (allow && level !== null && question.level !== undefined)
          expect(question.level).toBeGreaterThanOrEqual(level);
      }),
    );
  });
});

function withDeny(given: PolicySettings, deny: Partial<PolicySettings['trust']['deny']>): PolicySettings {
  const { nodes, subnets } = given.trust.deny;
  return {
    ...given,
    trust: {
      ...given.trust,
      deny: { nodes: [...nodes, ...(deny.nodes ?? [])], subnets: [...subnets, ...(deny.subnets ?? [])] },
    },
  };
}

import { describe, expect, test } from '@jest/globals';
import type { PolicyAction } from '../../src/domain/policy/policy.ts';
import { type SharingLevel, TRUST_LEVELS, type TrustLevel } from '../../src/domain/policy/trust.ts';
import { decide } from '../../src/policy/decide.ts';
import { outcomeOf } from '../../src/policy/explanation.ts';
import { ANA, settings } from './settings.ts';

/**
 * Every level × action × sharing level, written out (docs/design.md §5). Columns: sharing 0, 1, 2.
 */
const TABLE: readonly (readonly [TrustLevel, PolicyAction, string, string, string])[] = [
  ['untrusted', 'connect', 'deny', 'deny', 'deny'],
  ['untrusted', 'receive-summary', 'deny', 'deny', 'deny'],
  ['untrusted', 'query', 'deny', 'deny', 'deny'],
  ['share_to', 'connect', 'allow', 'allow', 'allow'],
  ['share_to', 'receive-summary', 'deny', 'allow L1', 'deny'],
  ['share_to', 'query', 'deny', 'deny', 'deny'],
  ['query_from', 'connect', 'allow', 'allow', 'allow'],
  ['query_from', 'receive-summary', 'deny', 'deny', 'deny'],
  ['query_from', 'query', 'deny', 'allow L1', 'allow L2'],
  ['peer', 'connect', 'allow', 'allow', 'allow'],
  ['peer', 'receive-summary', 'deny', 'allow L1', 'deny'],
  ['peer', 'query', 'deny', 'allow L1', 'allow L2'],
  ['supervisor', 'connect', 'allow', 'allow', 'allow'],
  ['supervisor', 'receive-summary', 'deny', 'deny', 'deny'],
  ['supervisor', 'query', 'deny', 'allow L2', 'allow L2'],
];
const ROWS = TABLE.flatMap(([trust, action, ...outcomes]) =>
  outcomes.map((outcome, sharing) => ({ trust, action, sharing: sharing as SharingLevel, outcome })),
);

describe('the table of trust (FR-301, FR-701)', () => {
  test.each(ROWS)('$trust, $action, sharing level $sharing: $outcome', ({ trust, action, sharing, outcome }) => {
    const decision = decide(settings({ trust: { nodes: { [ANA]: trust } }, sharing: { level: sharing } }), {
      id: ANA,
      action,
    });
    expect(outcomeOf(decision)).toBe(outcome);
    expect(decision.allow || decision.level === null).toBe(true);
  });

  test.each(ROWS)('the same for a subnet and for the default ($trust, $action, sharing level $sharing)', (row) => {
    const sharing = { level: row.sharing };
    const question = { id: ANA, address: '10.0.1.7', action: row.action };
    const bySubnet = decide(settings({ trust: { subnets: { '10.0.1.0/24': row.trust } }, sharing }), question);
    expect(outcomeOf(bySubnet)).toBe(row.outcome);
    expect(outcomeOf(decide(settings({ trust: { default: row.trust }, sharing }), question))).toBe(row.outcome);
  });

  test.each(TRUST_LEVELS)('only a supervisor that is named may send advisories: %s', (level) => {
    const question = { id: ANA, address: '10.0.1.7', action: 'advise' as const };
    const named = decide(settings({ trust: { nodes: { [ANA]: level } } }), question);
    expect(outcomeOf(named)).toBe(level === 'supervisor' ? 'allow' : 'deny');
    // A key costs nothing, so a subnet or a default is no grant to a person.
    expect(decide(settings({ trust: { subnets: { '10.0.1.0/24': level } } }), question).allow).toBe(false);
    expect(decide(settings({ trust: { default: level } }), question).allow).toBe(false);
  });

  test('a supervisor never gets level 1, whatever is about to leave', () => {
    const trust = { nodes: { [ANA]: 'supervisor' as const } };
    const question = { id: ANA, action: 'query' as const };
    expect(decide(settings({ trust }), { ...question, level: 1 })).toMatchObject({ allow: false, rule: 'trust.nodes' });
    expect(decide(settings({ trust }), { ...question, level: 2 })).toMatchObject({ allow: true, level: 2 });
  });

  test('the reason names the sharing level only where it restricts the grant', () => {
    const because = (trust: TrustLevel, level: SharingLevel, wanted?: 1 | 2) =>
      decide(settings({ trust: { nodes: { [ANA]: trust } }, sharing: { level } }), {
        id: ANA,
        action: 'query' as const,
        ...(wanted === undefined ? {} : { level: wanted }),
      });
    expect(because('peer', 2)).toMatchObject({ level: 2, rule: 'trust.nodes' });
    expect(because('peer', 2).reason).toBe('trust.nodes says peer, cut down to aggregates by sharing.level');
    expect(because('peer', 1).reason).toBe('trust.nodes says peer');
    expect(because('supervisor', 2).reason).toBe('trust.nodes says supervisor');
    // A supervisor gets aggregates by the rule of trust, and not because of the sharing level.
    expect(because('supervisor', 2, 1)).toMatchObject({ allow: false, rule: 'trust.nodes' });
    expect(because('peer', 2, 1)).toMatchObject({ allow: false, rule: 'sharing.level' });
  });

  test('where aggregates only may leave, a level-1 answer is stopped by the sharing level', () => {
    const given = settings({ trust: { nodes: { [ANA]: 'peer' } }, sharing: { level: 2 } });
    expect(decide(given, { id: ANA, action: 'query', level: 1 })).toMatchObject({
      allow: false,
      rule: 'sharing.level',
    });
  });
});

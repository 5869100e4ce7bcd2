/** A node that takes part in blind totals tells supervisors nothing by itself. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decide } from '../../src/policy/decide.ts';
import { explain } from '../../src/policy/explanation.ts';
import { runTrustTests, verifyTrustTests } from '../../src/policy/trust-test.ts';
import { ANA, anyQuestion, anySettings, settings } from './settings.ts';

const task = `${'A'.repeat(43)}=`;
const query = { id: ANA, address: '10.0.1.7', action: 'query' } as const;
const supervised = { nodes: { [ANA]: 'supervisor' as const } };

describe('a node in a task', () => {
  test('refuses supervisors, with a reason of its own', () => {
    const given = settings({ trust: supervised, blind: { task } });
    expect(decide(given, query)).toMatchObject({ allow: false, level: null, rule: 'sharing.live' });
    expect(explain(given, query).steps).toContain('sharing.live: false, this node takes part in blind totals');
    expect(decide(given, { ...query, action: 'connect' })).toMatchObject({ allow: true });
  });

  test('answers them if its owner says so, as does a node without a task', () => {
    const live = settings({ trust: supervised, sharing: { live: true }, blind: { task } });
    expect(decide(live, query)).toMatchObject({ allow: true, level: 2 });
    expect(decide(settings({ trust: supervised, blind: {} }), query)).toMatchObject({ allow: true, level: 2 });
    expect(decide(settings({ trust: supervised }), query)).toMatchObject({ allow: true, level: 2 });
  });

  test('still answers a peer, which its owner trusts with more', () => {
    const given = settings({ trust: { nodes: { [ANA]: 'peer' } }, blind: { task } });
    expect(decide(given, query)).toMatchObject({ allow: true, level: 1 });
  });

  test('gets no new answer by joining, whatever its settings', () => {
    fc.assert(
      fc.property(anySettings, anyQuestion, (given, question) => {
        const { blind, ...alone } = given;
        const inTask = decide({ ...alone, blind: { ...blind, task } }, question);
        if (inTask.allow) expect(decide(alone, question)).toEqual(inTask);
      }),
    );
  });

  test('keeps its trust tests, which check the trust rules as if sharing were on', () => {
    const trust = { ...supervised, tests: [{ who: ANA, query: 'safety-posture' as const, expect: 'allow L2' }] };
    const given = settings({ trust, blind: { task } });
    expect(() => verifyTrustTests(given)).not.toThrow();
    expect(runTrustTests(given)[0]).toMatchObject({ ok: true, outcome: 'allow L2', now: 'deny' });
  });
});

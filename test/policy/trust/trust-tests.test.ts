import { describe, expect, test } from '@jest/globals';
import type { TrustTest } from '../../../src/domain/configuration.ts';
import { CaroError } from '../../../src/domain/errors.ts';
import type { SharingLevel } from '../../../src/domain/policy/trust.ts';
import {
  overruledTests,
  runTrustTests,
  verifyBeforeWriting,
  verifyTrustTests,
} from '../../../src/policy/trust-test.ts';
import { ANA, BEN, settings } from '../settings.ts';

const given = (tests: readonly TrustTest[], level: SharingLevel = 1) =>
  settings({
    trust: { nodes: { [ANA]: 'supervisor' }, subnets: { '10.0.1.0/24': 'peer' }, tests },
    sharing: { level },
  });
const ask = (who: string, expected: string, from?: string): TrustTest => ({
  who,
  query: 'safety-posture',
  expect: expected,
  ...(from === undefined ? {} : { from }),
});

describe('tests of trust in the configuration', () => {
  test('a test that expects an answer for a denied node fails unless that node was revoked', () => {
    const deny = { nodes: [ANA], subnets: [] };
    const overruled = (revoked?: readonly string[]) =>
      overruledTests(
        settings({ trust: { deny, tests: [ask(ANA, 'allow L2')], ...(revoked === undefined ? {} : { revoked }) } }),
      ).length;
    expect([overruled(), overruled([BEN]), overruled([ANA])]).toEqual([0, 0, 1]);
  });

  test('passing trust tests accept the configuration', () => {
    const tests = [
      ask(ANA, 'allow L2', '10.0.1.7'),
      ask(BEN, 'allow L1', '10.0.1.7'),
      ask(BEN, 'deny', '10.0.2.7'),
      ask(BEN, 'deny'),
    ];
    expect(() => verifyTrustTests(given(tests))).not.toThrow();
    expect(runTrustTests(given(tests)).map(({ ok }) => ok)).toEqual([true, true, true, true]);
  });

  test('failing trust tests refuse it, and each is named with its result and rule', () => {
    const tests = [ask(ANA, 'allow L1'), ask(BEN, 'deny', '10.0.2.7'), ask(BEN, 'deny', '10.0.1.7')];
    const refusal = (): unknown => {
      try {
        verifyTrustTests(given(tests));
        return undefined;
      } catch (error) {
        return error;
      }
    };
    expect(refusal()).toBeInstanceOf(CaroError);
    expect(refusal()).toMatchObject({ code: 'config_invalid' });
    expect((refusal() as CaroError).message.split('\n')).toEqual([
      `trust.tests[0]: expected "allow L1" for safety-posture asked by ${ANA}, got "allow L2" by trust.nodes; change the rule or the test`,
      `trust.tests[2]: expected "deny" for safety-posture asked by ${BEN} from 10.0.1.7, got "allow L1" by trust.subnets "10.0.1.0/24"; change the rule or the test`,
    ]);
  });

  test('they judge the rules of trust: turning sharing off is never refused for them, and what happens now is told beside', () => {
    const tests = [ask(ANA, 'allow L2'), ask(BEN, 'allow L1', '10.0.1.7')];
    expect(() => verifyTrustTests(given(tests, 0))).not.toThrow();
    expect(runTrustTests(given(tests, 0)).map(({ outcome, now }) => [outcome, now])).toEqual([
      ['allow L2', 'deny'],
      ['allow L1', 'deny'],
    ]);
    expect(runTrustTests(given(tests, 2)).map(({ now }) => now)).toEqual(['allow L2', 'allow L2']);
  });

  describe('that expect answers for a revoked node', () => {
    const revoked = (tests: readonly TrustTest[]) =>
      settings({
        trust: { nodes: { [ANA]: 'peer' }, deny: { nodes: [ANA, BEN], subnets: [] }, revoked: [ANA], tests },
      });

    test('never keep a revocation from taking effect, and are named', () => {
      const tests = [ask(ANA, 'allow L1'), ask(ANA, 'deny')];
      expect(() => verifyTrustTests(revoked(tests))).not.toThrow();
      expect(overruledTests(revoked(tests)).map(({ index }) => index)).toEqual([0]);
    });

    test('are not excused for a node that is only denied', () => {
      expect(overruledTests(revoked([ask(BEN, 'allow L1')]))).toEqual([]);
      expect(() => verifyTrustTests(revoked([ask(BEN, 'allow L1')]))).toThrow(CaroError);
    });

    test('are not excused where another rule refuses', () => {
      const other = settings({ trust: { revoked: [ANA], tests: [ask(ANA, 'allow L1')] } });
      expect(overruledTests(other)).toEqual([]);
    });
  });

  test('a change that one of them refuses says that nothing has changed', () => {
    expect(() => verifyBeforeWriting(given([ask(ANA, 'allow L2')]))).not.toThrow();
    expect(() => verifyBeforeWriting(given([ask(ANA, 'deny')]))).toThrow(
      /^nothing has changed, .*\ntrust\.tests\[0\]/s,
    );
    const broken = { ...given([]), trust: null } as unknown as Parameters<typeof verifyBeforeWriting>[0];
    expect(() => verifyBeforeWriting(broken)).toThrow(TypeError);
  });
});

import { describe, expect, test } from '@jest/globals';
import type { TrustTest } from '../../src/domain/configuration.ts';
import { CaroError } from '../../src/domain/errors.ts';
import type { SharingLevel } from '../../src/domain/policy/trust.ts';
import { runTrustTests, verifyTrustTests } from '../../src/policy/trust-test.ts';
import { ANA, BEN, settings } from './settings.ts';

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
});

import { CaroError } from '../domain/errors.ts';
import type { PolicySettings, TrustTestResult } from '../domain/policy/policy.ts';
import { decide } from './decide.ts';
import { outcomeOf } from './explanation.ts';

/**
 * Runs `[[trust.tests]]` (docs/design.md §5). They check the trust rules as if sharing were on
 * (level 1): turning sharing off must never be refused because a test expects an answer.
 */
export function runTrustTests(settings: PolicySettings): readonly TrustTestResult[] {
  const sharingOn: PolicySettings = { trust: settings.trust, sharing: { ...settings.sharing, level: 1 } };
  return settings.trust.tests.map((test, index) => {
    const question = {
      id: test.who,
      ...(test.from === undefined ? {} : { address: test.from }),
      action: 'query',
      queryType: test.query,
    } as const;
    const decision = decide(sharingOn, question);
    const outcome = outcomeOf(decision);
    const ok = outcome === test.expect;
    return {
      index,
      test,
      ok,
      overruled: !ok && decision.rule === 'trust.deny.nodes' && settings.trust.revoked?.includes(test.who) === true,
      outcome,
      rule: decision.rule,
      now: outcomeOf(decide(settings, question)),
    };
  });
}

/** Tests that expect answers for a revoked node. */
export const overruledTests = (settings: PolicySettings): readonly TrustTestResult[] =>
  runTrustTests(settings).filter(({ overruled }) => overruled);

/**
 * Refuses a configuration whose own tests fail. Tests that expect answers for a revoked node are
 * ignored: a revocation MUST always take effect.
 * @throws CaroError `config_invalid` that names every failing test, what it expects, the outcome
 *   and the rule that decided
 */
export function verifyTrustTests(settings: PolicySettings): void {
  const failed = runTrustTests(settings).filter(({ ok, overruled }) => !ok && !overruled);
  if (failed.length === 0) return;
  const lines = failed.map(({ index, test, outcome, rule }) => {
    const from = test.from === undefined ? '' : ` from ${test.from}`;
    return `trust.tests[${index}]: expected "${test.expect}" for ${test.query} asked by ${test.who}${from}, got "${outcome}" by ${rule}; change the rule or the test`;
  });
  throw new CaroError('config_invalid', lines.join('\n'));
}

/** As `verifyTrustTests`, for a change that is not written if it fails. */
export function verifyBeforeWriting(settings: PolicySettings): void {
  try {
    verifyTrustTests(settings);
  } catch (error) {
    if (!(error instanceof CaroError)) throw error;
    throw new CaroError(
      error.code,
      `nothing has changed, because one of your trust tests would fail:\n${error.message}`,
    );
  }
}

import { readFileSync } from 'node:fs';
import { KeyLines } from '../../config/key-lines.ts';
import { checkConfiguration, loadConfiguration } from '../../config/loader.ts';
import { located, type Problem } from '../../config/problem.ts';
import { runTrustTests } from '../../policy/trust-test.ts';
import type { Context } from '../context.ts';

/**
 * Everything for which the service would reject the configuration: the problems of the files or, if
 * there are none, the failing trust tests.
 * @throws CaroError as `checkConfiguration`
 */
export function configurationProblems(context: Context): readonly Problem[] {
  const places = context.places();
  const problems = checkConfiguration(places);
  return problems.length > 0 ? problems : failedTests(context);
}

function failedTests(context: Context): readonly Problem[] {
  const places = context.places();
  const failed = runTrustTests(loadConfiguration(places, context.hostname).configuration).filter(
    ({ ok, overruled }) => !ok && !overruled,
  );
  if (failed.length === 0) return [];
  // Only the owner's file contains tests.
  const lines = new KeyLines(readFileSync(places.config, 'utf8'));
  return failed.map(({ index, test, outcome, rule }) =>
    located(places.config, lines, {
      path: ['trust', 'tests', index, 'expect'],
      text: `expected "${test.expect}" for ${test.query}, got "${outcome}" by ${rule}; change the rule or the test`,
    }),
  );
}

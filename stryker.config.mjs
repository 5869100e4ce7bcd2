/**
 * Mutation testing: `CARO_MUTATE=policy|answers|risk npm run test:mutation`. Stryker changes one
 * expression at a time and runs the tests that reach it; a change that no test notices survives.
 * A later run of the same slice tries again only what has changed.
 *
 * `-- --mutate FILE` limits a run to a file, and `FILE:FROM-TO` to a few lines. `CARO_MUTATE_TESTS`
 * names the tests instead of the slice: `policy/decision-table,policy/precedence`.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { slice } from './scripts/mutation/slices.mjs';

export default {
  plugins: ['./scripts/mutation/test-runner.mjs'],
  testRunner: 'bundled',
  coverageAnalysis: 'perTest',
  mutate: slice.mutate,
  // Texts for people are most of the mutants, and a changed one grants nothing.
  mutator: { excludedMutations: ['StringLiteral'] },
  concurrency: 1,
  // A timeout counts as noticed; on a busy machine it would say nothing.
  timeoutMS: 60_000,
  tempDirName: join(tmpdir(), `caro-mutation-${process.pid}`),
  ignorePatterns: ['dist', '.dist-next', 'coverage', 'release', 'screenshots'],
  incremental: process.env.CARO_MUTATE_TESTS === undefined,
  incrementalFile: `coverage/mutation/${slice.name}.incremental.json`,
  reporters: ['progress-append-only', 'clear-text', 'json', 'html'],
  jsonReporter: { fileName: `coverage/mutation/${slice.name}.json` },
  htmlReporter: { fileName: `coverage/mutation/${slice.name}.html` },
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
};

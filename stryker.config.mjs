/**
 * Mutation testing: `CARO_MUTATE=policy|answers|risk npm run test:mutation`. Stryker changes one
 * expression at a time and runs the tests that reach it; a change that no test notices survives.
 * Only the tests of the slice run: those that start a daemon would take hours. A later run of the
 * same slice tries again only what has changed.
 *
 * `-- --mutate FILE` limits a run to a file, and `FILE:FROM-TO` to a few lines. Each change loads
 * every test file that reaches it, so name those that matter, relative to `test`, with commas:
 * `CARO_MUTATE_TESTS=policy/decision-table,policy/precedence`. Such a run keeps no result for later
 * ones.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SLICES = {
  policy: {
    mutate: ['src/policy/*.ts', '!src/policy/responder.ts'],
    tests: ['policy/!(answers|custom-rule-names|responder)'],
  },
  answers: {
    mutate: ['src/policy/responder.ts', 'src/domain/answers/*.ts', 'src/actors/query-router/*.ts'],
    tests: [
      'policy/{answers,custom-rule-names,responder}',
      'domain/{aggregate,query-span,saved-answer,vector-schema,withheld-cells}',
      'actors/{daily-questions,mesh-question}',
    ],
  },
  // Without the rules: they are tables, and each has its own examples.
  risk: { mutate: ['src/risk/*.ts'], tests: ['risk/*', 'risk/custom/*'] },
};

const name = process.env.CARO_MUTATE ?? 'policy';
const slice = Object.hasOwn(SLICES, name) ? SLICES[name] : undefined;
if (slice === undefined) throw new Error(`CARO_MUTATE must be one of ${Object.keys(SLICES).join(', ')}`);

const chosen = process.env.CARO_MUTATE_TESTS?.split(',');

export default {
  testRunner: 'jest',
  coverageAnalysis: 'perTest',
  mutate: slice.mutate,
  // Texts for people are most of the mutants, and a changed one grants nothing.
  mutator: { excludedMutations: ['StringLiteral'] },
  jest: {
    configFile: 'jest.config.js',
    config: {
      testMatch: (chosen ?? slice.tests).map((tests) => `<rootDir>/test/${tests}.test.ts`),
      workerIdleMemoryLimit: undefined,
    },
    // It would add every test that imports a changed file, however far away.
    enableFindRelatedTests: false,
  },
  concurrency: 1,
  // A timeout counts as noticed; on a busy machine it would say nothing.
  timeoutMS: 120_000,
  tempDirName: join(tmpdir(), `caro-mutation-${process.pid}`),
  ignorePatterns: ['dist', '.dist-next', 'coverage', 'release', 'screenshots'],
  incremental: chosen === undefined,
  incrementalFile: `coverage/mutation/${name}.incremental.json`,
  // The events are the results of a run that is ended before it has reported.
  reporters: ['progress-append-only', 'clear-text', 'json', 'html', 'event-recorder'],
  jsonReporter: { fileName: `coverage/mutation/${name}.json` },
  htmlReporter: { fileName: `coverage/mutation/${name}.html` },
  eventReporter: { baseDir: 'coverage/mutation/events' },
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
};

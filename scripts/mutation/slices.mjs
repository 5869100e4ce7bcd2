/** What is changed in each slice, and the tests that look at it: none that start a service. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Folders below `test`, or single files. */
const SLICES = {
  policy: {
    mutate: ['src/policy/*.ts', '!src/policy/responder.ts'],
    tests: ['policy', 'policy/trust'],
  },
  answers: {
    mutate: ['src/policy/responder.ts', 'src/domain/answers/*.ts', 'src/actors/query-router/*.ts'],
    tests: [
      'policy/answers',
      'policy/custom-rule-names',
      'policy/responder',
      'domain/answers/aggregate',
      'domain/query-span',
      'domain/answers/saved-answer',
      'domain/answers/vector-schema',
      'domain/answers/withheld-cells',
      'actors/daily-questions',
      'actors/mesh-question',
    ],
  },
  // Without the rules: they are tables, and each has its own examples.
  risk: { mutate: ['src/risk/*.ts', 'src/risk/{custom,subjects}/*.ts'], tests: ['risk', 'risk/custom'] },
};

const { CARO_MUTATE: name = 'policy', CARO_MUTATE_TESTS: chosen } = process.env;
if (!Object.hasOwn(SLICES, name)) throw new Error(`CARO_MUTATE must be one of ${Object.keys(SLICES).join(', ')}`);

export const slice = { name, ...SLICES[name], tests: chosen?.split(',') ?? SLICES[name].tests };

/** Paths of the test files of the slice. */
export function testFiles(root) {
  return slice.tests.flatMap((tests) => {
    const file = join(root, 'test', `${tests}.test.ts`);
    if (existsSync(file)) return [file];
    const folder = join(root, 'test', tests);
    return readdirSync(folder)
      .filter((entry) => entry.endsWith('.test.ts'))
      .map((entry) => join(folder, entry));
  });
}

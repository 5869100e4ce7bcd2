/** What the workflow runs of others cannot be changed under our feet. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';

const WORKFLOW = readFileSync(resolve(__dirname, '../../.github/workflows/ci.yml'), 'utf8');

test('the workflow names every action by its commit, with the version beside it, and gets no right to write', () => {
  const actions = WORKFLOW.match(/uses: .*/g) ?? [];
  expect(actions.length).toBeGreaterThan(0);
  for (const action of actions) expect(action).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  expect(WORKFLOW).toMatch(/^permissions:\n {2}contents: read\n\S/m);
});

/** docs/performance.md and its charts are those that `npm run bench:report` writes. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { performanceReport } from '../../scripts/bench/bench-report.ts';
import { readResults } from '../../scripts/bench/bench-results.ts';

const ROOT = resolve(__dirname, '../..');

test('the document and its charts show what stands in bench/results', () => {
  const files = [...performanceReport(readResults(ROOT))];
  expect(files.map(([file]) => file)).toEqual([
    'docs/performance.md',
    'docs/images/growth-with-events.svg',
    'docs/images/growth-with-peers.svg',
    'docs/images/growth-with-shells.svg',
  ]);
  const stale = files.filter(([file, text]) => readFileSync(join(ROOT, file), 'utf8') !== text).map(([file]) => file);
  expect(stale).toEqual([]);
});

test('without results it says that nothing was measured', () => {
  const text = performanceReport([]).get('docs/performance.md') ?? '';
  expect(text).toContain('Nothing has been measured yet.');
  expect(text).not.toMatch(/NaN|undefined|Infinity/);
});

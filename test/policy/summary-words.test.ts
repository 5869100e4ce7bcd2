import { expect, test } from '@jest/globals';
import { summaryFault } from '../../src/domain/answers/answer-check.ts';
import { RULES } from '../../src/risk/rule-set.ts';
import { vocabulary } from '../../src/risk/vocabulary.ts';

const WORDS = vocabulary();
const forceRule = RULES.find(({ id }) => id === 'git.push-force');

test('a summary may leave only with words of the catalogue, and without tools kept back', () => {
  const usage = { count: 1, ended: 1, failures: 0, durationMsSum: 0, durationBuckets: [1, 0, 0, 0, 0, 0, 0, 0] };
  const summary = {
    patterns: [{ name: 'git push', count: 1 }],
    tools: [{ name: 'git', ...usage }],
    families: [{ name: 'git', ...usage }],
    safety: {
      levels: { safe: 1, moderate: 0, high: 0, critical: 0 },
      families: [{ name: 'git', count: 1 }],
      techniques: [{ name: forceRule?.technique ?? '', count: 1 }],
    },
  };
  const nothing: ReadonlySet<string> = new Set();
  expect(summaryFault(summary, WORDS, nothing)).toBeNull();
  expect(summaryFault(summary, WORDS, new Set(['docker']))).toBeNull();
  const canary = [{ name: 'canary', ...usage }];
  const { safety } = summary;
  for (const [changed, denied] of [
    [{ ...summary, patterns: canary }, nothing],
    [{ ...summary, tools: canary }, nothing],
    [{ ...summary, families: canary }, nothing],
    [{ ...summary, safety: { ...safety, families: canary } }, nothing],
    [{ ...summary, safety: { ...safety, techniques: canary } }, nothing],
    [summary, new Set(['git'])],
    [{ ...summary, tools: [] }, new Set(['git'])],
    [{ ...summary, patterns: [] }, new Set(['git'])],
  ] as const) {
    const fault = summaryFault(changed, WORDS, denied);
    expect(fault).not.toBeNull();
    expect(fault).not.toContain('canary');
  }
});

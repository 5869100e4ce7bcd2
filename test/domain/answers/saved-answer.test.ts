import { expect, test } from '@jest/globals';
import type { QueryResult } from '../../../src/domain/answers/query.ts';
import { compareCells, keptResult } from '../../../src/domain/answers/saved-answer.ts';

const RESULT: QueryResult = {
  type: 'recent-commands',
  since: '2026-11-28T12:00:00.000Z',
  until: '2026-11-29T12:00:00.000Z',
  targets: [
    { id: 'a', name: 'ana', state: 'answered', elapsedMs: 3, summary: { toolCounts: [{ name: 'git', count: 7 }] } },
    { id: 'b', name: null, state: 'no_response', elapsedMs: 500, silence: 'offline' },
  ],
  counts: { answered: 1, no_data: 0, access_denied: 0, no_response: 1, skewed: 0, error: 0, suppressed: 0 },
  contributors: 5,
  withheld: null,
  withheldCells: ['families.git.count'],
  withheldBy: { 'families.git.count': 'floor' },
  aggregate: { commands: 40, 'families.git.count': null, 'families.files.count': 0 },
  elapsedMs: 500,
};

test('an answer is kept with the state of each node and without the figures of any', () => {
  const kept = keptResult(RESULT);
  expect(kept).toEqual({
    ...RESULT,
    targets: [
      { id: 'a', name: 'ana', state: 'answered', elapsedMs: 3 },
      { id: 'b', name: null, state: 'no_response', elapsedMs: 500, silence: 'offline' },
    ],
  });
  expect(JSON.stringify(kept)).not.toContain('toolCounts');
});

test('an answer below the floor is not kept', () => {
  expect(keptResult({ ...RESULT, aggregate: null, withheld: 'cohort_too_small' })).toBeNull();
});

test('the change of a withheld cell is unknown, and a zero is a zero', () => {
  const later = { ...RESULT, aggregate: { commands: 50, 'families.git.count': 9, 'families.files.count': 0 } };
  expect(compareCells(RESULT, later)).toEqual([
    { cell: 'commands', before: 40, after: 50, change: 10 },
    { cell: 'families.git.count', before: null, after: 9, change: null },
    { cell: 'families.files.count', before: 0, after: 0, change: 0 },
  ]);
});

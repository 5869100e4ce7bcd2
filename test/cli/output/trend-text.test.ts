import { expect, test } from '@jest/globals';
import { againstText, effectText } from '../../../src/cli/output/answers/trend-text.ts';

test('a rate without one before it says so once', () => {
  expect(againstText({ rate: 148.9, before: null, change: null }, 'in the 91 days before')).toMatch(
    /^\S+ risky commands per 1,000; unknown in the 91 days before$/,
  );
  expect(againstText({ rate: 200, before: 100, change: 1 }, 'in the 7 days before')).toMatch(
    /^200\.0 risky commands per 1,000, 100\.0 in the 7 days before \(\+100%\)$/,
  );
});

test('a mark with too few figures around it says so', () => {
  const points = { pointsBefore: 1, pointsAfter: 0 };
  expect(effectText({ before: 100, after: null, change: null, ...points })).toBe(
    'too little is known before or after it',
  );
  expect(effectText({ before: 100, after: 50, change: -0.5, ...points })).toBe('100.0 before, 50.0 after (−50%)');
});

import { expect, test } from '@jest/globals';
import { snapSpan } from '../../src/domain/answers/query.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 23, 8);

test.each([
  ['an hour', HOUR, 24],
  ['24 hours', 24 * HOUR, 24],
  ['24 hours, asked a moment later', 24 * HOUR + 50, 24],
  ['25 hours', 25 * HOUR, 168],
  ['7 days, asked a moment later', 168 * HOUR + 50, 168],
  ['30 days', 720 * HOUR, 720],
  ['a year', 8_760 * HOUR, 720],
])('a question of %s is snapped to the shortest span that covers it', (_, span, hours) => {
  expect(snapSpan(NOW - span, NOW)).toBe(hours);
});

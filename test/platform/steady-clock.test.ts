import { expect, test } from '@jest/globals';
import { steadyMs } from '../../src/platform/steady-clock.ts';

test('the steady clock counts milliseconds, as the system’s monotonic clock does', () => {
  const before = process.hrtime.bigint();
  const read = steadyMs();
  const after = process.hrtime.bigint();
  expect(read).toBeGreaterThanOrEqual(Number(before) / 1_000_000 - 0.001);
  expect(read).toBeLessThanOrEqual(Number(after) / 1_000_000 + 0.001);
});

/** A timer of an actor: what it does after it was stopped. */
import { expect, test } from '@jest/globals';
import { createAlarm } from '../../src/platform/alarm.ts';

const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

test('an alarm that was stopped is not set again by work that went on', () => {
  const before = timers();
  const alarm = createAlarm(() => undefined);
  alarm.set(Date.now() + 60_000);
  expect(timers()).toBe(before + 1);
  alarm.stop();
  alarm.set(Date.now() + 60_000);
  expect(timers()).toBe(before);
});

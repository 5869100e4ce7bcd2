import { CaroError } from '../domain/errors.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import { DAY_MS } from '../domain/time/period.ts';
import type { BlindTask } from './documents.ts';

const HOUR_MS = 3_600_000;
const DATE_CHARACTERS = 10;

/** The UTC day that holds an instant: `2026-11-20`. */
export const dayOf = (ms: number): string => isoTime(ms).slice(0, DATE_CHARACTERS);

/**
 * First millisecond of a UTC day.
 * @throws CaroError `blind_report_invalid` for a day that does not exist
 */
export function dayStart(day: string): number {
  const ms = Date.parse(`${day}T00:00:00.000Z`);
  if (Number.isNaN(ms) || dayOf(ms) !== day) {
    throw new CaroError('blind_report_invalid', 'expected an existing day such as 2026-11-20');
  }
  return ms;
}

/** First millisecond after a UTC day: from then on it is reported. */
export const dayEnd = (day: string): number => dayStart(day) + DAY_MS;

/** First millisecond at which reports of a day are too late, and it may be released. */
export const windowEnd = ({ windowHours }: Pick<BlindTask, 'windowHours'>, day: string): number =>
  dayEnd(day) + windowHours * HOUR_MS;

/** How long after its window a release is waited for. */
const WAIT_MS = 14 * DAY_MS;

/**
 * First millisecond at which nobody waits for the total of a day any more: nodes stop asking for
 * it, leader and trustee remove its shares.
 */
export const waitEnd = (task: Pick<BlindTask, 'windowHours'>, day: string): number => windowEnd(task, day) + WAIT_MS;

/** The UTC days that are over and may still be reported, oldest first. */
export function openDays(task: Pick<BlindTask, 'windowHours'>, nowMs: number): readonly string[] {
  const days: string[] = [];
  for (let day = dayOf(nowMs - DAY_MS); windowEnd(task, day) > nowMs; day = dayOf(dayStart(day) - DAY_MS)) {
    days.unshift(day);
  }
  return days;
}

import type { LocalStatistics } from '../data/contract.ts';

/**
 * Periods that a person can choose. Each ends today and starts at a local midnight.
 */
export const RANGES = ['today', 'week', 'month'] as const;
export type Range = (typeof RANGES)[number];
export const RANGE_NAMES: Readonly<Record<Range, string>> = { today: 'Today', week: '7 days', month: '28 days' };
const DAYS: Readonly<Record<Range, number>> = { today: 1, week: 7, month: 28 };

type Slot = LocalStatistics['slots'][number];

/**
 * Local midnight, `days` calendar days before the day of `now`, so that daylight saving time does
 * not shift it.
 */
export function midnight(now: Date, days: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - days);
}

export function bounds(range: Range, now: Date): { readonly since: string; readonly until: string } {
  return { since: midnight(now, DAYS[range] - 1).toISOString(), until: midnight(now, -1).toISOString() };
}

export interface Bar {
  readonly start: Date;
  readonly end: Date;
  readonly count: number;
  /** Commands whose exit status is known. */
  readonly ended: number;
  readonly failures: number;
  /** Of moderate, high and critical risk. */
  readonly moderate: number;
  readonly high: number;
  readonly critical: number;
}

/**
 * Bars of a chart: quarter hours of a day, hours of a week, days of a month, including empty ones.
 */
export function bars(range: Range, slots: readonly Slot[], now: Date): readonly Bar[] {
  const edges = range === 'month' ? dayEdges(now) : evenEdges(range, now);
  const made = edges.slice(0, -1).map((start, index) => ({
    start,
    end: edges[index + 1] ?? start,
    count: 0,
    ended: 0,
    failures: 0,
    moderate: 0,
    high: 0,
    critical: 0,
  }));
  let at = 0;
  for (const slot of slots) {
    const time = Date.parse(slot.start);
    while (at < made.length - 1 && time >= (made[at]?.end.getTime() ?? 0)) at += 1;
    const bar = made[at];
    if (bar && time >= bar.start.getTime() && time < bar.end.getTime()) {
      bar.count += slot.count;
      bar.ended += slot.ended;
      bar.failures += slot.failures;
      bar.moderate += slot.moderate;
      bar.high += slot.high;
      bar.critical += slot.critical;
    }
  }
  return made;
}

function dayEdges(now: Date): readonly Date[] {
  return Array.from({ length: DAYS.month + 1 }, (_, index) => midnight(now, DAYS.month - 1 - index));
}

function evenEdges(range: 'today' | 'week', now: Date): readonly Date[] {
  const step = range === 'today' ? 15 * 60_000 : 3_600_000;
  const from = midnight(now, DAYS[range] - 1).getTime();
  const to = midnight(now, -1).getTime();
  return Array.from({ length: Math.round((to - from) / step) + 1 }, (_, index) => new Date(from + index * step));
}

export interface UsualDay {
  /** Median number of commands up to this time of day, over the days that had any. */
  readonly byNow: number;
  readonly days: number;
}

/**
 * The usual number of commands by this time of day, from the four weeks before today; null with
 * fewer than three such days.
 */
export function usualDay(slots: readonly Slot[], now: Date): UsualDay | null {
  const elapsed = now.getTime() - midnight(now, 0).getTime();
  const days = new Map<number, number>();
  for (const slot of slots) {
    const time = new Date(slot.start);
    const day = midnight(time, 0).getTime();
    if (day >= midnight(now, 0).getTime()) continue;
    const earlier = time.getTime() - day < elapsed ? slot.count : 0;
    days.set(day, (days.get(day) ?? 0) + earlier);
  }
  const sorted = [...days.values()].sort((one, other) => one - other);
  if (sorted.length < 3) return null;
  return { byNow: sorted[Math.floor(sorted.length / 2)] ?? 0, days: sorted.length };
}

/** Commands per weekday (Monday first) and hour, local. */
export function hoursByWeekday(slots: readonly Slot[]): readonly (readonly number[])[] {
  const grid = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0));
  for (const slot of slots) {
    const time = new Date(slot.start);
    const row = grid[(time.getDay() + 6) % 7];
    if (row) row[time.getHours()] = (row[time.getHours()] ?? 0) + slot.count;
  }
  return grid;
}

/** Totals over time, as the analyst's store gives them. */
import { DAY_MS } from '../time/period.ts';
import type { NoTotalCode } from './release.ts';

/** A task of which this node has totals. */
export interface TotalSeries {
  readonly task: string;
  readonly name: string;
  readonly floor: number;
  /** `organisation`, and units. */
  readonly blocks: readonly string[];
  /** Names of the cells of its layout. */
  readonly cells: readonly string[];
  /** First and last day of which it has totals. */
  readonly first: string;
  readonly last: string;
}

/** One day of one block. */
export interface DayTotal {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  /** Nodes behind the totals; null if there are none. */
  readonly contributors: number | null;
  /** Why there is no total; null if there is one, or if the day was not released. */
  readonly code: NoTotalCode | null;
  /** One for each cell that was asked for; null, never 0: withheld, or there is no total. */
  readonly values: readonly (number | null)[];
}

export interface TotalQuestion {
  readonly task: string;
  readonly block: string;
  /** Only cells whose name begins so, e.g. `techniques.`. */
  readonly prefix?: string;
  /** Last day. */
  readonly until: string;
  /** Number of days. */
  readonly days: number;
}

export interface TotalAnswer {
  readonly cells: readonly string[];
  /** Every day of the span, oldest first. */
  readonly days: readonly DayTotal[];
}

export const WINDOWS = [7, 30] as const;
export type WindowDays = (typeof WINDOWS)[number];

/** A sum over the last days. */
export interface WindowSum {
  /** Sum of the known days; null if none is known. */
  readonly sum: number | null;
  /** Days that are in it. */
  readonly known: number;
}

/**
 * Sums of the `length` days that end with each day, by cell. A day that is not known is left out of
 * `known`: the reader MUST be told where that is smaller than `length`.
 */
export function windowSums(days: readonly DayTotal[], length: WindowDays): readonly (readonly WindowSum[])[] {
  const width = days[0]?.values.length ?? 0;
  return days.map((_, end) =>
    Array.from({ length: width }, (__, cell) => {
      const values = days.slice(Math.max(0, end + 1 - length), end + 1).flatMap(({ values: all }) => all[cell] ?? []);
      return { sum: values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0), known: values.length };
    }),
  );
}

/** The `count` days that end with `until`, oldest first. */
export function daysUntil(until: string, count: number): readonly string[] {
  const end = Date.parse(`${until}T00:00:00Z`);
  return Array.from({ length: count }, (_, index) => dayText(end - (count - 1 - index) * DAY_MS));
}

/** UTC day of an instant. */
export const dayText = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

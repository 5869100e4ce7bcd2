/**
 * What trends are asked, and what is answered: shared by the page, `caro posture` and `caro
 * report`.
 */
import type { TechniqueMeasure } from './heat-map.ts';
import type { Mark } from './mark.ts';
import type { Posture } from './posture.ts';
import type { UnitMeasure } from './units.ts';

/**
 * `totals`: releases of blind totals; `answers`: saved answers to the daily questions of this node.
 */
export const TREND_SOURCES = ['totals', 'answers'] as const;

/** Something that trends can be read from. */
export interface TrendSource {
  readonly source: (typeof TREND_SOURCES)[number];
  /** Name of the task of the totals, or `answers`. */
  readonly name: string;
  /** Fewest nodes behind a figure. */
  readonly floor: number;
  /** `organisation`, and units. */
  readonly blocks: readonly string[];
  /** First and last day. */
  readonly first: string;
  readonly last: string;
}

/** Spans that the page offers: whole weeks, so that all have the same weekdays. */
export const TREND_SPANS = [7, 28, 91, 364] as const;
export const MAX_TREND_DAYS = 400;

export interface TrendQuestion {
  /** Name of a source; the one with the newest day if absent. */
  readonly name?: string;
  /** A unit instead of everybody. */
  readonly block?: string;
  /** Last day; the newest of the source if absent. */
  readonly until?: string;
  /** From 1 to `MAX_TREND_DAYS`. */
  readonly days: number;
}

/** What an answer is about. */
export interface TrendScope {
  readonly source: TrendSource;
  readonly block: string;
  readonly until: string;
  readonly days: number;
}

export interface PostureAnswer extends TrendScope {
  readonly posture: Posture;
  /** Those that touch the span or the one before, oldest first. */
  readonly marks: readonly Mark[];
}

export interface HeatMapAnswer extends TrendScope {
  /** Empty where the source has no techniques. */
  readonly techniques: readonly TechniqueMeasure[];
}

export interface UnitsAnswer extends TrendScope {
  readonly units: readonly UnitMeasure[];
}

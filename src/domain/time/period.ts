/**
 * Periods are UTC: hour, day, ISO week (FR-501). Rollups are kept per slot of a quarter of an
 * hour.
 */
export const PERIOD_KINDS = ['hourly', 'daily', 'weekly'] as const;
export type PeriodKind = (typeof PERIOD_KINDS)[number];

export interface Period {
  readonly kind: PeriodKind;
  /** First millisecond since the epoch, inclusive. */
  readonly startMs: number;
  /** First millisecond after it. */
  readonly endMs: number;
}

export const SLOT_MS = 15 * 60_000;
const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
const LENGTH_MS: Readonly<Record<PeriodKind, number>> = { hourly: HOUR_MS, daily: DAY_MS, weekly: 7 * DAY_MS };
/** 1970-01-05 was the first Monday after the epoch; ISO 8601 weeks begin on Mondays. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** Number of the quarter of an hour that holds `ms`, counted from the epoch. */
export const slotOf = (ms: number): number => Math.floor(ms / SLOT_MS);

/** The period of `kind` that holds the instant `ms`. */
export function periodAt(kind: PeriodKind, ms: number): Period {
  const length = LENGTH_MS[kind];
  const origin = kind === 'weekly' ? FIRST_MONDAY_MS : 0;
  const startMs = Math.floor((ms - origin) / length) * length + origin;
  return { kind, startMs, endMs: startMs + length };
}

/** The last period of `kind` that was over at `nowMs`. */
export const lastClosed = (kind: PeriodKind, nowMs: number): Period =>
  periodAt(kind, periodAt(kind, nowMs).startMs - 1);

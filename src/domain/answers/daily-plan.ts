import type { QueryType } from '../policy/trust.ts';
import { DAY_MS } from '../time/period.ts';

/* When this node asks its daily questions (`analyst.daily`). Days are UTC and counted from 1970. */

const MINUTE_MS = 60_000;
const DAY_MINUTES = DAY_MS / MINUTE_MS;
/** A node that was off when the day began asks within this time. */
const CATCH_UP_MINUTES = 60;
/** Peers connect within this time after a start. */
export const SETTLING_MS = 30_000;
/** Days that are remembered, so that a clock that is set back repeats none of them. */
const REMEMBERED_DAYS = 8;

/** What outlives a restart. */
export interface DailyMemory {
  /** Minute of the day at which it asks; null before the first. */
  readonly plan: { readonly day: number; readonly minute: number } | null;
  readonly asked: readonly { readonly day: number; readonly type: QueryType }[];
}

export const NEVER_ASKED: DailyMemory = { plan: null, asked: [] };

export const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);

/**
 * Chooses the minute of a day that has none yet.
 * @param sawDayBegin whether the service ran when the day began: then any minute of it is possible
 * @param random a whole number from 0 to below its argument
 */
export function withPlan(
  memory: DailyMemory,
  nowMs: number,
  sawDayBegin: boolean,
  random: (below: number) => number,
): DailyMemory {
  const day = dayOf(nowMs);
  if (memory.plan?.day === day) return memory;
  const now = Math.floor((nowMs % DAY_MS) / MINUTE_MS);
  const minute = sawDayBegin ? random(DAY_MINUTES) : now + random(Math.min(CATCH_UP_MINUTES, DAY_MINUTES - now));
  return { ...memory, plan: { day, minute } };
}

/**
 * The questions that have not been asked on this day. Where the clock was a day ahead, the next day
 * counts as this one; a clock that was further ahead does not keep the node silent.
 */
export function unasked({ asked }: DailyMemory, types: readonly QueryType[], nowMs: number): readonly QueryType[] {
  const today = dayOf(nowMs);
  return types.filter(
    (wanted) => !asked.some(({ day, type }) => type === wanted && (day === today || day === today + 1)),
  );
}

/** The planned minute, in ms since the epoch. */
export const plannedMs = ({ plan }: DailyMemory): number =>
  plan === null ? 0 : plan.day * DAY_MS + plan.minute * MINUTE_MS;

/** Notes a question. MUST be stored before it is asked: a crash must not lead to a second one. */
export function withAsked(memory: DailyMemory, type: QueryType, nowMs: number): DailyMemory {
  const day = dayOf(nowMs);
  const recent = [...new Set([...memory.asked.map((entry) => entry.day), day])].slice(-REMEMBERED_DAYS);
  return { ...memory, asked: [...memory.asked.filter((entry) => recent.includes(entry.day)), { day, type }] };
}

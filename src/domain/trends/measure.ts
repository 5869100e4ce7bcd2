/** Amounts over a span, compared with the span of the same length before it. */
import { commandsOf, type FigureDay } from './figure-day.ts';

/** What an amount is divided by. */
export type Base = 'commands' | 'nodes';

export interface Measure {
  /** Sum of the known days; null if none is known. */
  readonly count: number | null;
  /** Days that are in it. */
  readonly days: number;
  /**
   * Per 1,000 commands, or per 1,000 nodes and day, over the days on which both are known. Days
   * that are missing and nodes that were added do not change it.
   */
  readonly rate: number | null;
  /** The rate of the span before; null where less than half of its days are known. */
  readonly before: number | null;
  /** Relative, e.g. 0.25 for a quarter more; null where one is unknown, or the first was 0. */
  readonly change: number | null;
}

type Amount = (day: FigureDay) => number | null;

const BASES: Readonly<Record<Base, Amount>> = {
  commands: commandsOf,
  nodes: ({ contributors }) => contributors,
};

export function rateOf(days: readonly FigureDay[], amount: Amount, base: Base = 'commands'): number | null {
  let [sum, whole] = [0, 0];
  for (const day of days) {
    const [part, of] = [amount(day), BASES[base](day)];
    if (part === null || of === null) continue;
    sum += part;
    whole += of;
  }
  return whole > 0 ? (1_000 * sum) / whole : null;
}

/** An amount over the days of a span. */
export interface Sums {
  /** Length of the span. */
  readonly days: number;
  /** Days of which the amount is known, and its sum over them. */
  readonly known: number;
  readonly count: number;
  /** The rate over the days on which amount and base are known. */
  readonly rate: number | null;
}

export function measureOf(
  now: readonly FigureDay[],
  before: readonly FigureDay[],
  amount: Amount,
  base: Base = 'commands',
): Measure {
  return compare(sumsOf(now, amount, base), sumsOf(before, amount, base));
}

function sumsOf(days: readonly FigureDay[], amount: Amount, base: Base): Sums {
  const known = days.flatMap((day) => amount(day) ?? []);
  return {
    days: days.length,
    known: known.length,
    count: known.reduce((sum, part) => sum + part, 0),
    rate: rateOf(days, amount, base),
  };
}

export function compare(now: Sums, before: Sums): Measure {
  const earlier = isEnough(before) ? before.rate : null;
  return {
    count: now.known === 0 ? null : now.count,
    days: now.known,
    rate: now.rate,
    before: earlier,
    change: now.rate === null || earlier === null || earlier <= 0 || !isEnough(now) ? null : now.rate / earlier - 1,
  };
}

/** A span of which less than half is known is not compared: it says too little about the rest. */
const isEnough = ({ known, days }: Sums): boolean => 2 * known >= days;

/** Most nodes on one day. */
export function mostNodes(days: readonly FigureDay[], nodes: Amount): number | null {
  const known = days.flatMap((day) => nodes(day) ?? []);
  return known.length === 0 ? null : Math.max(...known);
}

const WEEK = 7;
/** Longer spans have a point for each week. */
const LONGEST_BY_DAY = 14;

/**
 * Days or weeks of a span, oldest first; weeks end with its last day, so the first may be shorter.
 */
export function stretchesOf(days: readonly FigureDay[]): readonly (readonly FigureDay[])[] {
  const length = days.length > LONGEST_BY_DAY ? WEEK : 1;
  const count = Math.ceil(days.length / length);
  const first = days.length - (count - 1) * length;
  return Array.from({ length: count }, (_, index) =>
    index === 0 ? days.slice(0, first) : days.slice(first + (index - 1) * length, first + index * length),
  );
}

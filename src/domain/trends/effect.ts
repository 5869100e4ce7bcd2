/** Whether something that was marked on the time axis changed the rate. */
import type { Mark } from './mark.ts';
import type { TrendPoint } from './posture.ts';

export interface MarkEffect {
  /** Risky commands per 1,000 before and after; null where nothing is known. */
  readonly before: number | null;
  readonly after: number | null;
  readonly change: number | null;
  /** Points on either side: at most `SIDE_POINTS`. */
  readonly pointsBefore: number;
  readonly pointsAfter: number;
}

/** As many days or weeks on either side as are compared. */
const SIDE_POINTS = 4;

/** @param points of one length and without gaps, oldest first */
export function effectOf(points: readonly TrendPoint[], { first, last }: Pick<Mark, 'first' | 'last'>): MarkEffect {
  const before = points.filter((point) => point.last < first).slice(-SIDE_POINTS);
  const after = points.filter((point) => point.first > last).slice(0, SIDE_POINTS);
  const [then, now] = [rateOver(before), rateOver(after)];
  return {
    before: then,
    after: now,
    change: then === null || now === null || then <= 0 ? null : now / then - 1,
    pointsBefore: before.length,
    pointsAfter: after.length,
  };
}

function rateOver(points: readonly TrendPoint[]): number | null {
  const known = points.filter(({ rate }) => rate !== null);
  const commands = known.reduce((sum, point) => sum + (point.commands ?? 0), 0);
  return commands > 0 ? (1_000 * known.reduce((sum, point) => sum + (point.risky ?? 0), 0)) / commands : null;
}

/** How far the system clock may move against a steady one until it counts as set. */
const TOLERANCE_MS = 5 * 60_000;

export interface ConfirmedClock {
  /** Another node has just agreed with the time. Returns whether it was not confirmed before. */
  readonly confirm: () => boolean;
  /** Whether the clock has not been set since another node agreed with it. */
  readonly isConfirmed: () => boolean;
}

/**
 * @param nowMs time of the system clock
 * @param steadyMs time of a clock that never leaps
 */
export function createConfirmedClock(nowMs: () => number, steadyMs: () => number): ConfirmedClock {
  let aheadMs: number | undefined;
  const isConfirmed = (): boolean => aheadMs !== undefined && Math.abs(nowMs() - steadyMs() - aheadMs) <= TOLERANCE_MS;
  return {
    isConfirmed,
    confirm: () => {
      const isNew = !isConfirmed();
      aheadMs = nowMs() - steadyMs();
      return isNew;
    },
  };
}

import type { MeshLimits } from './limits.ts';

/**
 * Says of each connection that a trusted node opens whether it is taken; true takes one from its
 * allowance.
 */
export type ConnectionRate = (caller: string) => boolean;

interface Allowance {
  readonly left: number;
  readonly atMs: number;
}

/**
 * A connection that is taken costs two records and a line of the ledger, so a trusted node that
 * does nothing but come and go would fill the disk. Each caller has an allowance that refills
 * evenly; refused calls cost nothing. Callers whose allowance is full are forgotten.
 *
 * @param now milliseconds that never go back
 */
export function createConnectionRate(
  { connectionBurst, connectionEveryMs }: Pick<MeshLimits, 'connectionBurst' | 'connectionEveryMs'>,
  now: () => number,
): ConnectionRate {
  const callers = new Map<string, Allowance>();
  const refilled = ({ left, atMs }: Allowance, nowMs: number): number =>
    Math.min(connectionBurst, left + (nowMs - atMs) / connectionEveryMs);
  return (caller) => {
    const nowMs = now();
    for (const [other, allowance] of callers) if (refilled(allowance, nowMs) === connectionBurst) callers.delete(other);
    const known = callers.get(caller);
    const left = known ? refilled(known, nowMs) : connectionBurst;
    callers.set(caller, { left: left >= 1 ? left - 1 : left, atMs: nowMs });
    return left >= 1;
  };
}

/** Says of each asker's question whether it is served. */
export interface RateLimit {
  /** Takes one from the asker's allowance; false when it is used up. `nowMs` never runs backwards for long. */
  readonly take: (asker: string, nowMs: number) => boolean;
}

interface Allowance {
  left: number;
  atMs: number;
}

const MINUTE_MS = 60_000;

/**
 * An allowance of `perMinute` questions for each asker that refills evenly, so that any `perMinute` of them within a minute are
 * served (design.md §8). Askers whose allowance is full again are forgotten.
 */
export function createRateLimit(perMinute: number): RateLimit {
  const askers = new Map<string, Allowance>();
  const refilled = ({ left, atMs }: Allowance, nowMs: number): number =>
    Math.min(perMinute, left + (Math.max(0, nowMs - atMs) * perMinute) / MINUTE_MS);
  return {
    take: (asker, nowMs) => {
      for (const [other, allowance] of askers) if (refilled(allowance, nowMs) === perMinute) askers.delete(other);
      const known = askers.get(asker);
      const left = known ? refilled(known, nowMs) : perMinute;
      const served = left >= 1;
      askers.set(asker, { left: served ? left - 1 : left, atMs: nowMs });
      return served;
    },
  };
}

/** Says of each asker's question whether it is served. */
export interface RateLimit {
  /** Takes one from the asker's allowance, if there is one left. */
  readonly take: (asker: string, nowMs: number) => Taken;
}

export interface Taken {
  readonly served: boolean;
  /** Questions of this asker refused since the last one that was served, this one included. */
  readonly refused: number;
}

interface Allowance {
  readonly left: number;
  readonly atMs: number;
  readonly refused: number;
}

const MINUTE_MS = 60_000;

/**
 * An allowance of `perMinute` questions for each asker that refills evenly, so that any `perMinute`
 * of them within a minute are served (design.md §8). Askers whose allowance is full again are
 * forgotten.
 */
export function createRateLimit(perMinute: number): RateLimit {
  const askers = new Map<string, Allowance>();
  const refilled = ({ left, atMs }: Allowance, nowMs: number): number =>
    Math.min(perMinute, left + (Math.max(0, nowMs - atMs) * perMinute) / MINUTE_MS);
  return {
    take: (asker, nowMs) => {
      const known = askers.get(asker);
      for (const [other, allowance] of askers) if (refilled(allowance, nowMs) === perMinute) askers.delete(other);
      const left = known ? refilled(known, nowMs) : perMinute;
      const before = known?.refused ?? 0;
      const served = left >= 1;
      askers.set(asker, { left: served ? left - 1 : left, atMs: nowMs, refused: served ? 0 : before + 1 });
      return { served, refused: served ? before : before + 1 };
    },
  };
}

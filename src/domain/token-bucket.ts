/**
 * Rate limits as token buckets: a bucket holds at most `burst` tokens, each admitted action takes
 * one, and one comes back every `refillMs`.
 */
export interface BucketSize {
  readonly burst: number;
  readonly refillMs: number;
}

interface Level {
  readonly tokens: number;
  readonly atMs: number;
}

/** A clock that was set back refills nothing. */
const refilled = ({ burst, refillMs }: BucketSize, { tokens, atMs }: Level, nowMs: number): number =>
  Math.min(burst, tokens + Math.max(0, nowMs - atMs) / refillMs);

/** One bucket that may go into debt, for a sender that is slowed down rather than refused. */
export interface TokenBucket {
  /** Takes tokens. Returns the milliseconds until the debt is paid: 0 within the rate. */
  readonly take: (nowMs: number, count?: number) => number;
}

export function createTokenBucket(size: BucketSize, nowMs: number): TokenBucket {
  let level: Level = { tokens: size.burst, atMs: nowMs };
  return {
    take: (now, count = 1) => {
      level = { tokens: refilled(size, level, now) - count, atMs: now };
      return Math.max(0, Math.ceil(-level.tokens * size.refillMs));
    },
  };
}

/** One bucket for each key, such as a node id, whose owner is refused when it is empty. */
export interface TokenBuckets {
  readonly take: (key: string, nowMs: number) => TakenToken;
}

export interface TakenToken {
  readonly isGranted: boolean;
  /** Refusals of this key since the last token that was granted, this one included. */
  readonly refused: number;
}

/** Full buckets are forgotten, so that memory is bounded by the keys of the last refill. */
export function createTokenBuckets(size: BucketSize): TokenBuckets {
  const levels = new Map<string, Level & { readonly refused: number }>();
  return {
    take: (key, nowMs) => {
      const known = levels.get(key);
      for (const [other, level] of levels) if (refilled(size, level, nowMs) === size.burst) levels.delete(other);
      const tokens = known ? refilled(size, known, nowMs) : size.burst;
      const before = known?.refused ?? 0;
      const isGranted = tokens >= 1;
      const refused = isGranted ? before : before + 1;
      levels.set(key, { tokens: isGranted ? tokens - 1 : tokens, atMs: nowMs, refused: isGranted ? 0 : refused });
      return { isGranted, refused };
    },
  };
}

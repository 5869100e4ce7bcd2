/** How fast a peer may send; each message takes one token. */
export interface TokenBucket {
  /** Takes a token. Milliseconds until there is one again: 0 while the peer keeps to its rate. */
  readonly take: () => number;
}

/**
 * @param perSecond tokens that come back each second
 * @param burst most tokens at once
 * @param now milliseconds that never go back
 */
export function createTokenBucket(perSecond: number, burst: number, now: () => number): TokenBucket {
  let tokens = burst;
  let atMs = now();
  return {
    take: () => {
      const nowMs = now();
      tokens = Math.min(burst, tokens + ((nowMs - atMs) / 1000) * perSecond) - 1;
      atMs = nowMs;
      // The debt may grow by what was read already when the reader stopped.
      return tokens >= 0 ? 0 : Math.ceil((-tokens / perSecond) * 1000);
    },
  };
}

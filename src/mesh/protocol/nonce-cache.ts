/** Nonces seen lately (NFR-205). */
export interface NonceCache {
  /** Whether the nonce of this sender is new; from then on it is not, for at least 10 minutes. */
  readonly add: (sender: string, nonce: string) => boolean;
}

/** Twice the longest age of a message, so that no message outlives the memory of its nonce. */
export const NONCE_MEMORY_MS = 10 * 60_000;

/**
 * Two generations a sender, so that forgetting costs nothing. What one sender can fill is bounded
 * by its message rate.
 * @param now milliseconds that never go back
 */
export function createNonceCache(now: () => number): NonceCache {
  const senders = new Map<string, { young: Set<string>; old: Set<string>; sinceMs: number }>();
  const forget = (nowMs: number): void => {
    for (const [sender, { sinceMs }] of senders) if (nowMs - sinceMs > 2 * NONCE_MEMORY_MS) senders.delete(sender);
  };
  return {
    add: (sender, nonce) => {
      const nowMs = now();
      const known = senders.get(sender) ?? { young: new Set<string>(), old: new Set<string>(), sinceMs: nowMs };
      if (nowMs - known.sinceMs > NONCE_MEMORY_MS) {
        forget(nowMs);
        const isRecent = nowMs - known.sinceMs <= 2 * NONCE_MEMORY_MS;
        known.old = isRecent ? known.young : new Set();
        known.young = new Set();
        known.sinceMs = nowMs;
      }
      senders.set(sender, known);
      if (known.young.has(nonce) || known.old.has(nonce)) return false;
      known.young.add(nonce);
      return true;
    },
  };
}

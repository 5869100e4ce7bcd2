/** Recently used nonces (NFR-205). */
export interface NonceCache {
  /** Adds a nonce. Returns false if the sender has used it in the last 10 minutes. */
  readonly add: (sender: string, nonce: string) => boolean;
}

/** Twice the maximum age of a message, so that no replay is accepted after its nonce expires. */
export const NONCE_MEMORY_MS = 10 * 60_000;

/**
 * Keeps two generations for each sender, so that expiry costs one assignment. The message rate
 * bounds the number of nonces of a sender.
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

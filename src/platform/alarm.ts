/**
 * Longest timer, in ms. Node.js fires a timer of more than 24.8 days at once, so after a clock that
 * was set back by years it would fire in a loop.
 */
const MAX_TIMER_MS = 3_600_000;

export interface Alarm {
  /** Replaces the time set before, in ms since the epoch; null: none. */
  readonly set: (atMs: number | null) => void;
  /** For good: work that goes on meanwhile sets no more. */
  readonly stop: () => void;
}

/**
 * Calls `ring` at the time that was set last, or earlier: `ring` MUST check the time and set the
 * alarm again. A machine that was suspended is late; the quarter-hour clock covers that.
 */
export function createAlarm(ring: () => void): Alarm {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  return {
    set: (atMs) => {
      clearTimeout(timer);
      if (atMs !== null && !isStopped) timer = setTimeout(ring, Math.min(MAX_TIMER_MS, Math.max(1, atMs - Date.now())));
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

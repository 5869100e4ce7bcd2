import { CaroError } from '../../domain/errors.ts';

/** Questions that wait for their answer, by the key that the answer will name. */
export interface PendingRequests<T> {
  /**
   * Whoever waits for the same key shares one answer. @throws CaroError (in the promise)
   * `deadline_exceeded`, or what `failAll` was given
   */
  readonly wait: (key: string, deadlineMs: number) => Promise<T>;
  /** False where nobody waits: the answer came too late, or was never asked for. */
  readonly settle: (key: string, value: T) => boolean;
  readonly failAll: (error: CaroError) => void;
  readonly size: () => number;
}

interface Waiter<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: CaroError) => void;
  readonly timer: NodeJS.Timeout;
}

/** @param onEmpty called whenever the last waiter has been served */
export function createPendingRequests<T>(onEmpty: () => void): PendingRequests<T> {
  const waiters = new Map<string, Waiter<T>>();
  const take = (key: string): Waiter<T> | undefined => {
    const waiter = waiters.get(key);
    if (!waiter) return undefined;
    clearTimeout(waiter.timer);
    waiters.delete(key);
    return waiter;
  };
  const expire = (key: string, deadlineMs: number): void => {
    take(key)?.reject(
      new CaroError('deadline_exceeded', `expected an answer of the peer within ${deadlineMs} ms, got none`),
    );
    if (waiters.size === 0) onEmpty();
  };
  return {
    wait: (key, deadlineMs) => {
      const known = waiters.get(key);
      if (known) return known.promise;
      let resolve: Waiter<T>['resolve'] = () => undefined;
      let reject: Waiter<T>['reject'] = () => undefined;
      const promise = new Promise<T>((...settlers) => {
        [resolve, reject] = settlers;
      });
      waiters.set(key, { promise, resolve, reject, timer: setTimeout(expire, deadlineMs, key, deadlineMs) });
      return promise;
    },
    settle: (key, value) => {
      const waiter = take(key);
      waiter?.resolve(value);
      if (waiter && waiters.size === 0) onEmpty();
      return waiter !== undefined;
    },
    failAll: (error) => {
      for (const key of [...waiters.keys()]) take(key)?.reject(error);
    },
    size: () => waiters.size,
  };
}

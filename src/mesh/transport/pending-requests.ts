import { CaroError } from '../../domain/errors.ts';

/** Requests without an answer yet, by the key that the answer will hold. */
export interface PendingRequests<T> {
  /**
   * Callers that wait for the same key share one answer.
   * @throws CaroError (in the promise) `deadline_exceeded`, or the error given to `failAll`
   */
  readonly wait: (key: string, deadlineMs: number) => Promise<T>;
  /** Returns false if no request waits for the key: the answer is late or was not requested. */
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

/** @param onEmpty called when the last pending request has ended */
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
      new CaroError('deadline_exceeded', `expected an answer from the peer within ${deadlineMs} ms, got none`),
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

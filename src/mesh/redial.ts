import { CaroError } from '../domain/errors.ts';
import { steadyMs } from '../platform/steady-clock.ts';
import type { MeshLimits } from './transport/limits.ts';

/**
 * Dials one peer until it is connected, with exponential backoff from 1 s to 60 s. Jitter takes off
 * up to half of each wait (docs/design.md §7).
 */
export interface Redialer {
  /** The peer is connected, from either side: dialling stops until `lost`. */
  readonly reached: () => void;
  /** The connection has ended; dialling starts again. */
  readonly lost: () => void;
  /** Dials immediately, for example after a change of the configuration. */
  readonly retryNow: () => void;
  readonly stop: () => void;
}

export interface RedialOptions {
  /** Dials once. If it resolves, the connection MUST be reported with `reached` and `lost`. */
  readonly attempt: () => Promise<void>;
  readonly onFailure: (error: CaroError) => void;
  /** Random number in [0, 1). */
  readonly random: () => number;
  readonly limits: Pick<MeshLimits, 'redialFirstMs' | 'redialMaxMs'>;
  /** Wait before the first attempt, in ms. */
  readonly firstDelayMs: number;
}

export function createRedialer({ attempt, onFailure, random, limits, firstDelayMs }: RedialOptions): Redialer {
  let failures = 0;
  let state: 'waiting' | 'trying' | 'reached' | 'stopped' = 'waiting';
  let reachedAt = 0;
  let timer = setTimeout(() => tryNow(), firstDelayMs);
  const schedule = (): void => {
    const longest = Math.min(limits.redialMaxMs, limits.redialFirstMs * 2 ** Math.min(failures, 16));
    failures += 1;
    state = 'waiting';
    clearTimeout(timer);
    timer = setTimeout(() => tryNow(), longest * (0.5 + random() / 2));
  };
  const failed = (error: unknown): void => {
    onFailure(
      error instanceof CaroError
        ? error
        : new CaroError('internal', 'dialling failed because of a defect in Caro mesh'),
    );
    if (state === 'trying') schedule();
  };
  const tryNow = (): void => {
    if (state !== 'waiting') return;
    clearTimeout(timer);
    state = 'trying';
    attempt().catch(failed);
  };
  return {
    reached: () => {
      if (state === 'stopped') return;
      clearTimeout(timer);
      state = 'reached';
      reachedAt = steadyMs();
    },
    lost: () => {
      if (state === 'stopped' || state === 'waiting') return;
      // The backoff is kept after a short connection. Otherwise a peer that keeps hanging up would
      // cause a new connection, with its audit records, every other second.
      if (state === 'reached' && steadyMs() - reachedAt > limits.redialMaxMs) failures = 0;
      schedule();
    },
    retryNow: () => {
      failures = 0;
      tryNow();
    },
    stop: () => {
      state = 'stopped';
      clearTimeout(timer);
    },
  };
}

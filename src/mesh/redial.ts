import { CaroError } from '../domain/errors.ts';
import { steadyMs } from '../platform/steady-clock.ts';
import type { MeshLimits } from './transport/limits.ts';

/**
 * Keeps trying one peer: exponential backoff from 1 s to 60 s, each wait between half and all of it
 * (design.md §7).
 */
export interface Redialer {
  /** The peer is connected, whichever side dialled: no more tries until `lost`. */
  readonly reached: () => void;
  /** The connection has ended. */
  readonly lost: () => void;
  /** Tries at once, e.g. because the configuration has changed. */
  readonly hurry: () => void;
  readonly stop: () => void;
}

export interface RedialOptions {
  /**
   * Tries once; resolves when the attempt has led to a connection, which reports to `reached` and
   * `lost`.
   */
  readonly attempt: () => Promise<void>;
  readonly onFailure: (error: CaroError) => void;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly limits: Pick<MeshLimits, 'redialFirstMs' | 'redialMostMs'>;
  /** Wait before the very first try, in ms. */
  readonly firstDelayMs: number;
}

export function createRedialer({ attempt, onFailure, random, limits, firstDelayMs }: RedialOptions): Redialer {
  let failures = 0;
  let state: 'waiting' | 'trying' | 'reached' | 'stopped' = 'waiting';
  let reachedAt = 0;
  let timer = setTimeout(() => tryNow(), firstDelayMs);
  const schedule = (): void => {
    const longest = Math.min(limits.redialMostMs, limits.redialFirstMs * 2 ** Math.min(failures, 16));
    failures += 1;
    state = 'waiting';
    clearTimeout(timer);
    timer = setTimeout(() => tryNow(), longest * (0.5 + random() / 2));
  };
  const failed = (error: unknown): void => {
    onFailure(error instanceof CaroError ? error : new CaroError('internal', 'expected a connection, got a defect'));
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
      // A peer that drops us soon is no success: it could have us come back, and put it on record,
      // every other second.
      if (state === 'reached' && steadyMs() - reachedAt > limits.redialMostMs) failures = 0;
      schedule();
    },
    hurry: () => {
      failures = 0;
      tryNow();
    },
    stop: () => {
      state = 'stopped';
      clearTimeout(timer);
    },
  };
}

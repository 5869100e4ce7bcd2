import { CaroError, type ErrorCode } from '../domain/errors.ts';
import { steadyMs } from '../platform/steady-clock.ts';
import type { MeshLimits } from './transport/limits.ts';

/**
 * Dials one peer until it is connected, with exponential backoff from 1 s to 60 s. Jitter takes off
 * up to half of each wait (docs/design.md §7). While the peer merely does not answer, no wait of
 * the first quarter of an hour is longer than 5 s: the peers of a node that restarts soon dial it,
 * and an attempt without an answer costs neither side work.
 */
export interface Redialer {
  /** The peer is connected, from either side: dialling stops until `lost`. */
  readonly reached: () => void;
  /** The connection has ended; dialling starts again. */
  readonly lost: () => void;
  /**
   * Dials immediately, or after the attempt that is running, for example after a change of the
   * configuration.
   */
  readonly retryNow: () => void;
  /** Dials immediately and keeps the backoff: for what other nodes can cause. */
  readonly tryNow: () => void;
  /** Gives up the attempt that is running; its failure is not reported. */
  readonly stop: () => void;
}

export interface RedialOptions {
  /**
   * Dials once, and gives up when the signal is aborted. If it resolves, the connection MUST be
   * reported with `reached` and `lost`.
   */
  readonly attempt: (signal: AbortSignal) => Promise<void>;
  readonly onFailure: (error: CaroError) => void;
  /** Random number in [0, 1). */
  readonly random: () => number;
  readonly limits: Pick<MeshLimits, 'redialFirstMs' | 'redialMaxMs' | 'redialAwayMs' | 'redialAwayForMs'>;
  /** Wait before the first attempt, in ms. */
  readonly firstDelayMs: number;
}

/** Codes of peers that are away; any other code is a refusal by one of the two sides. */
export const AWAY: readonly (ErrorCode | null)[] = [null, 'peer_unreachable', 'peer_gone', 'tls_timeout'];

export function createRedialer({ attempt, onFailure, random, limits, firstDelayMs }: RedialOptions): Redialer {
  let state: 'waiting' | 'trying' | 'reached' | 'stopped' = 'waiting';
  const backoff = createBackoff(limits);
  /** During an attempt, which does not know an address that was found meanwhile. */
  let isAsked = false;
  let running: AbortController | undefined;
  let timer = setTimeout(() => tryNow(), firstDelayMs);
  const schedule = (longest: number): void => {
    state = 'waiting';
    clearTimeout(timer);
    timer = setTimeout(() => tryNow(), longest * (0.5 + random() / 2));
  };
  const failed = (cause: unknown): void => {
    if (state === 'stopped') return;
    const error =
      cause instanceof CaroError
        ? cause
        : new CaroError('internal', 'dialling failed because of a defect in Caro mesh');
    onFailure(error);
    const wait = AWAY.includes(error.code) ? backoff.absent() : backoff.refused();
    if (state !== 'trying') return;
    schedule(wait);
    if (isAsked) tryNow();
  };
  const tryNow = (): void => {
    isAsked = state === 'trying';
    if (state !== 'waiting') return;
    clearTimeout(timer);
    state = 'trying';
    running = new AbortController();
    attempt(running.signal).catch(failed);
  };
  return {
    reached: () => {
      if (state === 'stopped') return;
      clearTimeout(timer);
      state = 'reached';
      backoff.reached();
    },
    lost: () => {
      if (state === 'stopped' || state === 'waiting') return;
      schedule(backoff.lost(state === 'reached'));
    },
    retryNow: () => {
      backoff.forget();
      tryNow();
    },
    tryNow,
    stop: () => {
      state = 'stopped';
      clearTimeout(timer);
      running?.abort();
    },
  };
}

/** The longest wait before the next attempt, in ms, by what the last ones ended with. */
function createBackoff({ redialFirstMs, redialMaxMs, redialAwayMs, redialAwayForMs }: RedialOptions['limits']) {
  /** Attempts without an answer and refused ones since the last connection. */
  let absences = 0;
  let refusals = 0;
  /** Connections that ended soon, since the last one that did not. */
  let drops = 0;
  let since = steadyMs();
  const wait = (times: number, most: number): number => Math.min(most, redialFirstMs * 2 ** Math.min(times, 16));
  return {
    absent: (): number => {
      absences += 1;
      return wait(absences - 1, steadyMs() - since < redialAwayForMs ? redialAwayMs : redialMaxMs);
    },
    refused: (): number => {
      refusals += 1;
      return wait(refusals - 1, redialMaxMs);
    },
    reached: (): void => {
      absences = 0;
      refusals = 0;
      since = steadyMs();
    },
    /** @param wasReached whether the connection was in use */
    lost: (wasReached: boolean): number => {
      // A peer that keeps hanging up would otherwise cause a new connection, with its audit
      // records, every other second. One short connection is no such peer: nodes restart.
      drops = wasReached && steadyMs() - since > redialMaxMs ? 0 : drops + 1;
      since = steadyMs();
      return wait(Math.max(0, drops - 1), redialMaxMs);
    },
    forget: (): void => {
      absences = 0;
      refusals = 0;
      drops = 0;
    },
  };
}

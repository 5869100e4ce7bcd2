import { CaroError } from '../domain/errors.ts';

/** RFC 8305 §5, §8. */
export const ATTEMPT_DELAY_MS = 250;

/** Dials one address. MUST give up when the signal is aborted. */
export type DialAddress = (address: string, signal: AbortSignal) => Promise<void>;

/**
 * Dials addresses in order: the next one when one has failed, or after 250 ms without an answer
 * (RFC 8305). So a dead address does not delay the others. Resolves with the first that is reached,
 * and gives up the others. When `signal` is aborted, it gives up all.
 *
 * @throws the most telling error, once all have failed
 */
export function dialFirst(addresses: readonly string[], dial: DialAddress, signal: AbortSignal): Promise<void> {
  const [...waiting] = addresses;
  const won = new AbortController();
  const over = AbortSignal.any([signal, won.signal]);
  let worst: Error = new CaroError('peer_unreachable', 'no address of the peer is known; it has to dial this node');
  let running = 0;
  return new Promise((resolve, reject) => {
    const next = (): void => {
      const address = over.aborted ? undefined : waiting.shift();
      if (address === undefined) {
        if (running === 0) reject(worst);
        return;
      }
      running += 1;
      const timer = waiting.length > 0 ? setTimeout(next, ATTEMPT_DELAY_MS) : undefined;
      dial(address, over).then(
        () => {
          clearTimeout(timer);
          waiting.length = 0;
          won.abort();
          resolve();
        },
        (error: unknown) => {
          clearTimeout(timer);
          running -= 1;
          worst = moreTelling(worst, error instanceof Error ? error : new Error('dialling failed'));
          next();
        },
      );
    };
    next();
  });
}

/** A refusal says more than an address without an answer; of two refusals, the later one counts. */
const moreTelling = (known: Error, error: Error): Error =>
  isUnreachable(error) && !isUnreachable(known) ? known : error;

const isUnreachable = (error: Error): boolean => error instanceof CaroError && error.code === 'peer_unreachable';

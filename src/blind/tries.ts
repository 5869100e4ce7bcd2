import { CaroError } from '../domain/errors.ts';

/**
 * Several exchanges with one peer. While the peer is away, each of them is tried all the same: a
 * folder that is carried takes all requests at once.
 */
export function createTries() {
  let away: CaroError | undefined;
  return {
    /** @throws CaroError if the exchange failed for another reason */
    attempt: async (exchange: () => Promise<void>): Promise<void> => {
      try {
        await exchange();
      } catch (error) {
        if (!(error instanceof CaroError) || error.code !== 'peer_unreachable') throw error;
        away ??= error;
      }
    },
    /** @throws CaroError `peer_unreachable` if the peer was away */
    end: (): void => {
      if (away) throw away;
    },
  };
}

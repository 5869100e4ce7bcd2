import { CaroError, type ErrorCode } from '../domain/errors.ts';

const hasCode = (error: unknown, codes: readonly ErrorCode[]): boolean =>
  error instanceof CaroError && codes.includes(error.code);

/** A folder that is carried takes all requests at once, while the peer is away. */
const isUnreachable = (error: unknown): boolean => hasCode(error, ['peer_unreachable']);

/** What comes next would wait as long, and fail as well. */
const isInterrupted = (error: unknown): boolean =>
  hasCode(error, ['peer_gone', 'peer_frozen', 'deadline_exceeded', 'clock_skewed', 'not_running']);

/** The peer is not connected: the exchange goes on when it is. */
export const isAway = (error: unknown): boolean => isUnreachable(error) || isInterrupted(error);

/** Whether a failure is of one day, and says nothing about the others. */
export const isOfOneDay = (error: unknown): boolean => !isInterrupted(error);

/**
 * Several steps, of which one that fails does not keep the others from being tried.
 * @param goesOn whether the others are tried after this error
 */
export function createTries(goesOn: (error: unknown) => boolean = isUnreachable) {
  const failures: unknown[] = [];
  return {
    /** @throws the error of the step, unless the others are tried after it */
    attempt: async (step: () => Promise<void>): Promise<void> => {
      try {
        await step();
      } catch (error) {
        if (!goesOn(error)) throw error;
        failures.push(error);
      }
    },
    /** @throws the first error; that the peer is away only if there is no other one */
    end: (): void => {
      if (failures.length > 0) throw failures.find((error) => !isAway(error)) ?? failures[0];
    },
  };
}

import type { Log } from '../domain/log.ts';

export interface Rounds {
  /** Begins a round, or has one more follow the round that runs, for what came meanwhile. */
  readonly request: () => void;
  /** As `request`; resolves when that round is over. */
  readonly run: () => Promise<void>;
  /** Begins no more rounds; resolves when the last one is over. */
  readonly end: () => Promise<void>;
}

/**
 * Work that runs outside a mailbox, one round at a time. `failure` is logged for a round that
 * fails.
 */
export function createRounds(work: () => Promise<void>, log: Pick<Log, 'error'>, failure: string): Rounds {
  let running: Promise<void> | undefined;
  let isWanted = false;
  let hasEnded = false;
  const run = async (): Promise<void> => {
    while (isWanted && !hasEnded) {
      isWanted = false;
      await work().catch((error: unknown) => log.error({ err: error }, failure));
    }
    running = undefined;
  };
  const request = (): void => {
    isWanted = true;
    if (!hasEnded) running ??= run();
  };
  return {
    request,
    run: async () => {
      request();
      await running;
    },
    end: async () => {
      hasEnded = true;
      await running;
    },
  };
}

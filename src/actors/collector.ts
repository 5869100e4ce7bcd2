import type { Actor } from '../bus/actor.ts';
import type { Configuration } from '../domain/configuration.ts';
import { CaroError } from '../domain/errors.ts';
import { DAY_MS } from '../domain/period.ts';
import type { ObserveStatus } from '../domain/status.ts';
import { type IntakePorts, SpoolIntake } from './spool-intake.ts';

export interface CollectorPorts extends IntakePorts {
  readonly facts: () => Pick<ObserveStatus, 'events' | 'dropped' | 'shells'>;
  /** Bytes in the spool that are not committed yet. */
  readonly pending: () => number;
  /** Removes at most `limit` events that started before `beforeMs`; returns how many. */
  readonly prune: (beforeMs: number, limit: number) => number;
  readonly pruneRollups: (beforeMs: number) => void;
}

type Kinds = 'spool.changed' | 'observe.status' | 'clock.quarter' | 'config.commit';

const PRUNE_ROWS = 5_000;

/** Turns spool records into stored events (FR-401, FR-402, FR-405) and forgets them when the owner wants (retention). */
export function createCollector(
  ports: CollectorPorts,
  initial: Pick<Configuration, 'observe' | 'retention'>,
): Actor<Kinds> {
  let { observe, retention } = initial;
  let fullDisk: string | null = null;
  const intake = new SpoolIntake(ports, () => observe);

  const take = async (files: readonly string[] | 'all'): Promise<void> => {
    try {
      await (files === 'all' ? intake.sweep() : intake.drain(files));
      fullDisk = null;
    } catch (error) {
      // The spool keeps what could not be stored; the next sweep tries again.
      if (!(error instanceof CaroError) || error.code !== 'disk_full') throw error;
      fullDisk = error.message;
    }
  };
  const trouble = (): string | null => {
    if (fullDisk !== null) return fullDisk;
    return intake.refused === 0
      ? null
      : `${intake.refused} entries in the spool are no plain files of this user; they are not read`;
  };
  return {
    name: 'collector',
    handlers: {
      'spool.changed': ({ files }) => take(files),
      'observe.status': () => ({ ...ports.facts(), pending: ports.pending(), trouble: trouble() }),
      'clock.quarter': async ({ nowMs }) => {
        while (ports.prune(nowMs - retention.events_days * DAY_MS, PRUNE_ROWS) === PRUNE_ROWS) {
          await new Promise((resolve) => setImmediate(resolve));
        }
        ports.pruneRollups(nowMs - retention.summaries_days * DAY_MS);
      },
      'config.commit': (configuration) => {
        ({ observe, retention } = configuration);
        return null;
      },
    },
  };
}

import type { Actor } from '../../bus/actor.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { pauseAt } from '../../domain/spool/pause.ts';
import type { ObserveStatus } from '../../domain/status/status.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import type { Pauses } from '../../storage/spool/pause-files.ts';
import { Deletion, type DeletionPorts } from './deletion.ts';
import { Pruning, type PruningPorts } from './pruning.ts';
import { Reading } from './reading.ts';
import { type IntakePorts, SpoolIntake } from './spool-intake.ts';

export interface CollectorPorts extends IntakePorts, PruningPorts, Pick<DeletionPorts, 'removal'> {
  readonly facts: () => Pick<ObserveStatus, 'events' | 'dropped' | 'shells'>;
  /** Which agents run and report. */
  readonly agents: () => Promise<ObserveStatus['agents']>;
  readonly pauses: Pick<Pauses, 'read' | 'expire'>;
  /** Applies the settings of the guard to the shells of a person. */
  readonly refreshGuard: (settings: Pick<Configuration, 'guard' | 'rules'>) => void;
  /** Tests whether a working directory is in one of these folders. */
  readonly privatePlaces: (folders: Configuration['observe']['private']) => (directory: string) => boolean;
  /** Bytes in the spool that are not committed yet. */
  readonly pending: () => number;
}

type Kinds =
  | 'spool.changed'
  | 'spool.backlog'
  | 'observe.status'
  | 'events.delete'
  | 'clock.quarter'
  | 'retention.slice'
  | 'config.commit';

/**
 * Turns spool records into stored events (FR-401, FR-402, FR-405), and deletes them when their
 * retention ends.
 */
export function createCollector(
  ports: CollectorPorts,
  initial: Pick<Configuration, 'observe' | 'retention' | 'agents' | 'guard' | 'rules'>,
): Actor<Kinds> {
  let { observe, retention, agents } = initial;
  let isPrivate = ports.privatePlaces(observe.private);
  ports.refreshGuard(initial);
  const intake = new SpoolIntake(ports, () => ({
    ...observe,
    agents: agents.observe,
    isPrivate,
    pauses: ports.pauses.read(),
  }));
  const deletion = new Deletion(ports);
  const reading = new Reading(ports, intake);
  const trouble = (): string | null => reading.fullDisk ?? refusalText(intake.refused);
  const pruning = new Pruning(ports);
  return {
    name: 'collector',
    // It waits for a thread: nothing is observed later because of it.
    concurrent: ['events.delete'],
    stop: () => pruning.stop(),
    handlers: {
      'spool.changed': ({ files }) => reading.changed(files),
      'spool.backlog': () => reading.goOn(),
      'observe.status': async () => ({
        ...ports.facts(),
        agents: await ports.agents(),
        pending: ports.pending(),
        setAside: intake.setAside,
        pausedUntil: pausedUntil(ports),
        trouble: trouble(),
      }),
      'events.delete': ({ ids }) => deletion.delete(ids),
      'clock.quarter': async ({ retentionMs }) => {
        pruning.begin(retentionMs, retention);
        await deletion.retry();
      },
      'retention.slice': ({ nowMs }) => pruning.next(nowMs, retention),
      'config.commit': (configuration) => {
        ({ observe, retention, agents } = configuration);
        isPrivate = ports.privatePlaces(observe.private);
        ports.refreshGuard(configuration);
        return null;
      },
    },
  };
}

function pausedUntil({ pauses, now }: Pick<CollectorPorts, 'pauses' | 'now'>): string | null {
  const pause = pauseAt(pauses.read(), now());
  return pause && isoTime(pause.untilMs);
}

const refusalText = (refused: number): string | null =>
  refused === 0 ? null : `${refused} spool entries are not regular files of this user and are not read`;

import type { Actor } from '../../bus/actor.ts';
import { yieldToEventLoop } from '../../bus/event-loop.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { CaroError } from '../../domain/errors.ts';
import { pauseAt } from '../../domain/spool/pause.ts';
import type { ObserveStatus } from '../../domain/status/status.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import type { Pauses } from '../../storage/spool/pause-files.ts';
import { Deletion, type DeletionPorts } from './deletion.ts';
import { recordGuardActs } from './guard-notes.ts';
import { recordImports } from './import-notes.ts';
import { Pruning, type PruningPorts } from './pruning.ts';
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
  let fullDisk: string | null = null;
  const intake = new SpoolIntake(ports, () => ({
    ...observe,
    agents: agents.observe,
    isPrivate,
    pauses: ports.pauses.read(),
  }));
  const deletion = new Deletion(ports);

  let readsOn = false;
  /** The rest of a backlog comes in messages of its own, so that others are handled in between. */
  const readOn = async (): Promise<void> => {
    if (readsOn || !intake.hasMore) return;
    readsOn = true;
    await yieldToEventLoop();
    await ports.bus.publish('spool.backlog', {});
  };
  const take = async (): Promise<void> => {
    try {
      ports.pauses.expire(ports.now());
      const swept = await intake.next();
      await recordImports(ports, swept);
      await recordGuardActs(ports, swept);
      fullDisk = null;
    } catch (error) {
      intake.startOver();
      // The spool keeps what could not be stored; the next sweep tries again.
      if (!(error instanceof CaroError) || error.code !== 'disk_full') throw error;
      fullDisk = error.message;
    }
    // Not awaited: this message is still in the mailbox.
    void readOn().catch(() => undefined);
  };
  const trouble = (): string | null => fullDisk ?? refusalText(intake.refused);
  const pruning = new Pruning(ports);
  return {
    name: 'collector',
    // It waits for a thread: nothing is observed later because of it.
    concurrent: ['events.delete'],
    stop: () => pruning.stop(),
    handlers: {
      'spool.changed': ({ files }) => {
        if (files === 'all') intake.beginSweep();
        else intake.changed(files);
        return readsOn ? undefined : take();
      },
      'spool.backlog': () => {
        readsOn = false;
        return take();
      },
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

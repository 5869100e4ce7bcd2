import type { OpenedTask } from '../../blind/task.ts';
import type { AggregatorRole } from '../../blind/vdaf/vdaf.ts';
import { CaroError, type ErrorCode } from '../../domain/errors.ts';
import type { BlindEngine } from './engine.ts';
import type { BlindReporterPorts } from './ports.ts';
import { ROLES } from './views.ts';

/** Exchanges with the aggregators, which wait for the network and run outside the mailbox. */
export interface Errands {
  /** Sends what waits, and reads the release log. Does nothing that is under way already. */
  readonly start: (task: OpenedTask) => void;
  /** As `start`, and reads the release log whenever it was read last; resolves when it is done. */
  readonly run: (task: OpenedTask) => Promise<void>;
  /** No report is made because the clock of this aggregator is another one. */
  readonly noteSkew: (role: AggregatorRole) => void;
  /** Code with which the last exchange with each aggregator failed; null if it did not. */
  readonly trouble: () => Readonly<Record<AggregatorRole, ErrorCode | null>>;
  /** Resolves when nothing is under way. */
  readonly end: () => Promise<void>;
}

/** How often the release log is asked for, while a day of this node is missing in it. */
const LOG_MS = 3_600_000;
/** How long a stop waits for replies that may be on their way. */
const END_MS = 500;

export function createErrands(
  { store, log, now }: Pick<BlindReporterPorts, 'store' | 'log' | 'now'>,
  engine: () => Promise<BlindEngine>,
): Errands {
  const active = new Map<string, Promise<void>>();
  let askedMs = Number.NEGATIVE_INFINITY;
  const trouble: Record<AggregatorRole, ErrorCode | null> = { leader: null, trustee: null };
  const begin = (name: string, role: AggregatorRole, work: () => Promise<void>): void => {
    if (active.has(name)) return;
    const done = work()
      .then(() => {
        trouble[role] = null;
      })
      // A peer that is away, or refuses for now, gets it later. The gate records its refusals.
      .catch((error: unknown) => {
        trouble[role] = error instanceof CaroError ? error.code : 'internal';
        if (!(error instanceof CaroError)) log.error({ err: error }, 'blind totals: exchange failed');
      })
      .finally(() => active.delete(name));
    active.set(name, done);
  };
  const start = (task: OpenedTask): void => {
    for (const role of ROLES) {
      if (store.outbox(task.id, role).length > 0) begin(role, role, async () => (await engine()).deliver(task, role));
    }
    if (now() - askedMs < LOG_MS && now() >= askedMs) return;
    if (store.unreleased(task.id).length === 0) return;
    begin('log', 'trustee', async () => {
      await (await engine()).readLog(task);
      askedMs = now();
    });
  };
  return {
    start,
    run: async (task) => {
      // What is under way may have begun without the folder.
      await Promise.allSettled(active.values());
      askedMs = Number.NEGATIVE_INFINITY;
      start(task);
      await Promise.allSettled(active.values());
    },
    noteSkew: (role) => {
      trouble[role] = 'clock_skewed';
    },
    trouble: () => ({ ...trouble }),
    end: async () => {
      await Promise.race([Promise.allSettled(active.values()), new Promise((resolve) => setTimeout(resolve, END_MS))]);
    },
  };
}

import type { BusClient } from '../../bus/bus.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { DAY_MS } from '../../domain/time/period.ts';

export interface PruningPorts {
  readonly bus: BusClient;
  /** Removes at most `limit` events that started before `beforeMs`; returns how many. */
  readonly prune: (beforeMs: number, limit: number) => number;
  /** Removes rollups of at most `slots` slots before `beforeMs`; true if there are more. */
  readonly pruneRollups: (beforeMs: number, slots: number) => boolean;
}

type Limits = Configuration['retention'];

/**
 * One slice of retention, small enough for a waiting observation to be committed in milliseconds.
 */
const SLICE = { events: 500, slots: 4 } as const;
/** Pause between slices. Observations made meanwhile come first in the mailbox. */
const SLICE_PAUSE_MS = 10;

/** Removes what is older than retention keeps it, slice by slice. */
export class Pruning {
  #next: NodeJS.Timeout | undefined;

  constructor(private readonly ports: PruningPorts) {}

  /** Does nothing while an earlier one goes on. */
  begin(nowMs: number, limits: Limits): void {
    if (this.#next === undefined) this.next(nowMs, limits);
  }

  next(nowMs: number, { events_days: days, summaries_days: rollupDays }: Limits): void {
    this.#next = undefined;
    const moreEvents = this.ports.prune(nowMs - days * DAY_MS, SLICE.events) === SLICE.events;
    const moreRollups = this.ports.pruneRollups(nowMs - rollupDays * DAY_MS, SLICE.slots);
    if (!moreEvents && !moreRollups) return;
    this.#next = setTimeout(
      () => void this.ports.bus.publish('retention.slice', { nowMs }).catch(() => undefined),
      SLICE_PAUSE_MS,
    );
  }

  stop(): void {
    clearTimeout(this.#next);
  }
}

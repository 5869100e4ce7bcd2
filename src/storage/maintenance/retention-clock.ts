import { DAY_MS } from '../../domain/time/period.ts';
import type { MetaStore } from '../meta-store.ts';

/** What the owner's nights and suspended machines explain. */
const LEAP_MS = DAY_MS / 2;
/** So long the service has to run under a clock that leapt before anything is deleted by it. */
const PROBATION_MS = DAY_MS;
const KEY = 'retention_clock';

interface State {
  /** The time that deletions go by, in ms since the epoch. */
  readonly believedMs: number;
  /** How long the service has run under a clock that is far ahead of it. */
  readonly heldMs: number;
}

/**
 * The time by which retention deletes. It follows the system's clock, except where that leaps ahead
 * by more than half a day: a dead battery or a mistyped year must not delete everything at once.
 * After a day of running under the new time it is believed; a machine that was off for longer than
 * a night is late with deleting by that much, and never early.
 */
export class RetentionClock {
  #state: State;
  #seenAt: number;

  /**
   * What was believed last stands in the database, from the first start on: a leap may come before
   * the first deletion.
   * @param nowMs of the system's clock; `steadyMs` of one that never leaps, such as that of
   *   `steady-clock.ts`
   */
  constructor(
    private readonly meta: MetaStore,
    nowMs: number,
    steadyMs: number,
  ) {
    const text = meta.get(KEY);
    this.#state = text === undefined ? { believedMs: nowMs, heldMs: 0 } : (JSON.parse(text) as State);
    this.#seenAt = steadyMs;
    if (text === undefined) this.#keep();
  }

  /** The arguments are those of the constructor. */
  read(nowMs: number, steadyMs: number): number {
    const passed = Math.max(0, steadyMs - this.#seenAt);
    this.#seenAt = steadyMs;
    this.#state = advance(this.#state, nowMs, passed);
    this.#keep();
    return this.#state.believedMs;
  }

  #keep(): void {
    this.meta.set(KEY, JSON.stringify(this.#state));
  }
}

function advance({ believedMs, heldMs }: State, nowMs: number, passed: number): State {
  if (nowMs <= believedMs + passed + LEAP_MS) return { believedMs: nowMs, heldMs: 0 };
  const held = heldMs + passed;
  return held >= PROBATION_MS ? { believedMs: nowMs, heldMs: 0 } : { believedMs: believedMs + passed, heldMs: held };
}

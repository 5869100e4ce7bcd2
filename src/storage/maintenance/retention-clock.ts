import { DAY_MS } from '../../domain/time/period.ts';
import type { MetaStore } from '../meta-store.ts';

/** A leap up to this is explained by a machine that was off or suspended overnight. */
const LEAP_MS = DAY_MS / 2;
/** How long the service must run under a clock that leapt before deletions follow it. */
const PROBATION_MS = DAY_MS;
const KEY = 'retention_clock';

interface State {
  /** The time that deletions use, in ms since the epoch. */
  readonly believedMs: number;
  /** How long the service has run under a clock that is far ahead of it. */
  readonly heldMs: number;
}

/**
 * The time that retention uses. It follows the system clock, except when that leaps ahead by more
 * than half a day: a dead battery or a mistyped year must not delete everything at once. After a
 * day under the new time it is accepted. After a longer downtime deletions are therefore late, and
 * never early.
 */
export class RetentionClock {
  #state: State;
  #seenAt: number;

  /**
   * The last accepted time is in the database from the first start on, because a leap may come
   * before the first deletion.
   * @param nowMs time of the system clock
   * @param steadyMs time of a clock that never leaps (src/platform/steady-clock.ts)
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

  /** Arguments as for the constructor. */
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

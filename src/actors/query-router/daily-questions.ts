import {
  type DailyMemory,
  dayOf,
  NEVER_ASKED,
  plannedMs,
  SETTLING_MS,
  unasked,
  withAsked,
  withPlan,
} from '../../domain/answers/daily-plan.ts';
import type { QueryType } from '../../domain/policy/trust.ts';
import { DAY_MS } from '../../domain/time/period.ts';

export interface DailyPorts {
  /**
   * Sends `questions.ask` at the time that was set last, or earlier (`createAlarm` of
   * src/platform/alarm.ts).
   */
  readonly alarm: () => { readonly set: (atMs: number | null) => void; readonly stop: () => void };
  readonly memory: { readonly read: () => string | undefined; readonly write: (text: string) => void };
  /** A whole number from 0 to below its argument. */
  readonly random: (below: number) => number;
  readonly now: () => number;
  /** Milliseconds that never run backwards. */
  readonly ticks: () => number;
}

export interface DailyQuestions {
  /** MUST be called at the start, every quarter of an hour, and when `types` may have changed. */
  readonly arm: (types: readonly QueryType[]) => void;
  /** Asks what is due. MUST be called when the alarm rings. */
  readonly askDue: (types: readonly QueryType[]) => Promise<void>;
  readonly stop: () => void;
}

/** From the start of the actor to its first message. */
const SOON_MS = 1_000;

/**
 * Asks the questions of `analyst.daily` once a UTC day each, at a random minute (docs/queries.md
 * "Saved answers"). A node that was off at that minute asks once it runs again on this day.
 */
export function createDailyQuestions(ports: DailyPorts, ask: (type: QueryType) => Promise<unknown>): DailyQuestions {
  const { now, ticks } = ports;
  const [startedMs, startedTicks] = [now(), ticks()];
  const alarm = ports.alarm();
  let isAsking = false;
  const read = (): DailyMemory => {
    const text = ports.memory.read();
    return text === undefined ? NEVER_ASKED : (JSON.parse(text) as DailyMemory);
  };
  const write = (memory: DailyMemory): void => ports.memory.write(JSON.stringify(memory));
  /** Sets the alarm for what comes next; whether something is due now. */
  const plan = (types: readonly QueryType[]): boolean => {
    const nowMs = now();
    const before = read();
    const memory = withPlan(before, nowMs, dayOf(nowMs) > dayOf(startedMs), ports.random);
    if (memory !== before) write(memory);
    const settledMs = nowMs + Math.max(0, startedTicks + SETTLING_MS - ticks());
    const dueMs = Math.max(plannedMs(memory), settledMs);
    const isDone = unasked(memory, types, nowMs).length === 0;
    alarm.set(isDone ? (dayOf(nowMs) + 1) * DAY_MS : dueMs);
    return !isDone && nowMs >= dueMs;
  };
  return {
    arm: (types) => alarm.set(types.length === 0 ? null : now() + SOON_MS),
    askDue: async (types) => {
      if (types.length === 0 || isAsking || !plan(types)) return;
      isAsking = true;
      try {
        for (const type of unasked(read(), types, now())) {
          write(withAsked(read(), type, now()));
          await ask(type);
        }
        plan(types);
      } finally {
        isAsking = false;
      }
    },
    stop: () => alarm.stop(),
  };
}

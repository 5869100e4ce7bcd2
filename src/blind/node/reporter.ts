/* A node's part in one task of blind totals: it makes, sends and accounts for its reports. */

import type { AuditEntry } from '../../domain/audit/audit-record.ts';
import type { DayCells } from '../../domain/blind/participation.ts';
import { DAY_MS } from '../../domain/time/period.ts';
import { documentHash } from '../../identity/signed-document.ts';
import type { DayRow, MadeReport, ReportStore } from '../../storage/blind/report-store.ts';
import { dayEnd, dayOf, dayStart, openDays, windowEnd } from '../day.ts';
import { dayLayout } from '../layout/day-1.ts';
import { joinRandomness, type ReportRandomness } from '../report-bytes.ts';
import type { OpenedTask } from '../task.ts';
import type { AggregatorRole } from '../vdaf/vdaf.ts';

/** Reports leave at a random time in this span after the day. */
export const SPREAD_MS = 6 * 3_600_000;
/** When a report that is due is tried again; usually an aggregator connects earlier. */
const RETRY_MS = 900_000;

type Envelopes = Readonly<Record<AggregatorRole, MadeReport['envelopes']['leader']['document']>>;

export interface ReporterPorts {
  readonly store: ReportStore;
  /** Cells of [startMs, endMs), in a thread. */
  readonly measure: (task: OpenedTask, startMs: number, endMs: number) => Promise<readonly number[]>;
  /** The two envelopes, signed with the present key, in a thread. `node`: whose key that is. */
  readonly shard: (
    task: OpenedTask,
    day: string,
    cells: readonly number[],
    randomness: ReportRandomness,
  ) => Promise<{ readonly node: string; readonly envelopes: Envelopes }>;
  readonly randomness: () => ReportRandomness;
  /** A whole number from 0 to below its argument. */
  readonly random: (below: number) => number;
  readonly audit: (entry: AuditEntry) => Promise<unknown>;
  /**
   * Whether leader or trustee answers now. Every message is signed with a time and refused if the
   * clocks of both sides differ by more than five minutes, so an answer confirms this node's clock.
   */
  readonly isTimeConfirmed: () => Promise<boolean>;
  readonly now: () => number;
}

export interface Reporter {
  /**
   * Plans days that are over, and makes the reports that are due once an aggregator has confirmed
   * the time. A clock that is ahead must neither spend days that are still to come nor give up
   * present ones.
   *
   * @param isTimeConfirmed whether the owner has just looked at the clock
   */
  readonly makeDue: (isTimeConfirmed?: boolean) => Promise<void>;
  /** Forgets days before this one, but none that may still be reported. */
  readonly prune: (beforeDay: string, nowMs: number) => void;
  /** When `makeDue` has something to do next, in ms since the epoch. */
  readonly nextMs: () => number;
  /** Days that are over and whose report is not made yet, oldest first. */
  readonly planned: () => ReturnType<ReportStore['planned']>;
  /** Whether no report about a day was made before its window was over. */
  readonly isGivenUp: (day: Pick<DayRow, 'day' | 'madeMs'>) => boolean;
  /** The next report as it would be now. */
  readonly preview: () => Promise<DayCells>;
}

/** @param joinedMs when the owner consented: the day of that instant is the first to be reported */
export function createReporter(task: OpenedTask, joinedMs: number, ports: ReporterPorts): Reporter {
  const { store, now, random } = ports;
  const first = dayOf(joinedMs);
  const openFrom = (nowMs: number): string => openDays(task.task, nowMs)[0] ?? dayOf(nowMs);
  const plan = (): void => {
    const nowMs = now();
    // Planned by a clock that was ahead: the next report is about an earlier day.
    store.unplan(task.id, dayOf(nowMs));
    const days = [...missedDays(store, nowMs, openFrom(nowMs)), ...openDays(task.task, nowMs)];
    for (const day of days.filter((one) => one >= first)) store.plan(day, task.id, dayEnd(day) + random(SPREAD_MS));
  };
  const planned = () => store.planned(task.id, openFrom(now()));
  const isDue = ({ day, dueMs }: { readonly day: string; readonly dueMs: number }): boolean =>
    // A clock that was set back must not let a day be reported before it is over.
    dueMs <= now() && dayEnd(day) <= now();
  return {
    makeDue: async (isTimeConfirmed = false) => {
      plan();
      const due = planned().filter(isDue);
      if (due.length === 0 || !(isTimeConfirmed || (await ports.isTimeConfirmed()))) return;
      store.expire(task.id, openFrom(now()));
      for (const { day } of due) if (now() < windowEnd(task.task, day)) await make(task, day, ports);
    },
    prune: (beforeDay, nowMs) => {
      const open = openFrom(nowMs);
      store.prune(open < beforeDay ? open : beforeDay);
    },
    nextMs: () => {
      const nowMs = now();
      const midnight = dayStart(dayOf(nowMs)) + DAY_MS;
      // What is due already waits for an aggregator.
      const times = planned().map(({ dueMs }) => (dueMs > nowMs ? dueMs : nowMs + RETRY_MS));
      return Math.min(midnight, ...times);
    },
    planned,
    isGivenUp: ({ day, madeMs }) => madeMs === null && day < openFrom(now()),
    preview: async () => {
      const nowMs = now();
      const [waiting] = planned();
      const day = waiting?.day ?? dayOf(nowMs);
      return previewOf(task, day, Math.min(nowMs, dayEnd(day)), ports.measure);
    },
  };
}

/** Longest time without the service, in days, of which each day is listed afterwards. */
const MOST_MISSED = 366;

/** Days since the newest one that is known, before this one: nobody was there to report them. */
function missedDays(store: ReportStore, nowMs: number, beforeDay: string): readonly string[] {
  const [newest] = store.days(1);
  const from = newest === undefined ? 0 : dayEnd(newest.day);
  const days: string[] = [];
  for (let ms = Math.max(from, nowMs - MOST_MISSED * DAY_MS); dayOf(ms) < beforeDay; ms += DAY_MS) days.push(dayOf(ms));
  return days;
}

/** What a report about a day would say with the figures until `endMs`. */
export async function previewOf(
  task: OpenedTask,
  day: string,
  endMs: number,
  measure: ReporterPorts['measure'],
): Promise<DayCells> {
  const values = await measure(task, dayStart(day), endMs);
  const { cells } = dayLayout(task.task.words);
  return {
    day,
    closed: endMs >= dayEnd(day),
    cells: cells.map(({ name, bits }, place) => ({ name, bits, value: values[place] ?? 0 })),
  };
}

/**
 * Measures a day, makes both envelopes, and spends the day with them in one transaction. Nothing
 * has left before that, so a crash before it loses nothing. After it, only these bytes may leave.
 */
async function make(task: OpenedTask, day: string, ports: ReporterPorts): Promise<void> {
  const { store, audit, now } = ports;
  const cells = await ports.measure(task, dayStart(day), dayEnd(day));
  const randomness = ports.randomness();
  const { node, envelopes } = await ports.shard(task, day, cells, randomness);
  const pending = (role: AggregatorRole): MadeReport['envelopes']['leader'] => ({
    recipient: task.task[role].node,
    hash: documentHash(envelopes[role]),
    document: envelopes[role],
  });
  // Before the day is spent: a record too many after a crash is better than one that is missing.
  await audit({ type: 'report.made', details: { task: task.id, day } });
  store.spend({
    day,
    task: task.id,
    node,
    madeMs: now(),
    cells,
    randomness: joinRandomness(randomness),
    envelopes: { leader: pending('leader'), trustee: pending('trustee') },
  });
}

import { gatherHours, hourStart, type Stretch } from '../../domain/anomalies/anomaly-detection.ts';
import { SLOT_MS, slotOf } from '../../domain/time/period.ts';
import type { Database } from '../database.ts';
import { slotsBetween } from '../rollups/rollup-range.ts';
import { readPatterns } from './pattern-table.ts';

const HIGH_RISK = 2;
/** Histories without different tools that are kept: the owner's, and that of the peers. */
const MAX_KEPT = 2;

/** The hours of the slots that begin in [fromMs, untilMs) without the commands of denied tools. */
export type ReadHours = (fromMs: number, untilMs: number, deniedTools: readonly string[]) => readonly Stretch[];

interface Kept {
  /** Earlier hours were dropped. */
  fromMs: number;
  /** All hours before this one are complete. */
  closedMs: number;
  readonly hours: Stretch[];
}

/** Reads hours from the rollups. */
export function hoursBetween(
  database: Database,
  fromMs: number,
  untilMs: number,
  deniedTools: readonly string[],
): readonly Stretch[] {
  const leftOut = deniedTools.length === 0 ? [] : readPatterns(database).idsOf(deniedTools);
  const slots = database
    .prepare(
      `SELECT slot, sum(count), sum(ended), sum(failures), sum(iif(risk >= ${HIGH_RISK}, count, 0))
       FROM ${slotsBetween(slotOf(fromMs), Math.ceil(untilMs / SLOT_MS), leftOut)} GROUP BY slot HAVING sum(count) > 0 ORDER BY slot`,
    )
    .raw()
    .all() as [number, number, number, number, number][];
  return gatherHours(
    slots.map(([slot, count, ended, failures, risky]) => ({
      startMs: slot * SLOT_MS,
      count,
      ended,
      failures,
      risky,
    })),
  );
}

/**
 * Keeps the hours that are over in memory, so that a year of history is read once and not with
 * every query. A change of an older slot makes the hours from that one on be read again: a command
 * that ends late, an import, a deletion by age. Hours after `untilMs` are dropped, since the clock
 * may have been set back.
 */
export function createHistoryHours(database: Database): ReadHours {
  const kept = new Map<string, Kept>();
  let earliestChangeMs: (() => number) | undefined;
  return (fromMs, untilMs, deniedTools) => {
    earliestChangeMs ??= watchSlots(database);
    const changedMs = earliestChangeMs();
    for (const known of kept.values()) keepBefore(known, changedMs);
    const key = [...deniedTools].sort().join(' ');
    const known = kept.get(key);
    const entry: Kept = known && known.fromMs <= fromMs ? known : { fromMs, closedMs: fromMs, hours: [] };
    // Back to the end of the order, in which the first one is dropped.
    kept.delete(key);
    if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value ?? '');
    kept.set(key, entry);
    const openMs = Math.max(fromMs, hourStart(slotOf(untilMs) * SLOT_MS));
    keepBefore(entry, openMs);
    const first = entry.hours.findIndex(({ startMs }) => startMs >= fromMs);
    entry.hours.splice(0, first === -1 ? entry.hours.length : first);
    entry.fromMs = fromMs;
    for (const hour of hoursBetween(database, Math.max(fromMs, entry.closedMs), untilMs, deniedTools))
      entry.hours.push(hour);
    entry.closedMs = openMs;
    return entry.hours;
  };
}

/** Drops the hours from `startMs` on, and those that were not over when they were read. */
function keepBefore(entry: Kept, startMs: number): void {
  entry.closedMs = Math.min(entry.closedMs, startMs);
  while ((entry.hours.at(-1)?.startMs ?? Number.NEGATIVE_INFINITY) >= entry.closedMs) entry.hours.pop();
}

/**
 * Starts to note the earliest slot that any statement of this connection changes. The function
 * gives the start of its hour, Infinity where nothing changed since the last call.
 */
function watchSlots(database: Database): () => number {
  const noted = (event: string, row: 'OLD' | 'NEW'): string => `
    CREATE TEMP TRIGGER changed_slot_${event} AFTER ${event} ON main.rollup_slot
      BEGIN UPDATE changed_slot SET slot = ${row}.slot WHERE slot IS NULL OR slot > ${row}.slot; END;`;
  database.exec(`
    CREATE TEMP TABLE changed_slot (slot INTEGER);
    INSERT INTO changed_slot VALUES (NULL);
    ${noted('INSERT', 'NEW')} ${noted('UPDATE', 'NEW')} ${noted('DELETE', 'OLD')}`);
  const read = database.prepare('SELECT slot FROM changed_slot').pluck();
  const reset = database.prepare('UPDATE changed_slot SET slot = NULL');
  return () => {
    const slot = read.get() as number | null;
    if (slot === null) return Number.POSITIVE_INFINITY;
    reset.run();
    return hourStart(slot * SLOT_MS);
  };
}

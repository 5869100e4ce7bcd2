import type { AnomalyReport } from '../../domain/anomalies/anomaly.ts';
import { dayStart, findAnomalies, type History } from '../../domain/anomalies/anomaly-detection.ts';
import { DAY_MS, SLOT_MS, slotOf } from '../../domain/time/period.ts';
import type { Database } from '../database.ts';
import { hoursBetween, type ReadHours } from '../events/history-hours.ts';
import { type PatternTable, readPatterns } from '../events/pattern-table.ts';
import { usageBetween } from '../rollups/rollup-range.ts';

/** Length of the history that defines what is usual. */
const HISTORY_MS = 365 * DAY_MS;

/**
 * Start of the history that defines what is usual at an instant. It is the start of a day, so that
 * what is left of the oldest hour and day does not depend on the minute of a query.
 */
export const historyStart = (nowMs: number): number => dayStart(nowMs - HISTORY_MS);

/** What was unusual in a span, without the commands of denied tools (canonical names). */
export function anomaliesOf(
  database: Database,
  sinceMs: number,
  untilMs: number,
  deniedTools: readonly string[] = [],
  readHours: ReadHours = (...range) => hoursBetween(database, ...range),
): AnomalyReport {
  const history = readHistory(database, historyStart(untilMs), sinceMs, untilMs, deniedTools, readHours);
  return findAnomalies(history, { sinceMs, untilMs });
}

/**
 * A node's own history for `findAnomalies`: the hours of the slots that begin in [fromMs, untilMs),
 * and each tool family that was first used since `recentMs`. Denied tools are left out where rows
 * are read. One pass over the rollups, none over events.
 */
export function readHistory(
  database: Database,
  fromMs: number,
  recentMs: number,
  untilMs: number,
  deniedTools: readonly string[],
  readHours: ReadHours = (...range) => hoursBetween(database, ...range),
): History {
  const range = { from: slotOf(fromMs), recent: slotOf(recentMs), until: Math.ceil(untilMs / SLOT_MS) };
  return {
    hours: readHours(fromMs, untilMs, deniedTools),
    families: firstUses(database, readPatterns(database), range, deniedTools),
  };
}

interface SlotRange {
  readonly from: number;
  readonly recent: number;
  readonly until: number;
}

/**
 * A family is new if no row of its patterns is older. For a family in daily use the first row
 * suffices. The exact time is looked up only for new families, since there are many rollups per
 * slot.
 */
function firstUses(
  database: Database,
  { byId, without }: PatternTable,
  { from, recent, until }: SlotRange,
  deniedTools: readonly string[],
): History['families'] {
  const used = database
    .prepare(
      `SELECT DISTINCT pattern_id FROM ${usageBetween(recent, until, without(deniedTools))} WHERE count > 0 ORDER BY 1`,
    )
    .pluck()
    .all() as number[];
  const older = database
    .prepare(
      `SELECT 1 FROM ${usageBetween(from, recent, 'AND pattern_id IN (SELECT id FROM pattern WHERE family = @family)')} LIMIT 1`,
    )
    .pluck();
  const first = database.prepare(
    `SELECT min(slot) AS slot, sum(count) AS count FROM rollup
       WHERE slot >= @recent AND slot < @until AND pattern_id IN (SELECT id FROM pattern WHERE family = @family) ${without(deniedTools)}`,
  );
  const families = new Set(used.flatMap((id) => byId.get(id)?.family ?? []));
  return [...families]
    .filter((family) => older.get({ family }) === undefined)
    .map((family) => {
      const { slot, count } = first.get({ recent, until, family }) as { readonly slot: number; readonly count: number };
      return { family, firstMs: slot * SLOT_MS, count };
    });
}

import type { History } from '../domain/anomaly-detection.ts';
import { SLOT_MS, slotOf } from '../domain/period.ts';
import type { Database } from './database.ts';
import { type PatternTable, readPatterns } from './pattern-table.ts';
import { slotsBetween, usageBetween } from './rollup-range.ts';

const HIGH_RISK = 2;

/**
 * A node's own history for `findAnomalies`: quarter-hour slots that begin in [fromMs, untilMs), and each tool family that was first
 * used since `recentMs`. Tools kept back are left out where rows are read. One pass over the rollups, none over events.
 */
export function readHistory(
  database: Database,
  fromMs: number,
  recentMs: number,
  untilMs: number,
  deniedTools: readonly string[],
): History {
  const patterns = readPatterns(database);
  const range = { from: slotOf(fromMs), recent: slotOf(recentMs), until: Math.ceil(untilMs / SLOT_MS) };
  const slots = database
    .prepare(
      `SELECT slot, sum(count), sum(ended), sum(failures), sum(iif(risk >= ${HIGH_RISK}, count, 0))
       FROM ${slotsBetween(range.from, range.until, patterns.idsOf(deniedTools))} GROUP BY slot HAVING sum(count) > 0 ORDER BY slot`,
    )
    .raw()
    .all() as [number, number, number, number, number][];
  return {
    slots: slots.map(([slot, count, ended, failures, risky]) => ({
      startMs: slot * SLOT_MS,
      count,
      ended,
      failures,
      risky,
    })),
    families: firstUses(database, patterns, range, deniedTools),
  };
}

interface SlotRange {
  readonly from: number;
  readonly recent: number;
  readonly until: number;
}

interface Use {
  readonly family: string;
  readonly slot: number;
  readonly count: number;
}

/** A family is new if no row of any of its patterns is older; a family in daily use is found old at its first row. */
function firstUses(
  database: Database,
  { byId, without }: PatternTable,
  { from, recent, until }: SlotRange,
  deniedTools: readonly string[],
): History['families'] {
  const rows = database
    .prepare(
      `SELECT pattern_id, min(slot), sum(count) FROM rollup WHERE slot >= @recent AND slot < @until ${without(deniedTools)}
       GROUP BY pattern_id`,
    )
    .raw()
    .all({ recent, until }) as [number, number, number][];
  const uses = new Map<string, Use>();
  for (const [id, slot, count] of rows) {
    const family = byId.get(id)?.family ?? 'other';
    const known = uses.get(family);
    uses.set(family, { family, slot: Math.min(slot, known?.slot ?? slot), count: count + (known?.count ?? 0) });
  }
  const older = database
    .prepare(
      `SELECT 1 FROM ${usageBetween(from, recent, 'AND pattern_id IN (SELECT id FROM pattern WHERE family = @family)')} LIMIT 1`,
    )
    .pluck();
  return [...uses.values()]
    .filter(({ family }) => older.get({ family }) === undefined)
    .map(({ family, slot, count }) => ({ family, firstMs: slot * SLOT_MS, count }));
}

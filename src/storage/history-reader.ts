import type { History } from '../domain/anomaly-detection.ts';
import { SLOT_MS, slotOf } from '../domain/period.ts';
import type { Database } from './database.ts';

/** Rows whose tool is not kept back; pattern ids spare a join on every row of a year. Bound: a JSON array of tool names. */
const NOT_DENIED = 'pattern_id NOT IN (SELECT id FROM pattern WHERE tool IN (SELECT value FROM json_each(?)))';
const HIGH_RISK = 2;

/**
 * A node's own history for `findAnomalies`: quarter-hour slots that begin in [fromMs, untilMs), and for each tool family used since
 * `recentMs` when it was first used. Two passes over the rollups, none over events.
 */
export function readHistory(
  database: Database,
  fromMs: number,
  recentMs: number,
  untilMs: number,
  deniedTools: readonly string[],
): History {
  const denied = JSON.stringify(deniedTools);
  const until = Math.ceil(untilMs / SLOT_MS);
  const slots = database
    .prepare(
      `SELECT slot, sum(count), sum(ended), sum(failures), sum(iif(risk >= ${HIGH_RISK}, count, 0))
       FROM rollup WHERE slot >= ? AND slot < ? AND ${NOT_DENIED} GROUP BY slot ORDER BY slot`,
    )
    .raw()
    .all(slotOf(fromMs), until, denied) as [number, number, number, number, number][];
  return {
    slots: slots.map(([slot, count, ended, failures, risky]) => ({
      startMs: slot * SLOT_MS,
      count,
      ended,
      failures,
      risky,
    })),
    families: firstUses(database, slotOf(fromMs), slotOf(recentMs), until, denied),
  };
}

function firstUses(
  database: Database,
  from: number,
  recent: number,
  until: number,
  denied: string,
): History['families'] {
  // Families used before are found by their patterns: a family is new only if none of its patterns stands in the older rows.
  const rows = database
    .prepare(
      `WITH fresh AS (
         SELECT family, min(slot) AS slot, sum(count) AS count FROM rollup JOIN pattern ON pattern.id = pattern_id
         WHERE slot >= @recent AND slot < @until AND pattern_id NOT IN (SELECT id FROM pattern WHERE tool IN (SELECT value FROM json_each(@denied)))
         GROUP BY family),
       older AS (SELECT DISTINCT pattern_id FROM rollup WHERE slot >= @from AND slot < @recent)
       SELECT family, slot, count FROM fresh
       WHERE family NOT IN (SELECT family FROM pattern JOIN older ON pattern.id = older.pattern_id) ORDER BY slot, family`,
    )
    .all({ from, recent, until, denied }) as { family: string; slot: number; count: number }[];
  return rows.map(({ family, slot, count }) => ({ family, firstMs: slot * SLOT_MS, count }));
}

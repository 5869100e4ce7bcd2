import type { NamedUsage, NodeSummary } from '../../domain/summaries/summary.ts';
import { SLOT_MS, slotOf } from '../../domain/time/period.ts';
import type { Database } from '../database.ts';
import { readPatterns } from '../events/pattern-table.ts';
import { rulesBetween, slotsBetween, TOLD_RULE } from '../rollups/rollup-range.ts';
import { addUp, readPatternUsage } from '../rollups/rollup-row.ts';
import { readCoverage } from './coverage-reader.ts';

/** The figures of a period, from rollups. Lists are sorted by name. */
export interface PeriodRollups {
  readonly patterns: readonly NamedUsage[];
  readonly tools: readonly NamedUsage[];
  readonly families: readonly NamedUsage[];
  readonly slots: readonly { readonly startMs: number; readonly count: number }[];
  /** Commands per risk level, by `RISK_LEVELS` index. */
  readonly levels: readonly number[];
  readonly rules: readonly { readonly name: string; readonly count: number }[];
  readonly coverage: NodeSummary['coverage'];
}

/**
 * @param denied canonical names of tools whose commands are left out of everything but `rules`,
 *   which are not counted per tool
 */
export function readPeriod(
  database: Database,
  startMs: number,
  endMs: number,
  denied: readonly string[],
): PeriodRollups {
  // Denied tools are left out where rows are read, so that no later step can forget it.
  const patterns = readPatterns(database);
  const range = [slotOf(startMs), slotOf(endMs)] as const;
  const used = readPatternUsage(database, ...range, patterns.without(denied));
  const usage = (column: 'name' | 'tool' | 'family'): NamedUsage[] =>
    [...addUp(used, (row) => row[column])].sort((x, y) => (x.name < y.name ? -1 : 1));
  const all = <T>(sql: string): T[] => database.prepare(sql).all() as T[];
  return {
    patterns: usage('name'),
    tools: usage('tool'),
    families: usage('family'),
    slots: all<{ slot: number; count: number }>(
      `SELECT slot, sum(count) AS count FROM ${slotsBetween(...range, patterns.idsOf(denied))}
       GROUP BY slot HAVING sum(count) > 0`,
    ).map(({ slot, count }) => ({ startMs: slot * SLOT_MS, count })),
    levels: [0, 1, 2, 3].map((risk) => used.reduce((sum, row) => (row.risk === risk ? sum + row.usage.count : sum), 0)),
    rules: all(`SELECT ${TOLD_RULE} AS name, sum(count) AS count FROM ${rulesBetween(...range)} GROUP BY 1 ORDER BY 1`),
    coverage: readCoverage(
      database,
      range,
      used.reduce((sum, { usage: { count } }) => sum + count, 0),
      denied,
    ),
  };
}

/**
 * Digest of the content of a period's summary, which changes with late events and with the list of
 * denied tools. Empty where nothing was observed.
 */
export function periodDigest(
  database: Database,
  startMs: number,
  endMs: number,
  denied: readonly string[] = [],
): string {
  const sums = (leftOut: readonly number[]): string | undefined => {
    const row = database
      .prepare(
        `SELECT sum(count) AS count, sum(ended) AS ended, sum(failures) AS failures, sum(duration_ms) AS duration
         FROM ${slotsBetween(slotOf(startMs), slotOf(endMs), leftOut)}`,
      )
      .get() as Record<string, number | null>;
    return row['count'] ? Object.values(row).join(':') : undefined;
  };
  const all = sums([]);
  if (all === undefined || denied.length === 0) return all ?? '';
  return `${sums(readPatterns(database).idsOf(denied)) ?? 'nothing'} without ${[...denied].sort().join(' ')}`;
}

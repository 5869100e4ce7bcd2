import type { NamedUsage, UsageCounts } from '../../domain/summaries/summary.ts';
import type { Database } from '../database.ts';
import { usageBetween } from './rollup-range.ts';

/** One column a duration bucket (`DURATION_BUCKETS` of the domain). */
export const DURATION_COLUMNS = ['d0', 'd1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7'] as const;

/**
 * The columns that count, in the order of the table; the columns before them are its key. `ended`
 * counts known exit statuses, and the duration columns count measured durations.
 */
export const ROLLUP_COUNTS = ['count', 'ended', 'failures', 'duration_ms', ...DURATION_COLUMNS] as const;

/** The columns of `rollup_agent` that count; `ROLLUP_COUNTS` begins with them. */
export const AGENT_COUNTS = ['count', 'ended', 'failures'] as const;

/**
 * Stands for agents where coverage is counted by shell: their commands do not show that the hook of
 * a shell works.
 */
export const AGENT_COVERAGE = 'agent';

/** Select list that adds rollups up to `UsageRow`. */
export const USAGE_COLUMNS = [
  'sum(count) AS count',
  'sum(ended) AS ended',
  'sum(failures) AS failures',
  'sum(duration_ms) AS duration_ms',
  ...DURATION_COLUMNS.map((column) => `sum(${column}) AS ${column}`),
].join(', ');

export type UsageRow = Readonly<
  Record<'count' | 'ended' | 'failures' | 'duration_ms' | (typeof DURATION_COLUMNS)[number], number>
>;

export const usageOf = (row: UsageRow): UsageCounts => ({
  count: row.count,
  ended: row.ended,
  failures: row.failures,
  durationMsSum: row.duration_ms,
  durationBuckets: DURATION_COLUMNS.map((column) => row[column]),
});

/** Rollups of some slots, added up per pattern and risk: every other figure is a sum of these. */
export interface PatternUsage {
  readonly name: string;
  readonly tool: string;
  readonly family: string;
  /** Index in `RISK_LEVELS`. */
  readonly risk: number;
  readonly usage: UsageCounts;
}

/**
 * One pass over the slots from `from` to before `to`; `and` is a further condition on patterns, in
 * SQL.
 */
export function readPatternUsage(database: Database, from: number, to: number, and = ''): readonly PatternUsage[] {
  const rows = database
    .prepare(
      `SELECT pattern.name, pattern.tool, pattern.family, sums.* FROM
         (SELECT pattern_id, risk, ${USAGE_COLUMNS} FROM ${usageBetween(from, to, and)} GROUP BY pattern_id, risk) AS sums
       JOIN pattern ON pattern.id = sums.pattern_id`,
    )
    .all() as (UsageRow & Omit<PatternUsage, 'usage'>)[];
  return rows.map((row) => ({
    name: row.name,
    tool: row.tool,
    family: row.family,
    risk: row.risk,
    usage: usageOf(row),
  }));
}

/** Sums of usage under a name, in the order in which the names first appear. */
export function addUp(rows: readonly PatternUsage[], nameOf: (row: PatternUsage) => string): readonly NamedUsage[] {
  const sums = new Map<string, UsageCounts>();
  for (const row of rows) {
    const name = nameOf(row);
    const before = sums.get(name);
    sums.set(name, before ? plus(before, row.usage) : row.usage);
  }
  return [...sums].map(([name, usage]) => ({ name, ...usage }));
}

const plus = (a: UsageCounts, b: UsageCounts): UsageCounts => ({
  count: a.count + b.count,
  ended: a.ended + b.ended,
  failures: a.failures + b.failures,
  durationMsSum: a.durationMsSum + b.durationMsSum,
  durationBuckets: a.durationBuckets.map((count, index) => count + (b.durationBuckets[index] ?? 0)),
});

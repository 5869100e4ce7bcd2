import type { UsageCounts } from '../domain/summary.ts';

/** One column a duration bucket (`DURATION_BUCKETS` of the domain). */
export const DURATION_COLUMNS = ['d0', 'd1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7'] as const;

/** Select list that adds rollups up to `UsageRow`. */
export const USAGE_COLUMNS = [
  'sum(count) AS count',
  'sum(failures) AS failures',
  'sum(duration_ms) AS duration_ms',
  ...DURATION_COLUMNS.map((column) => `sum(${column}) AS ${column}`),
].join(', ');

export type UsageRow = Readonly<
  Record<'count' | 'failures' | 'duration_ms' | (typeof DURATION_COLUMNS)[number], number>
>;

export const usageOf = (row: UsageRow): UsageCounts => ({
  count: row.count,
  failures: row.failures,
  durationMsSum: row.duration_ms,
  durationBuckets: DURATION_COLUMNS.map((column) => row[column]),
});

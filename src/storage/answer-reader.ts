import type { AnomalyReport } from '../domain/anomaly.ts';
import type { AnswerFigures, PatternUsage } from '../domain/answer-figures.ts';
import { SLOT_MS, slotOf } from '../domain/period.ts';
import type { Database } from './database.ts';
import { USAGE_COLUMNS, type UsageRow, usageOf } from './rollup-row.ts';

/** Rollups of kept-back tools are left out where they are read, so that no later step can forget to. Bound: a JSON array of names. */
const NOT_DENIED = 'pattern.tool NOT IN (SELECT value FROM json_each(?))';
const JOINED = `rollup JOIN pattern ON pattern.id = pattern_id WHERE slot >= ? AND slot < ? AND ${NOT_DENIED}`;

/**
 * Figures of the quarter-hour slots that begin in [sinceMs, untilMs), for answers to peers; `anomalies` is handed in, since they are
 * judged against the whole history. Nothing is read before it is asked for.
 */
export function readAnswerFigures(
  database: Database,
  sinceMs: number,
  untilMs: number,
  deniedTools: readonly string[],
  anomalies: () => AnomalyReport,
): AnswerFigures {
  const range = [slotOf(sinceMs), Math.ceil(untilMs / SLOT_MS)] as const;
  const all = <T>(sql: string, ...bound: readonly unknown[]): T[] =>
    database.prepare(sql).all(...range, ...bound) as T[];
  const denied = JSON.stringify(deniedTools);
  const usage = once(() =>
    all<UsageRow & Pick<PatternUsage, 'name' | 'tool' | 'family'>>(
      `SELECT pattern.name, pattern.tool, pattern.family, ${USAGE_COLUMNS} FROM ${JOINED} GROUP BY pattern.id
       ORDER BY pattern.name, pattern.id`,
      denied,
    ).map((row) => ({ name: row.name, tool: row.tool, family: row.family, ...usageOf(row) })),
  );
  return {
    usage,
    levels: once(() => {
      const rows = all<{ risk: number; count: number }>(
        `SELECT risk, sum(count) AS count FROM ${JOINED} GROUP BY risk`,
        denied,
      );
      return [0, 1, 2, 3].map((risk) => rows.find((row) => row.risk === risk)?.count ?? 0);
    }),
    slots: once(() =>
      all<{ slot: number; count: number }>(`SELECT slot, sum(count) AS count FROM ${JOINED} GROUP BY slot`, denied).map(
        ({ slot, count }) => ({ startMs: slot * SLOT_MS, count }),
      ),
    ),
    rules: once(() =>
      all(
        'SELECT rule AS name, sum(count) AS count FROM rollup_rule WHERE slot >= ? AND slot < ? GROUP BY 1 ORDER BY 1',
      ),
    ),
    coverage: once(() => coverageOf(all(COVERAGE))),
    anomalies,
  };
}

const COVERAGE = `SELECT shell, sum(observed) AS observed, sum(redacted) AS redacted, sum(dropped) AS dropped
  FROM rollup_coverage WHERE slot >= ? AND slot < ? GROUP BY 1 ORDER BY 1`;

interface CoverageRow {
  readonly shell: string;
  readonly observed: number;
  readonly redacted: number;
  readonly dropped: number;
}

const coverageOf = (rows: readonly CoverageRow[]): ReturnType<AnswerFigures['coverage']> => ({
  redacted: rows.reduce((sum, row) => sum + row.redacted, 0),
  dropped: rows.reduce((sum, row) => sum + row.dropped, 0),
  shells: rows.filter(({ observed }) => observed > 0).map(({ shell }) => shell),
});

function once<T>(read: () => T): () => T {
  let value: { readonly of: T } | undefined;
  return () => {
    value ??= { of: read() };
    return value.of;
  };
}

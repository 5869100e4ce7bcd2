import type { AnomalyReport } from '../../domain/anomalies/anomaly.ts';
import type { AnswerFigures, PatternUsage } from '../../domain/answers/answer-figures.ts';
import { SLOT_MS, slotOf } from '../../domain/time/period.ts';
import type { Database } from '../database.ts';
import { readPatterns } from '../events/pattern-table.ts';
import { agentsBetween, rulesBetween, slotsBetween, TOLD_RULE, usageBetween } from '../rollups/rollup-range.ts';
import { USAGE_COLUMNS, type UsageRow, usageOf } from '../rollups/rollup-row.ts';
import { readCoverage } from './coverage-reader.ts';

/**
 * Figures of the quarter-hour slots that begin in [sinceMs, untilMs), for answers to peers. Each is
 * read at its first call. `anomalies` is an argument, since it needs the whole history.
 */
export function readAnswerFigures(
  database: Database,
  sinceMs: number,
  untilMs: number,
  deniedTools: readonly string[],
  anomalies: () => AnomalyReport,
): AnswerFigures {
  const range = [slotOf(sinceMs), Math.ceil(untilMs / SLOT_MS)] as const;
  const all = <T>(sql: string): T[] => database.prepare(sql).all() as T[];
  const patterns = readPatterns(database);
  // Denied tools are left out where rows are read, so that no later step can forget it.
  const rows = `FROM ${usageBetween(...range, patterns.without(deniedTools))}`;
  const levels = once(() => byRisk(all(`SELECT risk, sum(count) AS count ${rows} GROUP BY risk`)));
  return {
    usage: once(() =>
      all<UsageRow & { pattern_id: number }>(`SELECT pattern_id, ${USAGE_COLUMNS} ${rows} GROUP BY pattern_id`)
        .map((row) => ({ ...(patterns.byId.get(row.pattern_id) ?? UNKNOWN), ...usageOf(row) }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    ),
    levels,
    agentLevels: once(() => {
      const agents = `FROM ${agentsBetween(...range, patterns.without(deniedTools))}`;
      return byRisk(all(`SELECT risk, sum(count) AS count ${agents} GROUP BY risk`));
    }),
    slots: once(() =>
      all<{ slot: number; count: number }>(
        `SELECT slot, sum(count) AS count FROM ${slotsBetween(...range, patterns.idsOf(deniedTools))}
         GROUP BY slot HAVING sum(count) > 0`,
      ).map(({ slot, count }) => ({ startMs: slot * SLOT_MS, count })),
    ),
    rules: once(() =>
      all(`SELECT ${TOLD_RULE} AS name, sum(count) AS count FROM ${rulesBetween(...range)} GROUP BY 1 ORDER BY 1`),
    ),
    coverage: once(() => {
      const observed = levels().reduce((sum, count) => sum + count, 0);
      return readCoverage(database, range, observed, deniedTools);
    }),
    anomalies: once(anomalies),
  };
}

const byRisk = (counts: readonly { readonly risk: number; readonly count: number }[]): readonly number[] =>
  [0, 1, 2, 3].map((rank) => counts.find(({ risk }) => risk === rank)?.count ?? 0);

const UNKNOWN: Pick<PatternUsage, 'name' | 'tool' | 'family'> = { name: 'other', tool: 'other', family: 'other' };

function once<T>(read: () => T): () => T {
  let value: { readonly of: T } | undefined;
  return () => {
    value ??= { of: read() };
    return value.of;
  };
}

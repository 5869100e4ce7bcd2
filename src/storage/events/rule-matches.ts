import type { AdvisedCommand } from '../../domain/advisories/advisory.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { DAY_MS } from '../../domain/time/period.ts';
import type { Database } from '../database.ts';

/** The owner's own matches of some rules. */
export interface RuleMatches {
  /** Since a UTC day, by rule; rules without a match are missing. */
  readonly counts: (rules: readonly string[], sinceMs: number) => ReadonlyMap<string, number>;
  /** Newest first. Reads events that matched any rule. */
  readonly newest: (rules: readonly string[], sinceMs: number, limit: number) => readonly AdvisedCommand[];
}

export const createRuleMatches = (database: Database): RuleMatches => ({
  counts: (rules, sinceMs) =>
    new Map(
      database
        .prepare(
          `SELECT rule, sum(count) FROM rollup_rule_day
           WHERE day >= ? AND rule IN (SELECT value FROM json_each(?)) GROUP BY rule HAVING sum(count) > 0`,
        )
        .raw()
        .all(Math.floor(sinceMs / DAY_MS), JSON.stringify(rules)) as [string, number][],
    ),
  newest: (rules, sinceMs, limit) =>
    (
      database
        .prepare(
          `SELECT id, time_ms, command, rules FROM event WHERE time_ms >= ? AND risk >= 1
           AND EXISTS (SELECT 1 FROM json_each(event.rules) WHERE value IN (SELECT value FROM json_each(?)))
           ORDER BY time_ms DESC LIMIT ?`,
        )
        .all(sinceMs, JSON.stringify(rules), limit) as EventRow[]
    ).map(({ id, time_ms, command, rules: matched }) => ({
      id,
      time: isoTime(time_ms),
      command,
      rules: JSON.parse(matched) as string[],
    })),
});

interface EventRow {
  readonly id: number;
  readonly time_ms: number;
  readonly command: string;
  readonly rules: string;
}

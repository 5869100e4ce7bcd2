import { DAY_MS, SLOT_MS } from '../../domain/time/period.ts';
import type { Database } from '../database.ts';

export interface RuleDay {
  readonly startMs: number;
  readonly rule: string;
  readonly count: number;
}

/** Matches of each risk rule per UTC day, oldest first, from rollups, one row at a time. */
export function* readRuleDays(database: Database): Generator<RuleDay> {
  const rows = database
    .prepare('SELECT day, rule, count FROM rollup_rule_day WHERE count > 0 ORDER BY day, rule')
    .raw()
    .iterate() as IterableIterator<[number, string, number]>;
  for (const [day, rule, count] of rows) yield { startMs: day * DAY_MS, rule, count };
}

/** Start of the oldest rollup; undefined where nothing was observed. */
export function firstObserved(database: Database): number | undefined {
  const slot = database.prepare('SELECT min(slot) FROM rollup').pluck().get() as number | null;
  return slot === null ? undefined : slot * SLOT_MS;
}

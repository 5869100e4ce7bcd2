import type { Database } from '../database.ts';

/**
 * Rows of the pattern table by id: a few hundred, read once instead of joined to every row of a
 * rollup.
 */
export interface PatternTable {
  readonly byId: ReadonlyMap<number, { readonly name: string; readonly tool: string; readonly family: string }>;
  /** Ids of the patterns of the given tools. */
  readonly idsOf: (tools: readonly string[]) => readonly number[];
  /** SQL condition, of numbers only, that leaves tools out; empty where there are none. */
  readonly without: (tools: readonly string[]) => string;
}

/**
 * Condition for a pattern of which no figure and no command is left: its name would still tell that
 * it was used. Days have every pattern of the other rollups.
 */
export const UNUSED_PATTERN = `id NOT IN (SELECT pattern_id FROM rollup_day)
  AND id NOT IN (SELECT pattern_id FROM rollup_agent_day) AND id NOT IN (SELECT pattern_id FROM event)`;

export function readPatterns(database: Database): PatternTable {
  const rows = database.prepare('SELECT id, name, tool, family FROM pattern').raw().all() as [
    number,
    string,
    string,
    string,
  ][];
  const idsOf = (tools: readonly string[]): readonly number[] =>
    rows.filter(([, , tool]) => tools.includes(tool)).map(([id]) => id);
  return {
    idsOf,
    byId: new Map(rows.map(([id, name, tool, family]) => [id, { name, tool, family }])),
    without: (tools) => {
      const ids = idsOf(tools);
      return ids.length === 0 ? '' : `AND pattern_id NOT IN (${ids.join(', ')})`;
    },
  };
}

import type { Database } from './database.ts';

/** Rows of the pattern table by id: a few hundred, read once instead of joined to every row of a rollup. */
export interface PatternTable {
  readonly byId: ReadonlyMap<number, { readonly name: string; readonly tool: string; readonly family: string }>;
  /** Condition on `rollup` rows that leaves the given tools out; empty where nothing has to be left out. Holds numbers only. */
  readonly without: (tools: readonly string[]) => string;
}

export function readPatterns(database: Database): PatternTable {
  const rows = database.prepare('SELECT id, name, tool, family FROM pattern').raw().all() as [
    number,
    string,
    string,
    string,
  ][];
  return {
    byId: new Map(rows.map(([id, name, tool, family]) => [id, { name, tool, family }])),
    without: (tools) => {
      const ids = rows.filter(([, , tool]) => tools.includes(tool)).map(([id]) => id);
      return ids.length === 0 ? '' : `AND pattern_id NOT IN (${ids.join(', ')})`;
    },
  };
}

import type { BlockTotal } from '../../domain/blind/release.ts';
import type { Database } from '../database.ts';

/** Totals of blocks, as the leader has computed them; never changed. */
export interface TotalStore {
  /** Durable when it returns. A day that is known is not stored again. */
  readonly add: (task: string, day: string, blocks: readonly BlockTotal[]) => void;
}

export function createTotalStore(database: Database): TotalStore {
  const insert = database.prepare('INSERT OR IGNORE INTO blind_total VALUES (?, ?, ?, ?, ?)');
  return {
    add: database.transaction((task: string, day: string, blocks: readonly BlockTotal[]): void => {
      for (const { name, contributors, cells } of blocks)
        insert.run(task, day, name, contributors, JSON.stringify(cells));
    }),
  };
}

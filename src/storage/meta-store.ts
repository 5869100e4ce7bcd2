import type { Database } from './database.ts';

/** Key-value pairs that are kept across restarts. */
export interface MetaStore {
  readonly get: (key: string) => string | undefined;
  readonly set: (key: string, value: string) => void;
}

export function createMetaStore(database: Database): MetaStore {
  const get = database.prepare('SELECT value FROM meta WHERE key = ?').pluck();
  const set = database.prepare('INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value');
  return {
    get: (key) => get.get(key) as string | undefined,
    set: (key, value) => {
      set.run(key, value);
    },
  };
}

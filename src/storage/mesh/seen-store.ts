import type { Database } from '../database.ts';

/** When a node was last connected, and with which version of the program. */
export interface Sighting {
  /** In ms since the epoch. */
  readonly lastMs: number;
  /** Null where it did not tell. */
  readonly version: string | null;
}

/** Sightings of trusted nodes; they outlive a restart. */
export interface SeenStore {
  /** One transaction. A node that does not tell its version keeps the one that is known. */
  readonly note: (nodes: readonly { readonly id: string; readonly version: string | null }[], nowMs: number) => void;
  readonly all: () => ReadonlyMap<string, Sighting>;
}

export function createSeenStore(database: Database): SeenStore {
  const note = database.prepare(
    `INSERT INTO node_seen VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET
     last_ms = excluded.last_ms, version = coalesce(excluded.version, version)`,
  );
  const all = database.prepare('SELECT node, last_ms, version FROM node_seen');
  return {
    note: database.transaction((nodes: Parameters<SeenStore['note']>[0], nowMs: number) => {
      for (const { id, version } of nodes) note.run(id, nowMs, version);
    }),
    all: () =>
      new Map(
        (all.all() as { node: string; last_ms: number; version: string | null }[]).map(({ node, last_ms, version }) => [
          node,
          { lastMs: last_ms, version },
        ]),
      ),
  };
}

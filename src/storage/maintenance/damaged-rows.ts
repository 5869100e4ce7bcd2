import { type Database, isSqliteError } from '../database.ts';

export type Row = Readonly<Record<string, string | number | null>>;

const PAGE = 500;

/** Reads tables of a damaged database and skips rows that cannot be read. */
export class DamagedRows {
  /** Number of places that could not be read. */
  gaps = 0;

  constructor(private readonly database: Database) {}

  /**
   * Rows of a table with an integer key, in order of the key; one at a time where a page cannot be
   * read. None where the table is missing.
   */
  *byKey(table: string, key = 'id'): Generator<Row> {
    const last = attempt(() =>
      Number(this.database.prepare(`SELECT coalesce(max(${key}), 0) FROM ${table}`).pluck().get()),
    );
    if (last === undefined) {
      this.gaps += 1;
      return;
    }
    for (let at = 0; at < last; at += PAGE) {
      const page = this.#between(table, key, at, at + PAGE);
      if (page) yield* page;
      else {
        this.gaps += 1;
        for (let id = at; id < at + PAGE; id += 1) yield* this.#between(table, key, id, id + 1) ?? [];
      }
    }
  }

  /**
   * All rows of a table, from its start and, after a damaged page, from its end. None where an
   * earlier schema lacks the table.
   */
  fromBothEnds(table: string): readonly Row[] {
    const columns = attempt(() => this.database.pragma(`table_info(${table})`) as { name: string; pk: number }[]);
    const key = (columns ?? []).filter(({ pk }) => pk > 0).map(({ name }) => name);
    if (columns?.length === 0) return [];
    const found = new Map<string, Row>();
    let isBroken = false;
    for (const order of ['ASC', 'DESC']) {
      const sql = `SELECT * FROM ${table} ORDER BY ${key.map((name) => `${name} ${order}`).join(', ') || '1'}`;
      const isWhole = attempt(() => {
        for (const row of this.database.prepare(sql).iterate() as IterableIterator<Row>)
          found.set(key.map((name) => row[name]).join('\0'), row);
        return true;
      });
      if (isWhole) break;
      isBroken = true;
    }
    if (isBroken) this.gaps += 1;
    return [...found.values()];
  }

  #between(table: string, key: string, after: number, through: number): readonly Row[] | undefined {
    const sql = `SELECT * FROM ${table} WHERE ${key} > ? AND ${key} <= ? ORDER BY ${key}`;
    return attempt(() => this.database.prepare(sql).all(after, through) as Row[]);
  }
}

/** Undefined where SQLite reports an error. */
export function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (isSqliteError(error)) return undefined;
    throw error;
  }
}

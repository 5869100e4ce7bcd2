import type { Database } from './database.ts';
import { isSqliteError } from './database.ts';
import { Sqlite } from './sqlite.ts';

/** What could be read of a damaged database, in rows. `gaps` counts places where something was unreadable. */
export interface SalvageReport {
  readonly events: number;
  readonly summaries: number;
  readonly gaps: number;
}

interface Found {
  readonly rows: readonly Row[];
  readonly gaps: number;
}
type Row = Readonly<Record<string, string | number | null>>;

/**
 * Adds what a damaged database still holds to a whole one, in one transaction: events with their sessions and patterns, rollups, and
 * summaries (NFR-303). The damaged file is only read. MUST be called once a file, under the instance lock.
 */
export function salvage(damaged: string, into: Database): SalvageReport {
  const from = new Sqlite(damaged, { readonly: true });
  try {
    const [patterns, sessions, events] = ['pattern', 'session', 'event'].map((table) => readById(from, table)) as [
      Found,
      Found,
      Found,
    ];
    const rollups = ROLLUPS.map(({ table }) => readEnds(from, table));
    const summaries = readEnds(from, 'summary');
    const gaps = [patterns, sessions, events, summaries, ...rollups].reduce((sum, found) => sum + found.gaps, 0);
    return into.transaction(() => {
      const patternIds = adoptPatterns(into, patterns.rows);
      const sessionIds = adoptSessions(into, sessions.rows);
      const stored = adoptEvents(into, events.rows, patternIds, sessionIds);
      for (const [index, { table, keys, sums }] of ROLLUPS.entries()) {
        addUp(
          into,
          table,
          keys,
          sums,
          (rollups[index]?.rows ?? []).map((row) => withPattern(row, patternIds)).filter(isRow),
        );
      }
      return { events: stored, summaries: adoptSummaries(into, summaries.rows), gaps };
    })();
  } finally {
    from.close();
  }
}

const ROLLUPS = [
  {
    table: 'rollup',
    keys: ['slot', 'pattern_id', 'risk'],
    sums: ['count', 'ended', 'failures', 'duration_ms', 'd0', 'd1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7'],
  },
  { table: 'rollup_rule', keys: ['slot', 'rule'], sums: ['count'] },
  { table: 'rollup_coverage', keys: ['slot', 'shell'], sums: ['observed', 'redacted', 'dropped'] },
] as const;

const PAGE = 500;

/** All readable rows of a table with an integer key: where a page of them cannot be read, one at a time, stepping over what is lost. */
function readById(database: Database, table: string): Found {
  const rows: Row[] = [];
  let gaps = 0;
  const last = attempt(() => Number(database.prepare(`SELECT coalesce(max(id), 0) FROM ${table}`).pluck().get())) ?? 0;
  for (let at = 0; at < last; at += PAGE) {
    const page = rowsBetween(database, table, at, at + PAGE);
    if (page) rows.push(...page);
    else {
      gaps += 1;
      for (let id = at; id < at + PAGE; id += 1) rows.push(...(rowsBetween(database, table, id, id + 1) ?? []));
    }
  }
  return { rows, gaps };
}

const rowsBetween = (database: Database, table: string, after: number, through: number): readonly Row[] | undefined =>
  attempt(() => database.prepare(`SELECT * FROM ${table} WHERE id > ? AND id <= ?`).all(after, through) as Row[]);

/** All rows of a table from its beginning and, where that breaks off, from its end. */
function readEnds(database: Database, table: string): Found {
  const columns = attempt(() =>
    (database.pragma(`table_info(${table})`) as { name: string; pk: number }[]).filter(({ pk }) => pk > 0),
  );
  const key = (columns ?? []).map(({ name }) => name);
  const found = new Map<string, Row>();
  let broken = 0;
  for (const order of ['ASC', 'DESC']) {
    const sql = `SELECT * FROM ${table} ORDER BY ${key.map((name) => `${name} ${order}`).join(', ') || '1'}`;
    const whole = attempt(() => {
      for (const row of database.prepare(sql).iterate())
        found.set(key.map((name) => (row as Row)[name]).join('\0'), row as Row);
      return true;
    });
    if (whole === true) break;
    broken = 1;
  }
  return { rows: [...found.values()], gaps: broken };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isSqliteError(error)) return undefined;
    throw error;
  }
}

function adoptPatterns(into: Database, rows: readonly Row[]): ReadonlyMap<number, number> {
  const insert = into.prepare('INSERT OR IGNORE INTO pattern (name, tool, family) VALUES (@name, @tool, @family)');
  const find = into.prepare('SELECT id FROM pattern WHERE name = @name AND tool = @tool AND family = @family').pluck();
  return new Map(
    rows.map((row) => {
      insert.run(row);
      return [Number(row['id']), Number(find.get(row))];
    }),
  );
}

function adoptSessions(into: Database, rows: readonly Row[]): ReadonlyMap<number, number> {
  const insert = into.prepare('INSERT OR IGNORE INTO session (name, shell, last_ms) VALUES (@name, @shell, @last_ms)');
  const find = into.prepare('SELECT id FROM session WHERE name = @name').pluck();
  return new Map(
    rows.map((row) => {
      insert.run(row);
      return [Number(row['id']), Number(find.get(row))];
    }),
  );
}

/** Events get new ids; one whose pattern or session was lost is kept under `other`. */
function adoptEvents(
  into: Database,
  rows: readonly Row[],
  patterns: ReadonlyMap<number, number>,
  sessions: ReadonlyMap<number, number>,
): number {
  const other = Number(adoptPatterns(into, [{ id: 0, name: 'other', tool: 'other', family: 'other' }]).get(0));
  const insert = into.prepare(
    `INSERT INTO event (time_ms, session_id, shell, command, cwd, exit_code, duration_ms, tools, pattern_id, risk, rules, host)
     VALUES (@time_ms, @session_id, @shell, @command, @cwd, @exit_code, @duration_ms, @tools, @pattern_id, @risk, @rules, @host)`,
  );
  for (const row of rows) {
    insert.run({
      ...row,
      pattern_id: patterns.get(Number(row['pattern_id'])) ?? other,
      session_id: sessions.get(Number(row['session_id'])) ?? 0,
    });
  }
  into
    .prepare("INSERT INTO counter VALUES ('events', ?) ON CONFLICT DO UPDATE SET value = value + excluded.value")
    .run(rows.length);
  return rows.length;
}

const isRow = (row: Row | null): row is Row => row !== null;

/** The row with the pattern's new id; null where the pattern was lost, since its rollup would count under nothing. */
function withPattern(row: Row, patterns: ReadonlyMap<number, number>): Row | null {
  if (row['pattern_id'] === undefined) return row;
  const id = patterns.get(Number(row['pattern_id']));
  return id === undefined ? null : { ...row, pattern_id: id };
}

function addUp(
  into: Database,
  table: string,
  keys: readonly string[],
  sums: readonly string[],
  rows: readonly Row[],
): void {
  const columns = [...keys, ...sums];
  const insert = into.prepare(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((name) => `@${name}`).join(', ')})
     ON CONFLICT DO UPDATE SET ${sums.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`,
  );
  for (const row of rows) insert.run(row);
}

function adoptSummaries(into: Database, rows: readonly Row[]): number {
  const insert = into.prepare(
    `INSERT OR IGNORE INTO summary (id, node, kind, start_ms, revision, created_ms, document, seen)
     VALUES (@id, @node, @kind, @start_ms, @revision, @created_ms, @document, @seen)`,
  );
  return rows.reduce((count, row) => count + insert.run(row).changes, 0);
}

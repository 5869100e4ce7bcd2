import { basename } from 'node:path';
import type { RunResult } from 'better-sqlite3';
import { type Database, isForeign, isSqliteError } from '../database.ts';
import { createMetaStore } from '../meta-store.ts';
import { Sqlite } from '../sqlite.ts';
import { attempt, DamagedRows, type Row } from './damaged-rows.ts';
import { eventFacts, FIGURE_TABLES, SalvagedFigures } from './salvaged-figures.ts';

/** Number of rows that could be read from a damaged database. */
export interface SalvageReport {
  readonly events: number;
  /**
   * Events that were read from the spool a second time after the damaged database was set aside;
   * they are not stored twice.
   */
  readonly known: number;
  readonly summaries: number;
  /** Lines of the egress ledger. */
  readonly egress: number;
  /** Places where something could not be read. */
  readonly gaps: number;
}

/** Events whose session cannot be read; no row has this id. */
const LOST_SESSION = 0;

const NOTHING: SalvageReport = { events: 0, known: 0, summaries: 0, egress: 0, gaps: 1 };

/**
 * Copies the readable rows of a damaged database to an intact one, in one transaction: events with
 * sessions and patterns, rollups, summaries with deliveries, and the egress ledger (NFR-303). The
 * damaged file is only read. A second call for the same file adds nothing and returns the first
 * report. MUST be called under the instance lock.
 *
 * @param onReport runs within the transaction, and only when something is added
 */
export function salvage(
  damaged: string,
  into: Database,
  onReport: (report: SalvageReport) => void = () => undefined,
): SalvageReport {
  const meta = createMetaStore(into);
  const key = `salvaged ${basename(damaged)}`;
  const before = meta.get(key);
  if (before !== undefined) return JSON.parse(before) as SalvageReport;
  const from = openDamaged(damaged);
  try {
    return into.transaction(() => {
      const report = from === null ? NOTHING : adopt(new DamagedRows(from), into);
      meta.set(key, JSON.stringify(report));
      onReport(report);
      return report;
    })();
  } finally {
    from?.close();
  }
}

/** Null for a file that is not a database, or belongs to another program. */
function openDamaged(file: string): Database | null {
  let database: Database | undefined;
  try {
    database = new Sqlite(file, { readonly: true, fileMustExist: true });
    if (!isForeign(database)) return database;
  } catch (error) {
    if (!isSqliteError(error)) throw error;
  }
  database?.close();
  return null;
}

function adopt(rows: DamagedRows, into: Database): SalvageReport {
  const patterns = adoptPatterns(into, rows.byKey('pattern'));
  const twins = new Twins(into);
  const unread = rows.gaps;
  const sessions = adoptSessions(into, rows.byKey('session'), twins);
  if (rows.gaps > unread) twins.expect();
  const other = Number(adoptPatterns(into, [{ id: 0, name: 'other', tool: 'other', family: 'other' }]).get(0));
  const patternOf = (row: Row): number => patterns.get(Number(row['pattern_id'])) ?? other;
  const figures = new SalvagedFigures();
  const { stored, known, ids } = adoptEvents(rows, into, twins, figures, (row) => ({
    pattern_id: patternOf(row),
    session_id: sessions.get(Number(row['session_id'])) ?? LOST_SESSION,
  }));
  for (const table of FIGURE_TABLES) {
    for (const row of rows.fromBothEnds(table))
      figures.rollup(table, row['pattern_id'] === undefined ? row : { ...row, pattern_id: patternOf(row) });
  }
  figures.write(into);
  adoptRunning(rows, into, sessions, ids);
  const summaries = adoptRows(rows.fromBothEnds('summary'), into, 'summary');
  const egress = adoptRows(rows.byKey('egress', 'seq'), into, 'egress', ['seq']);
  for (const table of ['recipient', 'delivery']) adoptRows(rows.fromBothEnds(table), into, table);
  return { events: stored, known, summaries, egress, gaps: rows.gaps };
}

function adoptPatterns(into: Database, rows: Iterable<Row>): ReadonlyMap<number, number> {
  const insert = into.prepare('INSERT OR IGNORE INTO pattern (name, tool, family) VALUES (@name, @tool, @family)');
  const find = into.prepare('SELECT id FROM pattern WHERE name = @name AND tool = @tool AND family = @family').pluck();
  const ids = new Map<number, number>();
  for (const row of rows) {
    attempt(() => insert.run(row));
    const id = find.get(row);
    if (id !== undefined) ids.set(Number(row['id']), Number(id));
  }
  return ids;
}

/** Columns that earlier schemas lack. */
const OBSERVED = { imported: 0, kept_ms: null } as const;

function adoptSessions(into: Database, rows: Iterable<Row>, twins: Twins): ReadonlyMap<number, number> {
  const insert = into.prepare(
    `INSERT OR IGNORE INTO session (name, shell, last_ms, imported, kept_ms)
     VALUES (@name, @shell, @last_ms, @imported, @kept_ms)`,
  );
  const find = into.prepare('SELECT id FROM session WHERE name = @name').pluck();
  const ids = new Map<number, number>();
  for (const row of rows) {
    const isNew = attempt(() => insert.run({ ...OBSERVED, ...row }).changes) === 1;
    const id = find.get(row);
    if (id === undefined) continue;
    ids.set(Number(row['id']), Number(id));
    if (!isNew) twins.expect(Number(id));
  }
  return ids;
}

/**
 * Events that both databases may have: the last spool file of a running shell was read partly into
 * the damaged database, and again from its start into the new one.
 */
class Twins {
  readonly #take;

  constructor(private readonly into: Database) {
    into.exec(`
      CREATE TEMP TABLE IF NOT EXISTS twin (time_ms, command, session_id, here, PRIMARY KEY (time_ms, command, session_id)) WITHOUT ROWID;
      DELETE FROM twin;`);
    this.#take = into.prepare(
      `UPDATE twin SET here = here - 1 WHERE time_ms = @time_ms AND command = @command AND session_id = (
         SELECT session_id FROM twin WHERE time_ms = @time_ms AND command = @command AND here > 0
           AND (session_id = @session_id OR @session_id = ${LOST_SESSION}) LIMIT 1)`,
    );
  }

  /** Looks for duplicates in one session or, where the session cannot be read, in all. */
  expect(sessionId?: number): void {
    this.into
      .prepare(
        `INSERT OR IGNORE INTO twin SELECT time_ms, command, session_id, count(*) FROM event
         WHERE @sessionId IS NULL OR session_id = @sessionId GROUP BY 1, 2, 3`,
      )
      .run({ sessionId: sessionId ?? null });
  }

  /** Whether the event is stored already; each stored event matches once. */
  take(row: Row): boolean {
    return this.#take.run(row).changes > 0;
  }
}

interface Adopted {
  readonly stored: number;
  readonly known: number;
  /** Id of an event in the damaged database → its id in the whole one. */
  readonly ids: ReadonlyMap<number, number>;
}

function adoptEvents(
  rows: DamagedRows,
  into: Database,
  twins: Twins,
  figures: SalvagedFigures,
  idsOf: (row: Row) => { readonly pattern_id: number; readonly session_id: number },
): Adopted {
  const running = new Set(rows.fromBothEnds('running').map((row) => row['event_id']));
  const ids = new Map<number, number>();
  const insert = inserter(into, 'event', ['id']);
  const imported = new Set(into.prepare('SELECT id FROM session WHERE imported = 1').pluck().all());
  let [stored, known] = [0, 0];
  for (const row of rows.byKey('event')) {
    const event = { ...row, ...idsOf(row) };
    try {
      const facts = eventFacts(event, imported.has(event.session_id));
      const isKnown = twins.take(event);
      if (isKnown) known += 1;
      else {
        const { lastInsertRowid } = insert(event);
        if (running.has(row['id'] ?? null)) ids.set(Number(row['id']), Number(lastInsertRowid));
        stored += 1;
      }
      figures.event(facts, event.pattern_id, isKnown);
    } catch {
      // The page is readable, but the row is not an event.
      rows.gaps += 1;
    }
  }
  into
    .prepare("INSERT INTO counter VALUES ('events', ?) ON CONFLICT DO UPDATE SET value = value + excluded.value")
    .run(stored);
  return { stored, known, ids };
}

/** Running commands may still end, if their shell runs. */
function adoptRunning(
  rows: DamagedRows,
  into: Database,
  sessions: ReadonlyMap<number, number>,
  events: ReadonlyMap<number, number>,
): void {
  const insert = into.prepare('INSERT OR IGNORE INTO running (session_id, command, event_id) VALUES (?, ?, ?)');
  for (const row of rows.fromBothEnds('running')) {
    const [session, event] = [sessions.get(Number(row['session_id'])), events.get(Number(row['event_id']))];
    if (session !== undefined && event !== undefined) insert.run(session, row['command'], event);
  }
}

/** Adds missing rows and returns their number. Unknown columns and those in `but` are left out. */
function adoptRows(rows: Iterable<Row>, into: Database, table: string, but: readonly string[] = []): number {
  const insert = inserter(into, table, but, 'OR IGNORE');
  let count = 0;
  for (const row of rows) if (attempt(() => insert(row).changes) === 1) count += 1;
  return count;
}

/** Inserts a row by the columns that both sides have. */
function inserter(into: Database, table: string, but: readonly string[], or = ''): (row: Row) => RunResult {
  const columns = (into.pragma(`table_info(${table})`) as { name: string }[])
    .map(({ name }) => name)
    .filter((name) => !but.includes(name));
  let statement: ReturnType<Database['prepare']> | undefined;
  return (row) => {
    const names = columns.filter((name) => name in row);
    // One file's rows all have the same columns.
    statement ??= into.prepare(
      `INSERT ${or} INTO ${table} (${names.join(', ')}) VALUES (${names.map((name) => `@${name}`).join(', ')})`,
    );
    return statement.run(row);
  };
}

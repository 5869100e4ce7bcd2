import { chmodSync, closeSync, existsSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { CaroError } from '../domain/errors.ts';
import { MIGRATIONS } from './schema.ts';
import { Sqlite } from './sqlite.ts';

export type { Database };

/** Above this size the check at start would hold the service up for seconds; `caro db check` looks at all of it. */
const QUICK_CHECK_LIMIT_BYTES = 64 * 1024 * 1024;
const HEADER = 'SQLite format 3\0';

export interface OpenedDatabase {
  readonly database: Database;
  /** Set when a damaged file was found: where it has been put, and what was wrong with it (E5, NFR-303). */
  readonly setAside: { readonly file: string; readonly reason: string } | null;
}

/**
 * Opens the node's database for writing, making or migrating it as needed. A damaged file is set aside and a fresh one begun, so that
 * observation goes on; nothing of the damaged one is deleted.
 *
 * @throws CaroError `database_damaged` when it was written by a newer version, `disk_full` when it cannot be written at all.
 */
export function openDatabase(file: string, nowMs: number): OpenedDatabase {
  const reason = existsSync(file) ? damageOf(file) : null;
  if (reason === null) return { database: openForWriting(file), setAside: null };
  const aside = `${file}.damaged-${nowMs}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  }
  return { database: openForWriting(file), setAside: { file: aside, reason } };
}

/** Opens it for reading only, for processes that must not change anything. */
export function openReadOnly(file: string): Database {
  const database = new Sqlite(file, { readonly: true, fileMustExist: true });
  database.pragma('cache_size = -2048');
  database.pragma('query_only = on');
  return database;
}

/** Why a database file cannot be used, or null. Never changes it. */
export function damageOf(file: string): string | null {
  if (statSync(file).size > 0 && !hasHeader(file)) return 'the file is not a SQLite database';
  let database: Database | undefined;
  try {
    database = new Sqlite(file, { readonly: true, fileMustExist: true });
    database.pragma('schema_version');
    if (statSync(file).size > QUICK_CHECK_LIMIT_BYTES) return null;
    const verdict = database.pragma('quick_check(1)', { simple: true });
    return verdict === 'ok' ? null : 'the integrity check found damaged pages';
  } catch (error) {
    if (isSqliteError(error) && DAMAGE_CODES.has(error.code)) return `SQLite reports ${error.code}`;
    throw error;
  } finally {
    database?.close();
  }
}

const DAMAGE_CODES = new Set([
  'SQLITE_CORRUPT',
  'SQLITE_NOTADB',
  'SQLITE_CORRUPT_INDEX',
  'SQLITE_CORRUPT_VTAB',
  'SQLITE_IOERR_SHORT_READ',
]);
const FULL_CODES = new Set([
  'SQLITE_FULL',
  'SQLITE_READONLY',
  'SQLITE_IOERR_WRITE',
  'SQLITE_READONLY_DIRECTORY',
  'SQLITE_READONLY_DBMOVED',
]);

export interface SqliteError extends Error {
  readonly code: string;
}

/** By its code, not its class: the addon keeps the class of whichever copy of its module was loaded first. */
export const isSqliteError = (error: unknown): error is SqliteError =>
  typeof error === 'object' && error !== null && 'code' in error && String(error.code).startsWith('SQLITE_');

/** True for errors that more room or a writable disk would mend. */
export const isDiskFull = (error: unknown): boolean => isSqliteError(error) && FULL_CODES.has(error.code);

function hasHeader(file: string): boolean {
  const descriptor = openSync(file, 'r');
  try {
    const head = Buffer.alloc(HEADER.length);
    return readSync(descriptor, head, 0, head.length, 0) === head.length && head.toString('latin1') === HEADER;
  } finally {
    closeSync(descriptor);
  }
}

function openForWriting(file: string): Database {
  const database = new Sqlite(file, { timeout: 5_000 });
  chmodSync(file, 0o600);
  // FULL: a spool record is removed only after the commit that holds it has reached the disk (design.md §2).
  for (const pragma of [
    'auto_vacuum = incremental',
    'journal_mode = wal',
    'synchronous = full',
    'cache_size = -1024',
    'secure_delete = fast',
    'trusted_schema = off',
    'journal_size_limit = 4194304',
  ]) {
    database.pragma(pragma);
  }
  migrate(database, file);
  return database;
}

function migrate(database: Database, file: string): void {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > MIGRATIONS.length) {
    database.close();
    throw new CaroError(
      'database_damaged',
      `expected a database of schema version ${MIGRATIONS.length} or older in ${file}, found ${version}: install the newer program that wrote it`,
    );
  }
  for (let next = version; next < MIGRATIONS.length; next += 1) {
    database.transaction(() => {
      database.exec(MIGRATIONS[next] ?? '');
      database.pragma(`user_version = ${next + 1}`);
    })();
  }
}

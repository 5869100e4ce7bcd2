import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  type Stats,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { CaroError } from '../domain/errors.ts';
import { isFullDisk } from '../platform/files/full-disk.ts';
import { openPrivately } from '../platform/files/private-file.ts';
import { MIGRATIONS } from './schema.ts';
import { Sqlite } from './sqlite.ts';

export type { Database };

/**
 * Above this size a check would delay the start by seconds; it then runs in a thread after the
 * start.
 */
export const QUICK_CHECK_LIMIT_BYTES = 64 * 1024 * 1024;
const HEADER = 'SQLite format 3\0';
/** "caro" in the file's header, which distinguishes our database from other programs'. */
const APPLICATION_ID = 0x6361726f;
/**
 * Suffixes of a database and of SQLite's files next to it. A journal that is left behind would be
 * applied to the next database.
 */
export const PARTS = ['', '-wal', '-shm', '-journal'] as const;

export interface OpenedDatabase {
  readonly database: Database;
  /**
   * Set when a damaged file was found: where it has been put, and what was wrong with it (E5,
   * NFR-303).
   */
  readonly setAside: { readonly file: string; readonly reason: string } | null;
  /** Set when it was of an older schema version. */
  readonly migration: Migration | null;
}

export interface Migration {
  readonly from: number;
  readonly to: number;
  readonly copy: string | null;
}

/**
 * What is checked. `start`: header, schema and, up to `QUICK_CHECK_LIMIT_BYTES`, pages; `pages`:
 * all pages; `whole`: all pages and indexes.
 */
export type CheckDepth = 'start' | 'pages' | 'whole';

/**
 * Called before a database of an older schema version is changed; returns where a copy of it is, if
 * there is one.
 */
export type BeforeMigration = (database: Database, version: number) => string | null;

/**
 * Opens the node's database for writing and makes or migrates it as needed. A damaged file is set
 * aside (renamed, never deleted), and observation continues with a new one.
 *
 * @param options `depth` of the check; with a `reason` the file is moved aside without a check
 * @throws CaroError `database_damaged` when it was written by a newer version, `disk_full` when it
 *   cannot be written at all.
 */
export function openDatabase(
  file: string,
  nowMs: number,
  options: { readonly depth?: CheckDepth; readonly reason?: string; readonly beforeMigration?: BeforeMigration } = {},
): OpenedDatabase {
  const { depth, reason: given, beforeMigration } = options;
  try {
    finishSettingAside(file);
    let reason = isThere(file) ? (given ?? damageOf(file, depth)) : null;
    if (reason === null) {
      const opened = openWhole(file, beforeMigration);
      if (typeof opened !== 'string') return { ...opened, setAside: null };
      reason = opened;
    }
    const aside = `${file}.damaged-${nowMs}`;
    for (const part of PARTS) if (existsSync(file + part)) renameSync(file + part, aside + part);
    return { ...openForWriting(file), setAside: { file: aside, reason } };
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    throw new CaroError(
      'disk_full',
      `${file}: expected to open the database for writing, the disk is full or read-only: free some space, or make it writable`,
      { cause: error },
    );
  }
}

/**
 * After a crash between the renames of a database and of its journal, renames the journal, too.
 * Next to a new database it would be lost, and with it the last commits.
 */
function finishSettingAside(file: string): void {
  if (isThere(file) || !existsSync(`${file}-wal`)) return;
  const aside = [...setAsideFiles(file, 'damaged'), ...setAsideFiles(file, 'replaced')]
    .sort((a, b) => setAsideTime(a) - setAsideTime(b))
    .at(-1);
  if (aside === undefined) return;
  for (const part of PARTS.slice(1))
    if (existsSync(file + part) && !existsSync(aside + part)) renameSync(file + part, aside + part);
}

/** Size on disk of a database and its write-ahead log, in bytes. */
export const databaseBytes = (file: string): number => sizeOf(file) + sizeOf(`${file}-wal`);

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** Databases moved aside as damaged and not salvaged yet, or replaced by a backup; oldest first. */
export function setAsideFiles(file: string, why: 'damaged' | 'replaced' = 'damaged'): readonly string[] {
  const prefix = `${basename(file)}.${why}-`;
  return readdirSync(dirname(file))
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => join(dirname(file), name))
    .sort((a, b) => setAsideTime(a) - setAsideTime(b));
}

/** When a file was moved aside, in ms since the epoch, by its name. */
export const setAsideTime = (aside: string): number => Number(aside.slice(aside.lastIndexOf('-') + 1));

/** Opens it for reading only, for processes that must not change anything. */
export function openReadOnly(file: string): Database {
  const database = new Sqlite(file, { readonly: true, fileMustExist: true });
  database.pragma('cache_size = -2048');
  database.pragma('query_only = on');
  return database;
}

/**
 * Why a database file cannot be used, or null. Does not change its content; a file that its owner
 * cannot read is made readable.
 */
export function damageOf(file: string, depth: CheckDepth = 'start'): string | null {
  const facts = lstatSync(file);
  if (facts.isDirectory()) return 'there is a directory in its place';
  makeUsable(file, facts);
  if (facts.size > 0 && !hasHeader(file)) return 'the file is not a SQLite database';
  try {
    return lookInto(file, depth);
  } catch (error) {
    if (!isUnfinished(error)) throw error;
    // A transaction was interrupted: SQLite rolls it back when the file is opened for writing.
    new Sqlite(file).exec('SELECT count(*) FROM sqlite_schema').close();
    return lookInto(file, depth);
  }
}

/** Far above any real version. A database of a newer version is refused, not moved aside. */
const FAR_VERSION = 1_000;

function lookInto(file: string, depth: CheckDepth): string | null {
  let database: Database | undefined;
  try {
    database = new Sqlite(file, { readonly: true, fileMustExist: true });
    if (isForeign(database)) return 'it is the database of another program';
    const version = Number(database.pragma('user_version', { simple: true }));
    if (version < 0 || version > FAR_VERSION) return 'its header names a schema version that never was';
    if (depth === 'start' && statSync(file).size > QUICK_CHECK_LIMIT_BYTES) return null;
    const check = depth === 'whole' ? 'integrity_check(1)' : 'quick_check(1)';
    return database.pragma(check, { simple: true }) === 'ok' ? null : 'the integrity check found damaged pages';
  } catch (error) {
    const damage = damageIn(error);
    if (damage !== null) return damage;
    throw error;
  } finally {
    database?.close();
  }
}

/** A journal must be applied first, which needs write access. */
const isUnfinished = (error: unknown): boolean =>
  isSqliteError(error) && ['SQLITE_READONLY_ROLLBACK', 'SQLITE_READONLY_RECOVERY'].includes(error.code);

/** Unlike `fs.existsSync`, follows no links and needs no permission on the target. */
const isThere = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false }) !== undefined;

/** Restores the owner's permissions on their own file, e.g. after a mistaken `chmod`. */
function makeUsable(file: string, { mode, uid }: Stats): void {
  if ((mode & 0o600) !== 0o600 && uid === process.getuid?.()) chmodSync(file, 0o600);
}

/**
 * Ours have our application id or, if they are older than that, our tables. An empty file is not
 * foreign.
 */
export function isForeign(database: Database): boolean {
  const id = database.pragma('application_id', { simple: true });
  if (id === APPLICATION_ID) return false;
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  return id !== 0 || (tables.length > 0 && !(tables.includes('meta') && tables.includes('audit')));
}

const DAMAGE_CODES = new Set([
  'SQLITE_CORRUPT',
  'SQLITE_NOTADB',
  'SQLITE_CORRUPT_INDEX',
  'SQLITE_CORRUPT_VTAB',
  'SQLITE_CORRUPT_SEQUENCE',
  'SQLITE_IOERR_SHORT_READ',
]);
/** The disk is full, over a quota, read-only, or fails to write. */
const FULL_CODES = new Set([
  'SQLITE_FULL',
  'SQLITE_IOERR_WRITE',
  'SQLITE_IOERR_FSYNC',
  'SQLITE_IOERR_DIR_FSYNC',
  'SQLITE_IOERR_TRUNCATE',
  'SQLITE_IOERR_DELETE',
  'SQLITE_IOERR_SHMOPEN',
  'SQLITE_IOERR_SHMSIZE',
]);
const FULL_FAMILIES = /^SQLITE_(READONLY|CANTOPEN)/;

export interface SqliteError extends Error {
  readonly code: string;
}

/** By its code, not its class: the addon keeps the class of the first copy that was loaded. */
export const isSqliteError = (error: unknown): error is SqliteError =>
  typeof error === 'object' && error !== null && 'code' in error && String(error.code).startsWith('SQLITE_');

/** True for errors, of SQLite or the system, of a disk that is full, read-only or failing. */
export const isDiskFull = (error: unknown): boolean =>
  isFullDisk(error) || (isSqliteError(error) && (FULL_CODES.has(error.code) || FULL_FAMILIES.test(error.code)));

/** Messages about a damaged header, for which SQLite has only its most general code. */
const DAMAGE_TEXT = /^(unsupported file format|malformed database schema)/;

/** Describes an error that means a damaged file; null for any other error. */
export function damageIn(error: unknown): string | null {
  if (!isSqliteError(error)) return null;
  const isDamage = DAMAGE_CODES.has(error.code) || (error.code === 'SQLITE_ERROR' && DAMAGE_TEXT.test(error.message));
  return isDamage ? `SQLite reports ${error.code}` : null;
}

function hasHeader(file: string): boolean {
  const descriptor = openSync(file, 'r');
  try {
    const head = Buffer.alloc(HEADER.length);
    return readSync(descriptor, head, 0, head.length, 0) === head.length && head.toString('latin1') === HEADER;
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Makes an empty database file (0600), which SQLite would make readable for others. An existing
 * file is not changed.
 */
export function makePrivately(file: string): void {
  if (isThere(file)) return;
  try {
    closeSync(openPrivately(file, 'ax'));
  } catch (error) {
    // Another process that starts at the same time may have made it.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/**
 * @returns the reason as text if the file is damaged after all: intact pages may contain tables of
 *   another version than the one in the header
 */
function openWhole(file: string, beforeMigration?: BeforeMigration): ReturnType<typeof openForWriting> | string {
  try {
    return openForWriting(file, beforeMigration);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'SQLITE_ERROR') throw error;
    return 'its tables are not those of its schema version';
  }
}

function openForWriting(
  file: string,
  beforeMigration?: BeforeMigration,
): Pick<OpenedDatabase, 'database' | 'migration'> {
  makePrivately(file);
  const database = new Sqlite(file, { timeout: 5_000 });
  // FULL: a spool record is removed only after its commit is on the disk (docs/design.md §2).
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
  if (database.pragma('application_id', { simple: true }) !== APPLICATION_ID)
    database.pragma(`application_id = ${APPLICATION_ID}`);
  try {
    return { database, migration: migrate(database, file, beforeMigration) };
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: Database, file: string, beforeMigration?: BeforeMigration): Migration | null {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > MIGRATIONS.length) {
    throw new CaroError(
      'database_damaged',
      `expected a database of schema version ${MIGRATIONS.length} or older in ${file}, found ${version}: install the newer program that wrote it`,
    );
  }
  const isOld = version > 0 && version < MIGRATIONS.length;
  const copy = isOld ? (beforeMigration?.(database, version) ?? null) : null;
  for (let next = version; next < MIGRATIONS.length; next += 1) {
    database.transaction(() => {
      database.exec(MIGRATIONS[next] ?? '');
      database.pragma(`user_version = ${next + 1}`);
    })();
  }
  // The pages of new tables would stay in memory.
  if (version < MIGRATIONS.length) database.pragma('shrink_memory');
  return isOld ? { from: version, to: MIGRATIONS.length, copy } : null;
}

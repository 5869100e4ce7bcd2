import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CaroError } from '../../domain/errors.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { DAY_MS } from '../../domain/time/period.ts';
import { openPrivately, renameDurably, syncDirectory } from '../../platform/files/private-file.ts';
import { type Database, damageOf, openReadOnly, PARTS } from '../database.ts';

/** The name ends with the schema version where the copy was made before a migration. */
const NAME = /^caro-(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z(?:-v(\d+))?\.db$/;
/** Space that is left for the database and other programs. */
const RESERVE_BYTES = 64 * 1024 * 1024;

/**
 * Copies the database at one point in time while it is in use. The copy is complete, private and on
 * disk when this resolves with its path. A large database takes long: the service calls this in a
 * thread.
 *
 * @throws CaroError `disk_full` where there is not room for it; nothing is left behind then
 */
export async function backupDatabase(file: string, folder: string, nowMs: number): Promise<string> {
  const target = join(folder, `caro-${stampOf(nowMs)}.db`);
  const draft = makeDraft(target, file);
  const database = openReadOnly(file);
  try {
    // A read transaction keeps one state of the database: later commits would restart the copy.
    database.exec('BEGIN');
    database.prepare('SELECT count(*) FROM meta').get();
    await database.backup(draft);
    renameDurably(draft, target);
    return target;
  } finally {
    database.close();
    rmSync(draft, { force: true });
  }
}

/**
 * Copies an open database, in one statement, before a migration: an older program can open the copy
 * (docs/operations.md). It replaces an earlier copy of the same version, so that repeatedly
 * interrupted starts do not fill the disk. If a page is damaged, the earlier copy stays.
 *
 * @returns its path
 * @throws CaroError `disk_full` where there is not room for it, and what SQLite says; nothing is
 *   left behind then
 */
export function copyBeforeMigration(database: Database, version: number, folder: string, nowMs: number): string {
  const target = join(folder, `caro-${stampOf(nowMs)}-v${version}.db`);
  const draft = makeDraft(target, database.name);
  try {
    database.prepare('VACUUM INTO ?').run(draft);
    sync(draft);
    renameDurably(draft, target);
  } finally {
    rmSync(draft, { force: true });
  }
  for (const file of listBackups(folder))
    if (file !== target && NAME.exec(basename(file))?.[7] === `${version}`) unlinkSync(file);
  return target;
}

const stampOf = (nowMs: number): string => isoTime(nowMs).replaceAll(/[-:]|\.\d{3}/g, '');

/** Makes an empty private file for a copy of a database, if there is space for the copy. */
function makeDraft(target: string, file: string): string {
  const folder = dirname(target);
  removeDrafts(folder);
  assertRoom(file, folder);
  const draft = `${target}.new`;
  closeSync(openPrivately(draft, 'wx'));
  return draft;
}

function sync(file: string): void {
  const descriptor = openSync(file, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function assertRoom(file: string, folder: string): void {
  // Commits that are only in the journal are part of the copy.
  const journal = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  const needed = statSync(file).size + journal + RESERVE_BYTES;
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= needed) return;
  throw new CaroError(
    'disk_full',
    `expected ${Math.ceil(needed / 1024 ** 2)} MiB free for a copy of the database, there are ${Math.floor((bavail * bsize) / 1024 ** 2)}: free some space`,
  );
}

/** Removes files that an interrupted backup left behind. */
function removeDrafts(folder: string): void {
  for (const name of readdirSync(folder)) {
    const draft = name.replace(/-journal$/, '');
    if (draft.endsWith('.new') && NAME.test(draft.slice(0, -'.new'.length))) rmSync(join(folder, name));
  }
}

/** Whether a backup is being made in this folder, or was interrupted. */
export const hasDraft = (folder: string): boolean => readdirSync(folder).some((name) => name.endsWith('.db.new'));

/** Backups in a folder, oldest first. */
export const listBackups = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => NAME.test(name))
    .sort()
    .map((name) => join(folder, name));

/** When a backup was made, in ms since the epoch, by its name. */
export function backupTime(file: string): number {
  const [, year, month, day, hour, minute, second] = NAME.exec(basename(file)) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}

/**
 * Removes all but the newest `keep` backups. A backup with a time in the future, made while the
 * clock was wrong, counts as old. None made before `spareBeforeMs` is removed: it may be the only
 * good copy while a damaged database is not salvaged yet.
 */
export function pruneBackups(folder: string, keep: number, nowMs: number, spareBeforeMs: number | null = null): void {
  const age = (file: string): number => {
    const time = backupTime(file);
    return time > nowMs + DAY_MS ? Number.POSITIVE_INFINITY : nowMs - time;
  };
  const byAge = [...listBackups(folder)].sort((a, b) => age(a) - age(b));
  for (const file of byAge.slice(keep)) {
    if (spareBeforeMs === null || backupTime(file) >= spareBeforeMs) unlinkSync(file);
  }
}

/**
 * Replaces the database with a backup and keeps the old one next to it. MUST be called under the
 * instance lock.
 *
 * @returns new path of the replaced database, or null if there was none
 * @throws CaroError `not_found`, `database_damaged`; then nothing has been changed
 */
export function restoreDatabase(file: string, backup: string, nowMs: number): string | null {
  // Opening a FIFO would block.
  if (statSync(backup, { throwIfNoEntry: false })?.isFile() !== true)
    throw new CaroError('not_found', `${backup}: expected a backup, there is no such file`);
  const damage = damageOf(backup, 'whole');
  if (damage !== null)
    throw new CaroError('database_damaged', `${backup}: expected a whole database, ${damage}; try another backup`);
  const draft = `${file}.restoring`;
  rmSync(draft, { force: true });
  try {
    copyFileSync(backup, draft);
    chmodSync(draft, 0o600);
    sync(draft);
    const before = moveAside(file, `replaced-${nowMs}`);
    renameDurably(draft, file);
    return before;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Renames a database with its journal; null if there is none. */
export function moveAside(file: string, suffix: string): string | null {
  if (!existsSync(file)) return null;
  for (const part of PARTS) {
    if (existsSync(file + part)) renameSync(file + part, `${file}.${suffix}${part}`);
  }
  syncDirectory(dirname(file));
  return `${file}.${suffix}`;
}

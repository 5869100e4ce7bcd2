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
import { openPrivately, renameDurably, syncDirectory } from '../../platform/private-file.ts';
import { type Database, damageOf, openReadOnly, PARTS } from '../database.ts';

/** With the schema version where it was made before a migration. */
const NAME = /^caro-(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z(?:-v(\d+))?\.db$/;
/** What other programs, and the database itself, need beside a copy. */
const RESERVE_BYTES = 64 * 1024 * 1024;

/**
 * Copies the live database while it is in use, as it was at one moment; the copy is whole, private,
 * and on disk when this resolves. Returns its path. Takes long with a large database: the service
 * does it in a thread.
 *
 * @throws CaroError `disk_full` where there is not room for it; nothing is left behind then
 */
export async function backupDatabase(file: string, folder: string, nowMs: number): Promise<string> {
  const target = join(folder, `caro-${stampOf(nowMs)}.db`);
  const draft = makeDraft(target, file);
  const database = openReadOnly(file);
  try {
    // Holds one state of the database for as long as it takes, so that later commits do not make
    // the copy begin again.
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
 * Copies an open database, as one statement, before a migration changes it: an older program opens
 * the copy (docs/operations.md). It takes the place of an earlier one of the same version, so that
 * starts that are cut off time and again do not fill the disk. A damaged page ends it, and the
 * earlier copy stays.
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

/** An empty private file for a copy of a database, where there is room for one. */
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
  // What stands in its journal only is part of the copy, too.
  const journal = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  const needed = statSync(file).size + journal + RESERVE_BYTES;
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= needed) return;
  throw new CaroError(
    'disk_full',
    `expected ${Math.ceil(needed / 1024 ** 2)} MiB free for a copy of the database, there are ${Math.floor((bavail * bsize) / 1024 ** 2)}: free some space`,
  );
}

/** What a backup that was cut off left behind, with what SQLite keeps beside it meanwhile. */
function removeDrafts(folder: string): void {
  for (const name of readdirSync(folder)) {
    const draft = name.replace(/-journal$/, '');
    if (draft.endsWith('.new') && NAME.test(draft.slice(0, -'.new'.length))) rmSync(join(folder, name));
  }
}

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
 * Removes all but the newest `keep` backups. One that is dated ahead of now, by a clock that has
 * been put right since, counts as old. None made before `spareBeforeMs` is removed: while a damaged
 * database waits to be salvaged they may be all there is.
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
 * Puts a backup in the place of the database, which is kept beside it. MUST be called under the
 * instance lock.
 *
 * @returns where the database that was there is now, or null if there was none
 * @throws CaroError `not_found`, `database_damaged`; nothing is changed then
 */
export function restoreDatabase(file: string, backup: string, nowMs: number): string | null {
  // Anything else than a file is not even opened: a FIFO would never answer.
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

/** Moves a database with its journal out of the way; null if there is none. */
export function moveAside(file: string, suffix: string): string | null {
  if (!existsSync(file)) return null;
  for (const part of PARTS) {
    if (existsSync(file + part)) renameSync(file + part, `${file}.${suffix}${part}`);
  }
  syncDirectory(dirname(file));
  return `${file}.${suffix}`;
}

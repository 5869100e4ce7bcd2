import { chmodSync, copyFileSync, existsSync, readdirSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { CaroError } from '../domain/errors.ts';
import { type Database, damageOf } from './database.ts';

const NAME = /^caro-\d{8}T\d{6}Z\.db$/;

/** Copies the live database while it is in use; the copy is whole and private. Returns its path. */
export async function backupDatabase(database: Database, folder: string, nowMs: number): Promise<string> {
  const stamp = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const file = join(folder, `caro-${stamp}.db`);
  await database.backup(`${file}.new`);
  chmodSync(`${file}.new`, 0o600);
  renameSync(`${file}.new`, file);
  return file;
}

/** Backups in a folder, oldest first. */
export const listBackups = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => NAME.test(name))
    .sort()
    .map((name) => join(folder, name));

/** Removes all but the newest `keep` backups. */
export function pruneBackups(folder: string, keep: number): void {
  for (const file of listBackups(folder).slice(0, -keep)) unlinkSync(file);
}

/**
 * Puts a backup in the place of the database, which is kept beside it. MUST be called under the instance lock.
 *
 * @returns where the database that was there is now, or null if there was none
 * @throws CaroError `not_found`, `database_damaged`; nothing is changed then
 */
export function restoreDatabase(file: string, backup: string, nowMs: number): string | null {
  // Anything else than a file is not even opened: a FIFO would never answer.
  if (statSync(backup, { throwIfNoEntry: false })?.isFile() !== true)
    throw new CaroError('not_found', `${backup}: expected a backup, there is no such file`);
  const damage = damageOf(backup);
  if (damage !== null)
    throw new CaroError('database_damaged', `${backup}: expected a whole database, ${damage}; try another backup`);
  copyFileSync(backup, `${file}.restoring`);
  chmodSync(`${file}.restoring`, 0o600);
  const before = moveAside(file, `replaced-${nowMs}`);
  renameSync(`${file}.restoring`, file);
  return before;
}

/** Moves a database with its journal out of the way; null if there is none. */
export function moveAside(file: string, suffix: string): string | null {
  if (!existsSync(file)) return null;
  for (const part of ['', '-wal', '-shm']) {
    if (existsSync(file + part)) renameSync(file + part, `${file}.${suffix}${part}`);
  }
  return `${file}.${suffix}`;
}

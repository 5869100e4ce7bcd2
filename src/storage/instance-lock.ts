import { truncateSync } from 'node:fs';
import { CaroError } from '../domain/errors.ts';
import { damageIn, isDiskFull, isSqliteError, makePrivately } from './database.ts';
import { Sqlite } from './sqlite.ts';

/**
 * Keeps a second service off the same home. SQLite's own file lock is used, since the system lets go of it however the process ends.
 * @throws CaroError `already_running`, `disk_full`
 */
export function lockInstance(file: string): { readonly release: () => void } {
  try {
    return lock(file);
  } catch (error) {
    if (isSqliteError(error) && error.code === 'SQLITE_BUSY') {
      throw new CaroError(
        'already_running',
        `expected ${file} to be free, another service holds it: see caro status, or stop it with caro service stop`,
      );
    }
    if (!isDiskFull(error)) throw error;
    throw new CaroError(
      'disk_full',
      `${file}: expected to lock this home, the disk is full or read-only: free some space, or make it writable`,
      { cause: error },
    );
  }
}

function lock(file: string): { readonly release: () => void } {
  try {
    return tryLock(file);
  } catch (error) {
    if (damageIn(error) === null) throw error;
    // Nothing stands in it. Emptied in place, since locks belong to the file and not to its name.
    truncateSync(file);
    return tryLock(file);
  }
}

function tryLock(file: string): { readonly release: () => void } {
  makePrivately(file);
  const database = new Sqlite(file, { timeout: 0 });
  try {
    database.pragma('locking_mode = exclusive');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw error;
  }
  return { release: () => void database.close() };
}

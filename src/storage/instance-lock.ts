import { chmodSync } from 'node:fs';
import { CaroError } from '../domain/errors.ts';
import { isSqliteError } from './database.ts';
import { Sqlite } from './sqlite.ts';

/**
 * Keeps a second service off the same home. SQLite's own file lock is used, since the system lets go of it however the process ends.
 * @throws CaroError `already_running`
 */
export function lockInstance(file: string): { readonly release: () => void } {
  const lock = new Sqlite(file, { timeout: 0 });
  try {
    chmodSync(file, 0o600);
    lock.pragma('locking_mode = exclusive');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!isSqliteError(error) || error.code !== 'SQLITE_BUSY') throw error;
    throw new CaroError(
      'already_running',
      `expected ${file} to be free, another service holds it: see caro status, or stop it with caro service stop`,
    );
  }
  return { release: () => lock.close() };
}

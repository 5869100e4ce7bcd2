import { truncateSync } from 'node:fs';
import { CaroError } from '../domain/errors.ts';
import { damageIn, isDiskFull, isSqliteError, makePrivately } from './database.ts';
import { Sqlite } from './sqlite.ts';

/** A change takes milliseconds; the system lets go of the lock of one that was killed. */
const TURN_MS = 5_000;

interface Lock {
  readonly release: () => void;
}

/**
 * Keeps a second service off the same home. SQLite's own file lock is used, since the system lets go of it however the process ends.
 * @throws CaroError `already_running`, `disk_full`
 */
export function lockInstance(file: string): Lock {
  try {
    return lock(file, 0);
  } catch (error) {
    if (isBusy(error)) {
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

/**
 * Runs `act` while no other process of this user runs one under the same lock: what is read, changed and written back would else lose
 * what another one wrote in between. Where there is no room for the lock `act` runs all the same, since nothing else may keep it back.
 *
 * @throws CaroError `already_running` where another one does not end; what `act` throws
 */
export function inTurn<T>(file: string, act: () => T): T {
  const held = turnOf(file);
  try {
    return act();
  } finally {
    held?.release();
  }
}

/** Null where the disk is full or read-only. */
function turnOf(file: string): Lock | null {
  try {
    return lock(file, TURN_MS);
  } catch (error) {
    if (isDiskFull(error)) return null;
    if (!isBusy(error)) throw error;
    throw new CaroError(
      'already_running',
      `expected no other change of the settings under way, one has held ${file} for ${TURN_MS} ms; try again when it has ended`,
    );
  }
}

const isBusy = (error: unknown): boolean => isSqliteError(error) && error.code === 'SQLITE_BUSY';

/** @param waitMs how long to wait for who holds it */
function lock(file: string, waitMs: number): Lock {
  try {
    return tryLock(file, waitMs);
  } catch (error) {
    if (damageIn(error) === null) throw error;
    // Nothing stands in it. Emptied in place, since locks belong to the file and not to its name.
    truncateSync(file);
    return tryLock(file, waitMs);
  }
}

function tryLock(file: string, waitMs: number): Lock {
  makePrivately(file);
  const database = new Sqlite(file, { timeout: waitMs });
  try {
    database.pragma('locking_mode = exclusive');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw error;
  }
  return { release: () => void database.close() };
}

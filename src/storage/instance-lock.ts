import { truncateSync } from 'node:fs';
import { CaroError } from '../domain/errors.ts';
import { steadyMs } from '../platform/steady-clock.ts';
import { damageIn, isDiskFull, isSqliteError, makePrivately } from './database.ts';
import { Sqlite } from './sqlite.ts';

/** A change takes milliseconds; the system lets go of the lock of one that was killed. */
const TURN_MS = 10_000;
/**
 * Between two tries, at most: by chance, so that those who wait do not come at the same moment
 * again.
 */
const PAUSE_MS = 40;

interface Lock {
  readonly release: () => void;
}

/**
 * Keeps a second service off the same home. SQLite's own file lock is used, since the system lets
 * go of it however the process ends.
 * @throws CaroError `already_running`, `disk_full`
 */
export function lockInstance(file: string): Lock {
  try {
    return lock(file);
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
 * Runs `act` while no other process of this user runs one under the same lock: what is read,
 * changed and written back would else lose what another one wrote in between. Where there is no
 * room for the lock `act` runs all the same, since nothing else may keep it back.
 *
 * @throws CaroError `already_running` where another one does not end; what `act` throws
 */
export async function withFileLock<T>(file: string, act: () => T): Promise<T> {
  const held = await turnOf(file);
  try {
    return act();
  } finally {
    held?.release();
  }
}

/** Null where the disk is full or read-only. */
async function turnOf(file: string): Promise<Lock | null> {
  const begun = steadyMs();
  for (;;) {
    try {
      return lock(file);
    } catch (error) {
      if (isDiskFull(error)) return null;
      if (!isBusy(error)) throw error;
      if (steadyMs() - begun > TURN_MS)
        throw new CaroError(
          'already_running',
          `expected no other change of the settings under way, others have held ${file} for ${TURN_MS} ms; try again when they have ended`,
        );
    }
    await pause();
  }
}

const pause = (): Promise<void> => new Promise((done) => setTimeout(done, Math.random() * PAUSE_MS));

const isBusy = (error: unknown): boolean => isSqliteError(error) && error.code === 'SQLITE_BUSY';

function lock(file: string): Lock {
  try {
    return tryLock(file);
  } catch (error) {
    if (damageIn(error) === null) throw error;
    // Nothing stands in it. Emptied in place, since locks belong to the file and not to its name.
    truncateSync(file);
    return tryLock(file);
  }
}

/**
 * Never waits: SQLite would, with the whole process, and two that wait while each holds its half of
 * a lock would wait for each other.
 */
function tryLock(file: string): Lock {
  makePrivately(file);
  const database = new Sqlite(file, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw error;
  }
  return { release: () => void database.close() };
}

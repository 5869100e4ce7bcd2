import { truncateSync } from 'node:fs';
import { CaroError } from '../domain/errors.ts';
import { steadyMs } from '../platform/steady-clock.ts';
import { damageIn, isDiskFull, isSqliteError, makePrivately } from './database.ts';
import { Sqlite } from './sqlite.ts';

/** A change takes milliseconds; the system releases the lock of a process that was killed. */
const TURN_MS = 10_000;
/** Maximum pause between two attempts; random, so that waiting processes do not stay in step. */
const PAUSE_MS = 40;

interface Lock {
  readonly release: () => void;
}

/**
 * Prevents a second service on the same home. Uses SQLite's file lock, which the system releases
 * when the process ends for any reason.
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
 * Runs `act` while no other process holds the lock, so that a change which reads, modifies and
 * writes a file does not lose the change of another process. Where the disk is full and the lock
 * cannot be made, `act` runs without it.
 *
 * @throws CaroError `already_running` where another process holds it for 10 s; what `act` throws
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
    // The file has no content. It is emptied in place, since a lock belongs to the inode.
    truncateSync(file);
    return tryLock(file);
  }
}

/**
 * Never waits in SQLite, which would block the whole process; and two processes that each hold a
 * part of the lock would wait for each other.
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

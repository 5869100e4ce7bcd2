import { statSync } from 'node:fs';
import type { Configuration } from '../../domain/configuration.ts';
import { CaroError } from '../../domain/errors.ts';
import type { StorageStatus } from '../../domain/status/status.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { DAY_MS } from '../../domain/time/period.ts';
import type { ServiceLog } from '../../platform/service-log.ts';
import { steadyMs } from '../../platform/steady-clock.ts';
import { type Database, QUICK_CHECK_LIMIT_BYTES, setAsideFiles, setAsideTime } from '../database.ts';
import { createMetaStore, type MetaStore } from '../meta-store.ts';
import { backupTime, listBackups, pruneBackups } from './backup.ts';
import { RetentionClock } from './retention-clock.ts';
import type { StorageHealth } from './storage-health.ts';

/** A copy of a large database takes minutes on a slow disk. */
const BACKUP_MS = 30 * 60_000;
const CHECK_MS = 30 * 60_000;
const CHECKED = 'pages_checked_ms';
const PROBE = 'written_ms';

export interface StorageCarePorts {
  readonly database: Database;
  readonly health: StorageHealth;
  readonly log: Pick<ServiceLog, 'error' | 'lost'>;
  /** Paths of the database file and of the folder for copies. */
  readonly places: { readonly database: string; readonly backups: string };
  readonly configuration: () => Pick<Configuration, 'backup'>;
  readonly identity: { readonly createdAt: string };
  /** Tasks of the worker pool. */
  readonly copy: (
    input: { readonly databaseFile: string; readonly folder: string; readonly nowMs: number },
    timeoutMs: number,
  ) => Promise<string>;
  readonly check: (input: { readonly databaseFile: string }, timeoutMs: number) => Promise<string | null>;
}

/** Maintains the database: backups, checks of a large one, and its part of `caro status`. */
export interface StorageCare {
  readonly status: () => StorageStatus;
  /** Makes a copy in a thread. @throws CaroError `disk_full`, `worker_failed` */
  readonly backup: () => Promise<string>;
  /** To be called every quarter of an hour. Returns the time that retention uses, in ms. */
  readonly quarter: (nowMs: number) => number;
  /** To be called every few seconds: checks whether a full disk has room again. */
  readonly probe: () => void;
}

export function createStorageCare(ports: StorageCarePorts): StorageCare {
  const { configuration, database, health, log, places } = ports;
  const meta = createMetaStore(database);
  const clock = health.guard(() => new RetentionClock(meta, Date.now(), steadyMs()))();
  let backupTrouble: string | null = null;
  const backup = async (): Promise<string> => {
    const input = { databaseFile: places.database, folder: places.backups, nowMs: Date.now() };
    const file = await ports.copy(input, BACKUP_MS);
    backupTrouble = null;
    return file;
  };
  const scheduled = once(async () => {
    try {
      await backup();
      const waiting = setAsideFiles(places.database)[0];
      const spareBefore = waiting === undefined ? null : setAsideTime(waiting);
      pruneBackups(places.backups, configuration().backup.keep, Date.now(), spareBefore);
    } catch (error) {
      backupTrouble = error instanceof CaroError ? error.message : 'the backup failed';
      log.error({ err: error }, 'scheduled backup failed');
    }
  });
  const checked = once(() => checkPages(ports, meta));
  return {
    status: () => ({
      ...health.status(),
      setAside: setAsideFiles(places.database),
      backup: { last: lastBackup(places.backups), trouble: backupTrouble },
      logLinesLost: log.lost(),
    }),
    backup,
    quarter: (nowMs) => {
      if (backupIsDue(ports, nowMs)) scheduled();
      checked();
      return health.guard(() => clock.read(nowMs, steadyMs()))();
    },
    probe: () => health.retry(() => meta.set(PROBE, String(Date.now()))),
  };
}

/**
 * Whether the last copy, or the node itself, is a day old; also true after a clock was set back.
 */
function backupIsDue({ configuration, identity, places }: StorageCarePorts, nowMs: number): boolean {
  if (!configuration().backup.daily) return false;
  const last = listBackups(places.backups).at(-1);
  const since = last === undefined ? Date.parse(identity.createdAt) : backupTime(last);
  return Math.abs(nowMs - since) >= DAY_MS;
}

function lastBackup(folder: string): string | null {
  const last = listBackups(folder).at(-1);
  return last === undefined ? null : isoTime(backupTime(last));
}

/** Checks a database that is too large for the check at start, once a day, in a worker thread. */
async function checkPages({ check, health, log, places }: StorageCarePorts, meta: MetaStore): Promise<void> {
  if (statSync(places.database).size <= QUICK_CHECK_LIMIT_BYTES) return;
  if (Math.abs(Date.now() - Number(meta.get(CHECKED) ?? 0)) < DAY_MS) return;
  try {
    const damage = await check({ databaseFile: places.database }, CHECK_MS);
    if (damage === null) meta.set(CHECKED, String(Date.now()));
    else health.damaged(damage);
  } catch (error) {
    log.error({ err: error }, 'page check failed');
  }
}

/** Starts the work unless it is running. */
function once(work: () => Promise<void>): () => void {
  let running = false;
  return () => {
    if (running) return;
    running = true;
    void work().finally(() => {
      running = false;
    });
  };
}

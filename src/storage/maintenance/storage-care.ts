import { statSync } from 'node:fs';
import { CaroError } from '../../domain/errors.ts';
import type { StorageStatus } from '../../domain/status/status.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { DAY_MS } from '../../domain/time/period.ts';
import { steadyMs } from '../../platform/steady-clock.ts';
import type { ServiceContext } from '../../wiring/service-context.ts';
import { QUICK_CHECK_LIMIT_BYTES, setAsideFiles, setAsideTime } from '../database.ts';
import { createMetaStore, type MetaStore } from '../meta-store.ts';
import { backupTime, listBackups, pruneBackups } from './backup.ts';
import { RetentionClock } from './retention-clock.ts';

/** A copy of a large database takes minutes on a slow disk. */
const BACKUP_MS = 30 * 60_000;
const CHECK_MS = 30 * 60_000;
const CHECKED = 'pages_checked_ms';
const PROBE = 'written_ms';

/**
 * Looks after the database beside the work: backups, checks of a large one, and what `caro status`
 * says of it.
 */
export interface StorageCare {
  readonly status: () => StorageStatus;
  /** Makes a copy in a thread. @throws CaroError `disk_full`, `worker_failed` */
  readonly backup: () => Promise<string>;
  /** Every quarter of an hour. Returns the time that retention goes by. */
  readonly quarter: (nowMs: number) => number;
  /** Every few seconds: finds out whether there is room again. */
  readonly probe: () => void;
}

export function createStorageCare(context: ServiceContext): StorageCare {
  const { configuration, database, health, log, places, pool } = context;
  const meta = createMetaStore(database);
  const clock = health.guard(() => new RetentionClock(meta, Date.now(), steadyMs()))();
  let backupTrouble: string | null = null;
  const backup = async (): Promise<string> => {
    const input = { databaseFile: places.database, folder: places.backups, nowMs: Date.now() };
    const file = await pool.run('backup', input, { timeoutMs: BACKUP_MS });
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
      backupTrouble = error instanceof CaroError ? error.message : 'the copy could not be made';
      log.error({ err: error }, 'the scheduled backup was not made');
    }
  });
  const checked = once(() => checkPages(context, meta));
  return {
    status: () => ({
      ...health.status(),
      setAside: setAsideFiles(places.database),
      backup: { last: lastBackup(places.backups), trouble: backupTrouble },
      logLinesLost: log.lost(),
    }),
    backup,
    quarter: (nowMs) => {
      if (backupIsDue(context, nowMs)) scheduled();
      checked();
      return health.guard(() => clock.read(nowMs, steadyMs()))();
    },
    probe: () => health.retry(() => meta.set(PROBE, String(Date.now()))),
  };
}

/**
 * Whether a day has gone by since the last copy, or since the node was made; also where a clock was
 * put back since.
 */
function backupIsDue({ configuration, identity, places }: ServiceContext, nowMs: number): boolean {
  if (!configuration().backup.daily) return false;
  const last = listBackups(places.backups).at(-1);
  const since = last === undefined ? Date.parse(identity.createdAt) : backupTime(last);
  return Math.abs(nowMs - since) >= DAY_MS;
}

function lastBackup(folder: string): string | null {
  const last = listBackups(folder).at(-1);
  return last === undefined ? null : isoTime(backupTime(last));
}

/** Pages of a database that is too large for a look at start, once a day, in a thread. */
async function checkPages({ health, log, places, pool }: ServiceContext, meta: MetaStore): Promise<void> {
  if (statSync(places.database).size <= QUICK_CHECK_LIMIT_BYTES) return;
  if (Math.abs(Date.now() - Number(meta.get(CHECKED) ?? 0)) < DAY_MS) return;
  try {
    const damage = await pool.run('checkDatabase', { databaseFile: places.database }, { timeoutMs: CHECK_MS });
    if (damage === null) meta.set(CHECKED, String(Date.now()));
    else health.damaged(damage);
  } catch (error) {
    log.error({ err: error }, 'the pages of the database were not checked');
  }
}

/** Begins the work unless it is going on already. */
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

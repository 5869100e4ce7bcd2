import { existsSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { linkRecord, verifyChain } from '../../audit/chain.ts';
import { encodeAuditExport } from '../../audit/export.ts';
import { logProof } from '../../audit/log-proof.ts';
import type { Places } from '../../config/places.ts';
import type { AuditCheckpoint, AuditEntry, AuditRecord, AuditVerification } from '../../domain/audit/audit-record.ts';
import { readIdentity } from '../../identity/identity.ts';
import { replacePrivately } from '../../platform/files/private-file.ts';
import { readAuditHead } from '../../storage/audit/audit-head.ts';
import { type AuditStore, createAuditStore } from '../../storage/audit/audit-store.ts';
import { type Database, openDatabase, openReadOnly, PARTS, setAsideFiles } from '../../storage/database.ts';
import { lockInstance } from '../../storage/instance-lock.ts';
import { copyBeforeMigration, moveAside, restoreDatabase } from '../../storage/maintenance/backup.ts';
import { type SalvageReport, salvage } from '../../storage/maintenance/salvage.ts';

export interface Salvaged extends SalvageReport {
  /** Path of the damaged database after the rename. */
  readonly file: string;
  /** Export of the readable part of its audit log; null if nothing was readable. */
  readonly auditFile: string | null;
  readonly auditRecords: number;
  /** The first record that is missing from the export, and why; null if the log is complete. */
  readonly auditFirstBad: AuditVerification['firstBad'];
}

type Head = Pick<AuditCheckpoint, 'seq' | 'hash'>;
interface SavedLog {
  readonly file: string | null;
  readonly count: number;
  /** Its last record. */
  readonly head: Head | null;
  readonly firstBad: AuditVerification['firstBad'];
}

/** Runs `work` while no service can start on this home. @throws CaroError `already_running` */
export async function alone<T>(places: Places, work: () => T | Promise<T>): Promise<T> {
  const lock = lockInstance(places.lock);
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/**
 * Moves a damaged database aside and copies the readable rows of every database moved aside so far
 * (NFR-303, E5). Deletes nothing. Their audit logs are saved as files, because a chain cannot
 * continue across a gap. MUST be called within `alone`.
 */
export function repair(places: Places, now: Date): readonly Salvaged[] {
  const { database } = openDatabase(places.database, now.getTime(), {
    beforeMigration: (old, version) => copyBeforeMigration(old, version, places.backups, now.getTime()),
  });
  try {
    return setAsideFiles(places.database).map((damaged) => takeOver(places, damaged, database, now));
  } finally {
    database.close();
  }
}

function takeOver(places: Places, damaged: string, database: Database, now: Date): Salvaged {
  const audit = saveAuditLog(places, damaged);
  const last = asDetails(lastHead(audit.head, readAuditHead(places.auditHead), createAuditStore(database)));
  const report = salvage(damaged, database, (found) => {
    append(database, now, { type: 'database.repaired', details: { ...found, ...last } });
  });
  const file = `${damaged}.salvaged`;
  for (const part of PARTS) if (existsSync(damaged + part)) renameSync(damaged + part, file + part);
  return { ...report, file, auditFile: audit.file, auditRecords: audit.count, auditFirstBad: audit.firstBad };
}

/**
 * The newest known head of the damaged log. The head kept next to the database may be newer than
 * the readable part, or already belong to another log.
 */
function lastHead(readable: Head | null, kept: Head | null, log: AuditStore): Head | null {
  if (!kept || log.list({ before: kept.seq + 1, limit: 1 })[0]?.hash === kept.hash) return readable;
  return readable && readable.seq > kept.seq ? readable : kept;
}

/**
 * Restores a backup. The next record of its log names the head that was lost. MUST be called within
 * `alone`.
 * @returns the new path of the replaced database
 */
export function restore(places: Places, backup: string, now: Date): string | null {
  const last = headOf(places.database) ?? readAuditHead(places.auditHead);
  const before = restoreDatabase(places.database, backup, now.getTime());
  continueLog(places, now, { type: 'database.restored', details: asDetails(last) });
  return before;
}

/**
 * Creates an empty database and keeps the old one next to it, as `restore` does. MUST be called
 * within `alone`.
 */
export function reset(places: Places, now: Date): string | null {
  const last = headOf(places.database) ?? readAuditHead(places.auditHead);
  const before = moveAside(places.database, `replaced-${now.getTime()}`);
  continueLog(places, now, {
    type: 'database.repaired',
    details: { reason: 'reset by the owner', ...asDetails(last) },
  });
  return before;
}

function continueLog(places: Places, now: Date, entry: AuditEntry): void {
  const { database } = openDatabase(places.database, now.getTime());
  try {
    append(database, now, entry);
  } finally {
    database.close();
  }
}

function append(database: Database, now: Date, entry: AuditEntry): void {
  const store = createAuditStore(database);
  store.append(linkRecord(store.head(), entry, now.toISOString()));
}

const asDetails = (head: Head | null): Readonly<Record<string, string | number>> =>
  head === null ? {} : { lastSeq: head.seq, lastHash: head.hash };

function headOf(file: string): Head | null {
  if (!existsSync(file)) return null;
  const head = attempt(() => reading(file, (database) => createAuditStore(database).head()));
  return head ? { seq: head.seq, hash: head.hash } : null;
}

/**
 * Saves the damaged log up to the first invalid record, as an export for `caro audit verify
 * --file`.
 */
function saveAuditLog(places: Places, damaged: string): SavedLog {
  const { id, publicKey } = readIdentity(places.identityKey);
  const found: AuditRecord[] = [];
  const isRead = attempt(() =>
    reading(damaged, (database) => {
      for (const entry of createAuditStore(database).all()) found.push(entry);
      return true;
    }),
  );
  const checkpoints = attempt(() => reading(damaged, (database) => createAuditStore(database).checkpoints())) ?? [];
  const next = (found.at(-1)?.seq ?? 0) + 1;
  const verdict = verifyChain(
    found,
    checkpoints.filter(({ seq }) => seq < next),
    logProof(publicKey),
  );
  const firstBad = verdict.firstBad ?? (isRead ? null : { seq: next, reason: 'it cannot be read' });
  const records = firstBad === null ? found : found.filter(({ seq }) => seq < firstBad.seq);
  const last = records.at(-1);
  if (!last) return { file: null, count: 0, head: null, firstBad };
  const file = join(places.backups, `audit-of-${basename(damaged)}.jsonl`);
  const sealed = checkpoints.filter(({ seq }) => seq <= last.seq);
  replacePrivately(file, `${[...encodeAuditExport(id, records, sealed)].join('\n')}\n`);
  return { file, count: records.length, head: { seq: last.seq, hash: last.hash }, firstBad };
}

function reading<T>(file: string, read: (database: Database) => T): T {
  const database = openReadOnly(file);
  try {
    return read(database);
  } finally {
    database.close();
  }
}

/** Treats unreadable parts of a damaged file as absent. */
function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { linkRecord, verifyChain } from '../../audit/chain.ts';
import { encodeAuditExport } from '../../audit/export.ts';
import { logProof } from '../../audit/log-proof.ts';
import type { Places } from '../../config/places.ts';
import type { AuditCheckpoint, AuditEntry, AuditRecord } from '../../domain/audit-record.ts';
import { readIdentity } from '../../identity/identity.ts';
import { readAuditHead } from '../../storage/audit-head.ts';
import { createAuditStore } from '../../storage/audit-store.ts';
import { moveAside, restoreDatabase } from '../../storage/backup.ts';
import { type Database, openDatabase, openReadOnly, setAsideFiles } from '../../storage/database.ts';
import { lockInstance } from '../../storage/instance-lock.ts';
import { type SalvageReport, salvage } from '../../storage/salvage.ts';

export interface Salvaged extends SalvageReport {
  /** The damaged database, under its new name. */
  readonly file: string;
  /** Its audit log as far as it could be read, as an export; null where nothing could. */
  readonly auditFile: string | null;
  readonly auditRecords: number;
}

type Head = Pick<AuditCheckpoint, 'seq' | 'hash'>;
interface SavedLog {
  readonly file: string | null;
  readonly count: number;
  /** Its last record, if all before it verifies. */
  readonly head: Head | null;
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
 * Sets a damaged database aside and takes over from every one set aside so far what can still be read (NFR-303, E5). Nothing of
 * them is deleted; their audit logs become files, since a chain cannot be continued across a gap. MUST be called within `alone`.
 */
export function repair(places: Places, now: Date): readonly Salvaged[] {
  const { database } = openDatabase(places.database, now.getTime());
  try {
    return setAsideFiles(places.database).map((damaged) => takeOver(places, damaged, database, now));
  } finally {
    database.close();
  }
}

function takeOver(places: Places, damaged: string, database: Database, now: Date): Salvaged {
  const audit = saveAuditLog(places, damaged);
  const report = salvage(damaged, database);
  const last = asDetails(audit.head ?? readAuditHead(places.auditHead));
  append(database, now, { type: 'database.repaired', details: { ...report, ...last } });
  const file = `${damaged}.salvaged`;
  for (const part of ['', '-wal', '-shm']) if (existsSync(damaged + part)) renameSync(damaged + part, file + part);
  return { ...report, file, auditFile: audit.file, auditRecords: audit.count };
}

/**
 * Puts a backup in place; the next record of its log names the head that was lost by it. MUST be called within `alone`.
 * @returns where the database that was there is now
 */
export function restore(places: Places, backup: string, now: Date): string | null {
  const last = headOf(places.database) ?? readAuditHead(places.auditHead);
  const before = restoreDatabase(places.database, backup, now.getTime());
  continueLog(places, now, { type: 'database.restored', details: asDetails(last) });
  return before;
}

/** Begins a fresh database and keeps the old one beside it, as `restore` does. MUST be called within `alone`. */
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

/** The readable beginning of a damaged log as an export that `caro audit verify --file` takes. */
function saveAuditLog(places: Places, damaged: string): SavedLog {
  const { id, publicKey } = readIdentity(places.identityKey);
  const records: AuditRecord[] = [];
  const checkpoints = attempt(() => reading(damaged, (database) => createAuditStore(database).checkpoints())) ?? [];
  attempt(() =>
    reading(damaged, (database) => {
      for (const entry of createAuditStore(database).all()) records.push(entry);
    }),
  );
  const last = records.at(-1);
  if (!last) return { file: null, count: 0, head: null };
  const file = join(places.backups, `audit-of-${basename(damaged)}.jsonl`);
  writeFileSync(file, `${[...encodeAuditExport(id, records, checkpoints)].join('\n')}\n`, { mode: 0o600 });
  const verdict = verifyChain(records, checkpoints, logProof(publicKey));
  return { file, count: records.length, head: verdict.ok ? { seq: last.seq, hash: last.hash } : null };
}

function reading<T>(file: string, read: (database: Database) => T): T {
  const database = openReadOnly(file);
  try {
    return read(database);
  } finally {
    database.close();
  }
}

/** What cannot be read of a damaged file is simply not there. */
function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

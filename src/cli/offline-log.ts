import { existsSync } from 'node:fs';
import type { DetectionFinding } from '../audit/finding.ts';
import { isHeadMissing, isRolledBack } from '../audit/rollback.ts';
import type { AuditCheckpoint, AuditRecord } from '../domain/audit/audit-record.ts';
import { CaroError } from '../domain/errors.ts';
import { readAuditHead } from '../storage/audit/audit-head.ts';
import { createAuditStore } from '../storage/audit/audit-store.ts';
import { createTlogStore, type TlogStore } from '../storage/audit/tlog-store.ts';
import { createWitnessStore, type WitnessStore } from '../storage/audit/witness-store.ts';
import { openReadOnly } from '../storage/database.ts';
import { findings } from './findings.ts';

export interface OfflineLog {
  /** Oldest first. */
  readonly records: () => Iterable<AuditRecord>;
  readonly checkpoints: () => readonly AuditCheckpoint[];
  /** The Merkle tree over the records. */
  readonly tree: TlogStore;
  /** Heads of other nodes' logs that this node has cosigned. */
  readonly witnessed: Pick<WitnessStore, 'known'>;
  /**
   * Findings of this node that ended after `sinceMs`, from rollups. MUST NOT be read while
   * `records` is.
   */
  readonly findings: (nowMs: number, sinceMs: number) => Iterable<DetectionFinding>;
  /**
   * What is wrong with the head kept in `headFile`: the log lacks it and no record explains that,
   * or the file is missing; null if nothing is.
   */
  readonly headFault: (headFile: string) => 'rolled back' | 'missing' | null;
  readonly close: () => void;
}

/**
 * Reads the audit log from the database, whether the service runs or not.
 * @throws CaroError `not_found`, `database_damaged`
 */
export function openAuditLog(file: string): OfflineLog {
  if (!existsSync(file)) {
    throw new CaroError('not_found', `${file}: expected the database, found none; start the service once`);
  }
  try {
    const database = openReadOnly(file);
    // One snapshot: retention may remove a prefix meanwhile and add the checkpoint that covers it.
    database.exec('BEGIN');
    const store = createAuditStore(database);
    return {
      records: store.all,
      checkpoints: store.checkpoints,
      tree: createTlogStore(database),
      witnessed: createWitnessStore(database),
      findings: (nowMs, sinceMs) => findings(database, nowMs, sinceMs),
      headFault: (headFile) => {
        const kept = readAuditHead(headFile);
        if (isHeadMissing(store.checkpoints(), kept)) return 'missing';
        return kept !== null && isRolledBack(store, kept) ? 'rolled back' : null;
      },
      close: () => database.close(),
    };
  } catch (error) {
    throw new CaroError(
      'database_damaged',
      `${file}: expected a database of this service, got something else; run: caro db check`,
      {
        cause: error,
      },
    );
  }
}

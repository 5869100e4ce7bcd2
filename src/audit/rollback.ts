import type { AuditCheckpoint, AuditRecord } from '../domain/audit/audit-record.ts';

type Head = Pick<AuditCheckpoint, 'seq' | 'hash'>;

/** What must be known of a log; `AuditStore` fits. Newest first. */
interface Log {
  readonly list: (filter: {
    readonly limit?: number;
    readonly before?: number;
    readonly type?: string;
  }) => readonly AuditRecord[];
}

/** Records that say which head was lost, and why. */
const ACCOUNTS = ['database.restored', 'database.repaired'] as const;

/**
 * Whether a log lacks the head that was stored next to its database, and no record accounts for it:
 * then an older copy of the database was put in its place, which verifies in itself. Who puts back
 * both is not noticed by this.
 */
export function isRolledBack(log: Log, kept: Head): boolean {
  const [found] = log.list({ before: kept.seq + 1, limit: 1 });
  const [last] = log.list({ limit: 1 });
  const isThere = found?.seq === kept.seq && found.hash === kept.hash;
  // Retention has removed it: everything that is left is younger.
  const isPruned = found === undefined && last !== undefined && last.seq > kept.seq;
  return !isThere && !isPruned && !ACCOUNTS.some((type) => log.list({ type }).some((record) => names(record, kept)));
}

/**
 * Whether the head that is stored next to a database is gone although the log has been sealed:
 * without it, records and checkpoints may have been cut off the end.
 */
export const isHeadMissing = (checkpoints: readonly AuditCheckpoint[], kept: Head | null): boolean =>
  kept === null && checkpoints.some(({ prunedThrough }) => prunedThrough === 0);

const names = ({ details }: AuditRecord, { seq }: Head): boolean => {
  const { lastSeq } = details;
  return typeof lastSeq === 'number' && lastSeq >= seq;
};

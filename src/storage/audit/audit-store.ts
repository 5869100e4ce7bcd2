import type { AuditCheckpoint, AuditRecord, AuditType } from '../../domain/audit/audit-record.ts';
import type { Json } from '../../domain/encoding/canonical.ts';
import type { Database } from '../database.ts';

interface AuditRow {
  readonly seq: number;
  readonly time: string;
  readonly type: string;
  readonly peer: string | null;
  readonly details: string;
  readonly prev_hash: string;
  readonly hash: string;
}

interface CheckpointRow {
  readonly seq: number;
  readonly hash: string;
  readonly time: string;
  readonly pruned_through: number;
  readonly signature: string;
}

/** The audit log's rows (FR-904); what they mean is in `src/audit`. */
export interface AuditStore {
  readonly append: (record: AuditRecord) => void;
  readonly head: () => AuditRecord | undefined;
  readonly count: () => number;
  /** Newest first. */
  readonly list: (filter: {
    readonly limit?: number;
    readonly before?: number;
    readonly type?: string;
  }) => readonly AuditRecord[];
  /** Records after `seq`, oldest first. */
  readonly after: (seq: number, limit: number) => readonly AuditRecord[];
  /** Oldest first, one row at a time, because a log may not fit in memory. */
  readonly all: () => Iterable<AuditRecord>;
  readonly checkpoints: () => readonly AuditCheckpoint[];
  readonly addCheckpoint: (checkpoint: AuditCheckpoint) => void;
  /** Removes a prefix that a signed checkpoint accounts for. */
  readonly prune: (throughSeq: number) => void;
  /**
   * The record before the first one that is not older than `time`: a clock that leapt never causes
   * the removal of a recent record.
   */
  readonly lastBefore: (time: string) => AuditRecord | undefined;
}

const DEFAULT_LIMIT = 100;

export function createAuditStore(database: Database): AuditStore {
  const insert = database.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)');
  const head = database.prepare('SELECT * FROM audit ORDER BY seq DESC LIMIT 1');
  const count = database
    .prepare('SELECT coalesce((SELECT max(seq) FROM audit) - (SELECT min(seq) FROM audit) + 1, 0)')
    .pluck();
  const list = database.prepare(
    'SELECT * FROM audit WHERE seq < coalesce(@before, 9e15) AND (@type IS NULL OR type = @type) ORDER BY seq DESC LIMIT @limit',
  );
  const optional = (row: unknown): AuditRecord | undefined =>
    row === undefined ? undefined : recordOf(row as AuditRow);
  return {
    append: (record) => {
      const { seq, time, type, peer, details, prevHash, hash } = record;
      insert.run(seq, time, type, peer, JSON.stringify(details), prevHash, hash);
    },
    head: () => optional(head.get()),
    // By the sequence numbers, which have no gaps: counting the rows would read the whole log for
    // each status.
    count: () => Number(count.get()),
    list: ({ limit = DEFAULT_LIMIT, before = null, type = null }) =>
      (list.all({ limit, before, type }) as AuditRow[]).map(recordOf),
    after: (seq, limit) =>
      (database.prepare('SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?').all(seq, limit) as AuditRow[]).map(
        recordOf,
      ),
    all: function* () {
      for (const row of database.prepare('SELECT * FROM audit ORDER BY seq').iterate()) yield recordOf(row as AuditRow);
    },
    checkpoints: () =>
      (database.prepare('SELECT * FROM audit_checkpoint ORDER BY seq, time').all() as CheckpointRow[]).map(
        checkpointOf,
      ),
    addCheckpoint: ({ seq, hash, time, prunedThrough, signature }) => {
      database
        .prepare('INSERT INTO audit_checkpoint VALUES (?, ?, ?, ?, ?)')
        .run(seq, hash, time, prunedThrough, signature);
    },
    prune: (throughSeq) => {
      database.prepare('DELETE FROM audit WHERE seq <= ?').run(throughSeq);
    },
    lastBefore: (time) =>
      optional(
        database
          .prepare(
            'SELECT * FROM audit WHERE seq < (SELECT min(seq) FROM audit WHERE time >= ?) ORDER BY seq DESC LIMIT 1',
          )
          .get(time),
      ),
  };
}

const recordOf = (row: AuditRow): AuditRecord => ({
  seq: row.seq,
  time: row.time,
  type: row.type as AuditType,
  peer: row.peer,
  details: JSON.parse(row.details) as Record<string, Json>,
  prevHash: row.prev_hash,
  hash: row.hash,
});

const checkpointOf = (row: CheckpointRow): AuditCheckpoint => ({
  seq: row.seq,
  hash: row.hash,
  time: row.time,
  prunedThrough: row.pruned_through,
  signature: row.signature,
});

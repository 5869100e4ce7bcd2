import type { EgressLine, EgressMessage, LedgerFilter } from '../../domain/audit/egress.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import type { Database } from '../database.ts';

/** One outgoing message. */
export type EgressEntry = Omit<EgressMessage, 'seq' | 'size'>;

/** The egress ledger: written before a message leaves, never changed, removed only by retention. */
export interface EgressStore {
  /** On disk when it returns, all or nothing. */
  readonly record: (entries: readonly EgressEntry[]) => void;
  /** Newest first. */
  readonly list: (filter: LedgerFilter) => readonly EgressLine[];
  readonly read: (seq: number) => EgressMessage | undefined;
  readonly prune: (beforeMs: number) => void;
}

const DEFAULT_LIMIT = 100;
const COLUMNS = 'seq, time, recipient, address, type, level, rule, length(CAST(bytes AS BLOB)) AS size';

export function createEgressStore(database: Database): EgressStore {
  const insert = database.prepare(
    'INSERT INTO egress (time, recipient, address, type, level, rule, bytes) VALUES (@time, @recipient, @address, @type, @level, @rule, @bytes)',
  );
  const list = database.prepare(
    `SELECT ${COLUMNS} FROM egress WHERE seq < coalesce(@before, 9e15) AND (@recipients IS NULL OR recipient IN (SELECT value FROM json_each(@recipients))) ORDER BY seq DESC LIMIT @limit`,
  );
  const read = database.prepare(`SELECT ${COLUMNS}, bytes FROM egress WHERE seq = ?`);
  return {
    record: database.transaction((entries: readonly EgressEntry[]) => {
      for (const entry of entries) insert.run(entry);
    }),
    list: ({ recipients, before = null, limit = DEFAULT_LIMIT }) =>
      list.all({
        recipients: recipients === undefined ? null : JSON.stringify(recipients),
        before,
        limit,
      }) as EgressLine[],
    read: (seq) => read.get(seq) as EgressMessage | undefined,
    prune: (beforeMs) => {
      database.prepare('DELETE FROM egress WHERE time < ?').run(isoTime(beforeMs));
    },
  };
}

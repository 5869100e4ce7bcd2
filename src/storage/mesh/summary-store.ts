import type { Envelope } from '../../domain/identity/signed-envelope.ts';
import type { SummaryLine } from '../../domain/summaries/summary.ts';
import type { Received } from '../../domain/summaries/summary-intake.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import type { PeriodKind } from '../../domain/time/period.ts';
import type { Database } from '../database.ts';

/** A signed summary with what is needed to find it again; `document` is stored byte for byte. */
export interface StoredSummary {
  readonly id: string;
  readonly node: string;
  readonly kind: PeriodKind;
  readonly startMs: number;
  readonly revision: number;
  readonly createdMs: number;
  readonly document: Envelope;
  /** Digest of the rollups that it was made from; it changes with late events. */
  readonly seen: string;
}

interface SummaryRow {
  readonly id: string;
  readonly node: string;
  readonly kind: PeriodKind;
  readonly start_ms: number;
  readonly revision: number;
  readonly created_ms: number;
  readonly document: string;
  readonly seen: string;
}

export interface SummaryStore {
  readonly add: (summary: StoredSummary) => void;
  /** Whether the summary of this node is stored. Ids are unique per node only. */
  readonly has: (node: string, id: string) => boolean;
  readonly latest: (node: string, kind: PeriodKind, startMs: number) => StoredSummary | undefined;
  /**
   * How many revisions of one period there are, how many summaries of the node in all, and the
   * bytes of their documents.
   */
  readonly received: (node: string, kind: PeriodKind, startMs: number) => Received;
  /** Newest first. */
  readonly list: (limit: number, nodes: readonly string[]) => readonly SummaryLine[];
  /** Removes those of periods that began before `beforeMs`, and who had them. */
  readonly prune: (beforeMs: number) => void;
}

/** Stored as a counter, because adding up the lengths would read all documents. */
const bytesOf = (node: string): string => `summary bytes ${node}`;
const COUNT_BYTES =
  'INSERT INTO counter VALUES (?, ?) ON CONFLICT DO UPDATE SET value = max(0, value + excluded.value)';

export function createSummaryStore(database: Database): SummaryStore {
  return {
    add: database.transaction((summary: StoredSummary) => {
      const { id, node, kind, startMs, revision, createdMs, document, seen } = summary;
      const text = JSON.stringify(document);
      database
        .prepare('INSERT INTO summary VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
        .run(node, id, kind, startMs, revision, createdMs, text, seen);
      database.prepare(COUNT_BYTES).run(bytesOf(node), Buffer.byteLength(text));
    }),
    has: (node, id) => database.prepare('SELECT 1 FROM summary WHERE node = ? AND id = ?').get(node, id) !== undefined,
    latest: (node, kind, startMs) => {
      const row = database
        .prepare('SELECT * FROM summary WHERE node = ? AND kind = ? AND start_ms = ? ORDER BY revision DESC LIMIT 1')
        .get(node, kind, startMs) as SummaryRow | undefined;
      return (
        row && {
          ...lineOf(row),
          startMs: row.start_ms,
          createdMs: row.created_ms,
          document: JSON.parse(row.document) as Envelope,
          seen: row.seen,
        }
      );
    },
    received: (node, kind, startMs) =>
      database
        .prepare(
          `SELECT count(*) FILTER (WHERE kind = ? AND start_ms = ?) AS revisions, count(*) AS "all",
             (SELECT coalesce(sum(value), 0) FROM counter WHERE name = ?) AS bytes FROM summary WHERE node = ?`,
        )
        .get(kind, startMs, bytesOf(node), node) as Received,
    list: (limit, nodes) =>
      (
        database
          .prepare(
            'SELECT * FROM summary WHERE node IN (SELECT value FROM json_each(@nodes)) ORDER BY start_ms DESC, kind, revision DESC LIMIT @limit',
          )
          .all({ limit, nodes: JSON.stringify(nodes) }) as SummaryRow[]
      ).map(lineOf),
    prune: database.transaction((beforeMs: number) => {
      const gone = database
        .prepare('SELECT node, sum(length(document)) AS bytes FROM summary WHERE start_ms < ? GROUP BY node')
        .all(beforeMs) as { node: string; bytes: number }[];
      for (const { node, bytes } of gone) database.prepare(COUNT_BYTES).run(bytesOf(node), -bytes);
      database.prepare('DELETE FROM summary WHERE start_ms < ?').run(beforeMs);
      // A summary delivered before `beforeMs` began before it, too.
      database.prepare('DELETE FROM delivery WHERE time_ms < ?').run(beforeMs);
    }),
  };
}

const lineOf = (row: SummaryRow): SummaryLine => ({
  id: row.id,
  node: row.node,
  kind: row.kind,
  start: isoTime(row.start_ms),
  revision: row.revision,
  createdAt: isoTime(row.created_ms),
  bytes: Buffer.byteLength(row.document),
});

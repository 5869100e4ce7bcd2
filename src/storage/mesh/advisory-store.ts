import type { Advisory, AdvisoryResult, Priority, Subject } from '../../domain/advisories/advisory.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import type { Database } from '../database.ts';

/** An advisory of this node or of another one. */
export interface StoredAdvisory extends Omit<Advisory, 'type' | 'version'> {
  /** Whether this node has written it. */
  readonly isOwn: boolean;
  readonly isHidden: boolean;
  readonly delivered: number;
}

export interface AdvisoryStore {
  /** False where it is known. `document`: as another node has signed it; null for an own one. */
  readonly add: (advisory: Advisory, document: string | null, times: { nowMs: number; endMs: number }) => boolean;
  readonly has: (author: string, id: string) => boolean;
  /** Those of other nodes that are not over, by any of these authors, or of all. */
  readonly count: (nowMs: number, authors?: readonly string[]) => number;
  /** Those that are not over, newest first. */
  readonly list: (nowMs: number) => readonly StoredAdvisory[];
  /** False where there is none. It stays stored, so that it cannot be sent again. */
  readonly hide: (id: string, nowMs: number) => boolean;
  /** Own ones that are neither over nor hidden, and that this node has not yet, oldest first. */
  readonly due: (node: string, nowMs: number) => readonly StoredAdvisory[];
  readonly deliver: (id: string, node: string, result: AdvisoryResult, nowMs: number) => void;
  /** Removes those that have been over for so long that they are refused as expired. */
  readonly prune: (nowMs: number) => void;
}

interface Row {
  readonly author: string;
  readonly id: string;
  readonly kind: Subject['kind'];
  readonly name: string;
  readonly priority: Priority;
  readonly issued_ms: number;
  readonly until_day: string;
  readonly own: number;
  readonly hidden_ms: number | null;
  readonly delivered: number;
}

/** The receiver and the author are done with it. */
const FINAL = "('stored', 'known')";
const ROWS = `SELECT one.*, (SELECT count(*) FROM advisory_delivery WHERE advisory_id = one.id AND result IN ${FINAL}) AS delivered
  FROM advisory AS one`;

export function createAdvisoryStore(database: Database): AdvisoryStore {
  const rows = (where: string, ...values: readonly (string | number)[]): readonly StoredAdvisory[] =>
    (database.prepare(`${ROWS} WHERE ${where}`).all(...values) as Row[]).map(advisoryOf);
  return {
    add: ({ author, id, subject, priority, issuedAt, until }, document, { nowMs, endMs }) => {
      const { kind, name } = subject;
      const own = document === null ? 1 : 0;
      const values = [author, id, kind, name, priority, Date.parse(issuedAt), until, endMs, nowMs, document, own];
      const { changes } = database
        .prepare('INSERT OR IGNORE INTO advisory VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)')
        .run(...values);
      return changes > 0;
    },
    has: (author, id) =>
      database.prepare('SELECT 1 FROM advisory WHERE author = ? AND id = ?').get(author, id) !== undefined,
    count: (nowMs, authors) =>
      Number(
        database
          .prepare(
            `SELECT count(*) FROM advisory WHERE own = 0 AND end_ms > @nowMs
             AND (@authors IS NULL OR author IN (SELECT value FROM json_each(@authors)))`,
          )
          .pluck()
          .get({ nowMs, authors: authors === undefined ? null : JSON.stringify(authors) }),
      ),
    list: (nowMs) => rows('end_ms > ? ORDER BY received_ms DESC, id', nowMs),
    hide: (id, nowMs) =>
      database.prepare('UPDATE advisory SET hidden_ms = coalesce(hidden_ms, ?) WHERE id = ?').run(nowMs, id).changes >
      0,
    due: (node, nowMs) =>
      rows(
        `own = 1 AND end_ms > ? AND hidden_ms IS NULL AND NOT EXISTS (SELECT 1 FROM advisory_delivery
           WHERE advisory_id = one.id AND node = ? AND result IN ${FINAL}) ORDER BY received_ms, id`,
        nowMs,
        node,
      ),
    deliver: (id, node, result, nowMs) => {
      database.prepare('INSERT OR REPLACE INTO advisory_delivery VALUES (?, ?, ?, ?)').run(id, node, result, nowMs);
    },
    prune: (nowMs) => {
      database.prepare('DELETE FROM advisory WHERE end_ms <= ?').run(nowMs);
      database.exec('DELETE FROM advisory_delivery WHERE advisory_id NOT IN (SELECT id FROM advisory)');
    },
  };
}

const advisoryOf = (row: Row): StoredAdvisory => ({
  id: row.id,
  author: row.author,
  issuedAt: isoTime(row.issued_ms),
  subject: { kind: row.kind, name: row.name },
  priority: row.priority,
  until: row.until_day,
  isOwn: row.own === 1,
  isHidden: row.hidden_ms !== null,
  delivered: row.delivered,
});

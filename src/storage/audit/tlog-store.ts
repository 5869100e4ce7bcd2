import type { Cosignature, LogHead } from '../../domain/audit/tlog.ts';
import type { Database } from '../database.ts';

/** A head of this node's audit log with the key that signed it. */
export interface StoredHead extends LogHead {
  /** Node id. */
  readonly key: string;
}

export interface StoredCosignature extends Cosignature {
  readonly size: number;
  /** Node ids of the key that signed the head, and of the witness. */
  readonly key: string;
  readonly witness: string;
}

/** The Merkle tree over the audit log: tiles, signed heads, cosignatures. All of it only grows. */
export interface TlogStore {
  readonly tile: (level: number, index: number) => Uint8Array | undefined;
  readonly writeTile: (level: number, index: number, hashes: Uint8Array) => void;
  /** Number of leaves. */
  readonly size: () => number;
  /** Number of the record before the first leaf; null while the tree is empty. */
  readonly base: () => number | null;
  readonly setBase: (seq: number) => void;
  /** The largest head; of several with this size, the one that was signed last. */
  readonly head: () => StoredHead | undefined;
  readonly headOf: (size: number, key: string) => StoredHead | undefined;
  readonly addHead: (head: StoredHead) => void;
  readonly addCosignature: (cosignature: StoredCosignature) => void;
  /** The newest of each witness, largest head first. */
  readonly cosignatures: () => readonly StoredCosignature[];
  readonly transaction: <T>(act: () => T) => T;
}

const HASH_BYTES = 32;
const TILE_WIDTH = 256;
const BASE = 'audit_tree_base';

export function createTlogStore(database: Database): TlogStore {
  const prepared = (sql: string) => database.prepare(sql);
  return {
    tile: (level, index) =>
      prepared('SELECT hashes FROM audit_tile WHERE level = ? AND idx = ?').pluck().get(level, index) as
        | Buffer
        | undefined,
    writeTile: (level, index, hashes) => {
      prepared('INSERT INTO audit_tile VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET hashes = excluded.hashes').run(
        level,
        index,
        hashes,
      );
    },
    size: () => {
      const last = prepared(
        'SELECT idx, length(hashes) AS bytes FROM audit_tile WHERE level = 0 ORDER BY idx DESC LIMIT 1',
      ).get() as { readonly idx: number; readonly bytes: number } | undefined;
      return last === undefined ? 0 : last.idx * TILE_WIDTH + last.bytes / HASH_BYTES;
    },
    base: () => {
      const text = prepared('SELECT value FROM meta WHERE key = ?').pluck().get(BASE) as string | undefined;
      return text === undefined ? null : Number(text);
    },
    setBase: (seq) => {
      prepared('INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value').run(
        BASE,
        String(seq),
      );
    },
    head: () =>
      prepared('SELECT size, root, signature, key FROM audit_head ORDER BY size DESC, rowid DESC LIMIT 1').get() as
        | StoredHead
        | undefined,
    headOf: (size, key) =>
      prepared('SELECT size, root, signature, key FROM audit_head WHERE size = ? AND key = ?').get(size, key) as
        | StoredHead
        | undefined,
    addHead: (head) => {
      prepared('INSERT INTO audit_head (size, root, signature, key) VALUES (@size, @root, @signature, @key)').run(head);
    },
    addCosignature: (cosignature) => {
      prepared('INSERT INTO audit_cosignature VALUES (@size, @key, @witness, @time, @signature)').run(cosignature);
    },
    cosignatures: () =>
      prepared(
        `SELECT size, key, witness, time, signature FROM (
           SELECT *, row_number() OVER (PARTITION BY witness ORDER BY size DESC, rowid DESC) AS place FROM audit_cosignature
         ) WHERE place = 1 ORDER BY size DESC, witness`,
      ).all() as StoredCosignature[],
    transaction: (act) => database.transaction(act)(),
  };
}

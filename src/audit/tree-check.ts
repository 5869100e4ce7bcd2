/** Checks the Merkle tree over an audit log, its signed heads and their cosignatures. */
import type { AuditRecord, AuditVerification } from '../domain/audit/audit-record.ts';
import type { Cosignature, LogHead } from '../domain/audit/tlog.ts';
import { rootOf } from '../identity/merkle-tree.ts';
import { leafAt, recordLeaf, subtreesOf, type TileReader } from './log-tree.ts';
import { isHeadCosigned, isHeadSigned } from './witness.ts';

type SignedHead = LogHead & { readonly key: string };
type GivenCosignature = Cosignature & { readonly size: number; readonly key: string; readonly witness: string };

/** A stored tree; the tables of `src/storage/audit/tlog-store.ts` fit. */
export interface StoredTree extends TileReader {
  readonly size: () => number;
  readonly base: () => number | null;
  readonly head: () => SignedHead | undefined;
  readonly headOf: (size: number, key: string) => SignedHead | undefined;
  readonly cosignatures: () => readonly GivenCosignature[];
}

export interface TreeVerification {
  /** Number of records in the tree. */
  readonly size: number;
  /** Witnesses whose cosignature verifies, with the size that they have cosigned last. */
  readonly cosigned: readonly { readonly witness: string; readonly size: number; readonly time: number }[];
}

type Fault = NonNullable<AuditVerification['firstBad']>;

export interface TreeCheck {
  /** The same records; each is compared with its leaf as it passes. */
  readonly compared: (records: Iterable<AuditRecord>) => Iterable<AuditRecord>;
  /** After the last record. */
  readonly result: () => { readonly fault: Fault | null; readonly tree: TreeVerification };
}

export function checkTree(tree: StoredTree): TreeCheck {
  const base = tree.base() ?? 0;
  const size = tree.size();
  let fault: Fault | null = null;
  let last: number | null = null;
  return {
    compared: function* (records) {
      for (const record of records) {
        last = record.seq;
        const leaf = record.seq > base ? leafAt(tree, record.seq - base - 1) : undefined;
        if (leaf !== undefined && !isLeaf(record, leaf))
          fault ??= { seq: record.seq, reason: 'its content does not match the Merkle tree' };
        yield record;
      }
    },
    result: () => {
      const missing = last !== null && last < base + size ? last + 1 : null;
      if (missing !== null) fault ??= { seq: missing, reason: 'it is missing, the Merkle tree has it' };
      const signed = signaturesOf(tree, base);
      return { fault: fault ?? signed.fault, tree: { size, cosigned: signed.cosigned } };
    },
  };
}

/** The result of the chain, with what is wrong with the tree. */
export const withTree = (chain: AuditVerification, fault: Fault | null): AuditVerification =>
  fault === null ? chain : { ...chain, ok: false, records: Math.min(chain.records, fault.seq - 1), firstBad: fault };

/** A record without a canonical form matches nothing. */
function isLeaf(record: AuditRecord, leaf: Uint8Array): boolean {
  try {
    return recordLeaf(record).equals(leaf);
  } catch {
    return false;
  }
}

function signaturesOf(
  tree: StoredTree,
  base: number,
): { readonly fault: Fault | null; readonly cosigned: TreeVerification['cosigned'] } {
  const at = (size: number, reason: string): Fault => ({ seq: base + size, reason });
  const cosignatures = tree.cosignatures();
  const newest = tree.head();
  const heads = [...(newest ? [newest] : []), ...cosignatures.flatMap(({ size, key }) => tree.headOf(size, key) ?? [])];
  for (const head of heads) {
    const text = headFault(tree, head);
    if (text !== null) return { fault: at(head.size, text), cosigned: [] };
  }
  for (const cosignature of cosignatures) {
    const head = tree.headOf(cosignature.size, cosignature.key);
    if (!head || !isHeadCosigned({ ...head, log: 'audit' }, cosignature, cosignature.witness))
      return { fault: at(cosignature.size, 'the cosignature of a witness is wrong'), cosigned: [] };
  }
  return { fault: null, cosigned: cosignatures.map(({ witness, size, time }) => ({ witness, size, time })) };
}

function headFault(tree: StoredTree, head: SignedHead): string | null {
  if (!isHeadSigned({ ...head, log: 'audit' })) return 'the signature of its tree head is wrong';
  try {
    if (rootOf(head.size, subtreesOf(tree)).toString('base64') === head.root) return null;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return 'the Merkle tree does not match its signed head';
}

import { createHash } from 'node:crypto';

/*
 * The Merkle tree of RFC 6962 §2.1 with SHA-256: leaves are hashed with the prefix 0, inner nodes
 * with the prefix 1.
 */

const LEAF = Uint8Array.of(0);
const INNER = Uint8Array.of(1);

/** Hash of a leaf, 32 bytes. */
export const leafHash = (data: Uint8Array | string): Buffer => createHash('sha256').update(LEAF).update(data).digest();

const inner = (left: Uint8Array, right: Uint8Array): Buffer =>
  createHash('sha256').update(INNER).update(left).update(right).digest();

export interface MerkleTree {
  readonly size: number;
  /** 32 bytes; of no leaves, the hash of nothing. */
  readonly root: Buffer;
  /**
   * Proof that the leaf at `index` is in the tree (RFC 6962 §2.1.1), from the leaf upwards.
   * @throws RangeError for an index outside the tree
   */
  readonly proof: (index: number) => readonly Buffer[];
}

/** The tree over these leaf hashes. Every inner node is hashed once. */
export function merkleTree(leaves: readonly Uint8Array[]): MerkleTree {
  const size = leaves.length;
  const known = new Map<number, Buffer>();
  const rootOf = (from: number, until: number): Buffer => {
    const leaf = leaves[from];
    if (leaf !== undefined && until - from === 1) return Buffer.from(leaf);
    const key = from * (size + 1) + until;
    const found = known.get(key);
    if (found) return found;
    const split = from + splitOf(until - from);
    const hash = inner(rootOf(from, split), rootOf(split, until));
    known.set(key, hash);
    return hash;
  };
  const pathOf = (index: number, from: number, until: number): readonly Buffer[] => {
    if (until - from === 1) return [];
    const split = from + splitOf(until - from);
    return index < split
      ? [...pathOf(index, from, split), rootOf(split, until)]
      : [...pathOf(index, split, until), rootOf(from, split)];
  };
  return {
    size,
    root: size === 0 ? createHash('sha256').digest() : rootOf(0, size),
    proof: (index) => {
      if (!Number.isInteger(index) || index < 0 || index >= size)
        throw new RangeError(`expected an index below ${size}, got ${index}`);
      return pathOf(index, 0, size);
    },
  };
}

/** Root over these leaf hashes. */
export const treeRoot = (leaves: readonly Uint8Array[]): Buffer => merkleTree(leaves).root;

/** The largest power of two that is smaller than `size`, which is at least 2. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** Whether a leaf hash is at `index` of the tree with this size and root (RFC 9162 §2.1.3.2). */
export function isIncluded(
  leaf: Uint8Array,
  { index, size, path }: { readonly index: number; readonly size: number; readonly path: readonly Uint8Array[] },
  root: Uint8Array,
): boolean {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) return false;
  let position = index;
  let last = size - 1;
  let hash: Uint8Array = leaf;
  for (const sibling of path) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      hash = inner(sibling, hash);
      while (position % 2 === 0 && position !== 0) [position, last] = [half(position), half(last)];
    } else hash = inner(hash, sibling);
    [position, last] = [half(position), half(last)];
  }
  return last === 0 && Buffer.from(hash).equals(root);
}

const half = (value: number): number => Math.floor(value / 2);

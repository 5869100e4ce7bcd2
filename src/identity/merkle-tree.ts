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

/** Hash of the complete subtree over `2 ** level` leaves, the `index`th of this size. */
export type SubtreeHash = (level: number, index: number) => Uint8Array;

/** Root over the first `size` leaves of a tree whose complete subtrees can be looked up. */
export const rootOf = (size: number, hashOf: SubtreeHash): Buffer =>
  size === 0 ? treeRoot([]) : Buffer.from(rangeRoot(hashOf, 0, size));

/**
 * Root over the leaves from `start` to below `end`. `start` is a multiple of a power of two that is
 * not smaller than their number.
 */
function rangeRoot(hashOf: SubtreeHash, start: number, end: number): Uint8Array {
  const length = end - start;
  const level = Math.log2(length);
  if (Number.isInteger(level)) return hashOf(level, start / length);
  const split = start + splitOf(length);
  return inner(rangeRoot(hashOf, start, split), rangeRoot(hashOf, split, end));
}

/** Hash of two subtrees of the same height. */
export const parentHash = inner;

/**
 * Proof that the tree of `size` leaves continues the one of its first `old` leaves (RFC 6962
 * §2.1.2). Empty if `old` is 0 or `size`.
 */
export function consistencyProof(old: number, size: number, hashOf: SubtreeHash): readonly Uint8Array[] {
  if (!Number.isSafeInteger(old) || old < 0 || old > size)
    throw new RangeError(`expected a size from 0 to ${size}, got ${old}`);
  if (old === 0 || old === size) return [];
  const proofIn = (count: number, start: number, end: number, isKnown: boolean): readonly Uint8Array[] => {
    if (count === end - start) return isKnown ? [] : [rangeRoot(hashOf, start, end)];
    const split = splitOf(end - start);
    return count <= split
      ? [...proofIn(count, start, start + split, isKnown), rangeRoot(hashOf, start + split, end)]
      : [...proofIn(count - split, start + split, end, false), rangeRoot(hashOf, start, start + split)];
  };
  return proofIn(old, 0, size, true);
}

/** A tree with this number of leaves. */
export interface SizedRoot {
  readonly size: number;
  readonly root: Uint8Array;
}

/** Whether a proof shows that `next` continues `old` (RFC 9162 §2.1.4.2). */
export function isConsistent(old: SizedRoot, next: SizedRoot, proof: readonly Uint8Array[]): boolean {
  const isSame = Buffer.from(old.root).equals(next.root);
  if (old.size > next.size) return false;
  if (old.size === next.size) return proof.length === 0 && isSame;
  if (old.size === 0) return proof.length === 0;
  const isPower = Number.isInteger(Math.log2(old.size));
  const [first, ...path] = isPower ? [old.root, ...proof] : proof;
  if (first === undefined) return false;
  let [position, last] = [old.size - 1, next.size - 1];
  while (position % 2 === 1) [position, last] = [half(position), half(last)];
  let [before, after] = [first, first];
  for (const hash of path) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      [before, after] = [inner(hash, before), inner(hash, after)];
      while (position % 2 === 0 && position !== 0) [position, last] = [half(position), half(last)];
    } else after = inner(after, hash);
    [position, last] = [half(position), half(last)];
  }
  return last === 0 && Buffer.from(before).equals(old.root) && Buffer.from(after).equals(next.root);
}

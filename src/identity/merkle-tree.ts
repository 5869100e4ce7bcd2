import { createHash } from 'node:crypto';

/**
 * The Merkle tree of RFC 6962 §2.1 with SHA-256: leaves are hashed with the prefix 0, inner nodes
 * with the prefix 1.
 */

const LEAF = Uint8Array.of(0);
const INNER = Uint8Array.of(1);

/** Hash of a leaf, 32 bytes. */
export const leafHash = (data: Uint8Array | string): Buffer => createHash('sha256').update(LEAF).update(data).digest();

const inner = (left: Uint8Array, right: Uint8Array): Buffer =>
  createHash('sha256').update(INNER).update(left).update(right).digest();

/** The largest power of two that is smaller than `size`; `size` is at least 2. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** Root over these leaf hashes; of no leaves, the hash of nothing. */
export function treeRoot(leaves: readonly Uint8Array[]): Buffer {
  const [only] = leaves;
  if (only === undefined) return createHash('sha256').digest();
  if (leaves.length === 1) return Buffer.from(only);
  const split = splitOf(leaves.length);
  return inner(treeRoot(leaves.slice(0, split)), treeRoot(leaves.slice(split)));
}

/**
 * Proof that the leaf at `index` is in the tree (RFC 6962 §2.1.1), from the leaf upwards.
 * @throws RangeError for an index outside the tree
 */
export function inclusionProof(leaves: readonly Uint8Array[], index: number): readonly Buffer[] {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length)
    throw new RangeError(`expected an index below ${leaves.length}, got ${index}`);
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...inclusionProof(left, index), treeRoot(right)]
    : [...inclusionProof(right, index - split), treeRoot(left)];
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

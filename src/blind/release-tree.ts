import type { Envelope } from '../domain/identity/signed-envelope.ts';
import { consistencyProof, leafHash, merkleTree, parentHash } from '../identity/merkle-tree.ts';

/** The Merkle tree (RFC 6962) over the entries of a release log, of which there is one a day. */
export interface ReleaseTree {
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** Base64: proof that the tree continues the one of its first `old` entries. */
  readonly proof: (old: number) => readonly string[];
}

/** @param entries from the first on; a leaf is the signed bytes of an entry */
export function releaseTree(entries: readonly Pick<Envelope, 'payload'>[]): ReleaseTree {
  const leaves = entries.map(({ payload }) => leafHash(Buffer.from(payload, 'base64')));
  const subtree = (height: number, index: number): Uint8Array => {
    if (height > 0) return parentHash(subtree(height - 1, 2 * index), subtree(height - 1, 2 * index + 1));
    const leaf = leaves[index];
    if (!leaf) throw new RangeError(`expected an entry below ${leaves.length}, got ${index}`);
    return leaf;
  };
  return {
    size: leaves.length,
    root: merkleTree(leaves).root,
    proof: (old) => consistencyProof(old, leaves.length, subtree).map((hash) => Buffer.from(hash).toString('base64')),
  };
}

/** Encoding, signing and checking of the trustee's release log. */
import type { Contribution } from '../domain/blind/exchange.ts';
import { NO_RELEASE, RELEASE_TYPE, type ReleaseEntry } from '../domain/blind/release.ts';
import { decodeBase64 } from '../domain/encoding/base64.ts';
import { canonical, type Json } from '../domain/encoding/canonical.ts';
import { CaroError } from '../domain/errors.ts';
import { parseNodeId } from '../domain/identity/node-id.ts';
import type { Envelope } from '../domain/identity/signed-envelope.ts';
import { validateRelease } from '../generated/blind-validators.js';
import { openEnvelope, seal } from '../identity/envelope.ts';
import type { Identity } from '../identity/identity.ts';
import { isIncluded, leafHash, type MerkleTree, merkleTree } from '../identity/merkle-tree.ts';
import { documentHash } from '../identity/signed-document.ts';

/** The bytes that are signed, and whose hash is `previous` of the next entry. */
export const encodeRelease = (entry: ReleaseEntry): Uint8Array => Buffer.from(canonical(entry as unknown as Json));

export const signRelease = (entry: ReleaseEntry, trustee: Pick<Identity, 'sign' | 'fingerprint'>): Envelope =>
  seal(RELEASE_TYPE, encodeRelease(entry), trustee);

/** Hash of an entry, as the next one names it. */
export const releaseHash = documentHash;

/**
 * The entry in an envelope that the trustee signed.
 * @throws CaroError `release_invalid`
 */
export function openRelease(envelope: Envelope, trustee: string): ReleaseEntry {
  const key = parseNodeId(trustee);
  if (!key || envelope.payloadType !== RELEASE_TYPE) throw invalid('expected an entry of a release log');
  let value: unknown;
  let bytes: Uint8Array;
  try {
    bytes = openEnvelope(envelope, key);
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw invalid('expected an entry of the release log that the trustee of the task signed');
  }
  if (!validateRelease(value) || !Buffer.from(encodeRelease(value)).equals(bytes) || !isConsistent(value))
    throw invalid('expected a canonical entry that fits its closed schema');
  return value;
}

const isConsistent = ({ blocks, withheld, received, invalid: bad }: ReleaseEntry): boolean =>
  (blocks.length === 0) === (withheld !== null) &&
  blocks.reduce((sum, { contributors }) => sum + contributors, 0) + bad <= received;

/** Where a log ends, as far as it has been checked. */
export interface ReleaseHead {
  /** Number of entries. */
  readonly size: number;
  /** Hash of the last one; `NO_RELEASE` if there is none. */
  readonly hash: string;
}

export const EMPTY_LOG: ReleaseHead = { size: 0, hash: NO_RELEASE };

/**
 * Checks that an entry continues the log of this task after `head`.
 * @throws CaroError `release_invalid`; `release_forked` if it contradicts what is known
 */
export function followRelease(
  head: ReleaseHead,
  envelope: Envelope,
  { taskId, trustee }: { readonly taskId: string; readonly trustee: string },
): { readonly entry: ReleaseEntry; readonly head: ReleaseHead } {
  const entry = openRelease(envelope, trustee);
  if (entry.task !== taskId) throw invalid('expected an entry of this task, got one of another');
  if (entry.seq !== head.size) throw invalid(`expected entry ${head.size} of the release log, got ${entry.seq}`);
  if (entry.previous !== head.hash)
    throw new CaroError(
      'release_forked',
      'expected an entry that continues the known release log, got another history',
    );
  return { entry, head: { size: head.size + 1, hash: releaseHash(envelope) } };
}

/** The contributors of one block, in the order of their node ids. */
export interface Contributors {
  readonly block: string;
  readonly nodes: readonly string[];
  readonly tree: MerkleTree;
}

export function contributorsOf(block: string, nodes: readonly string[]): Contributors {
  const sorted = [...nodes].sort((a, b) => (a < b ? -1 : 1));
  return { block, nodes: sorted, tree: merkleTree(sorted.map((node) => leafHash(node))) };
}

/** `root` of a block. */
export const contributorsRoot = ({ tree }: Contributors): string => tree.root.toString('base64');

/** Proof for one node that it is among the contributors; null if it is not. */
export function proveContribution({ block, nodes, tree }: Contributors, node: string): Contribution | null {
  const index = nodes.indexOf(node);
  if (index === -1) return null;
  return { block, index, path: tree.proof(index).map((hash) => hash.toString('base64')) };
}

/**
 * In a total of how many nodes `node` is included by this proof; null if the proof does not hold.
 */
export function provenTotal({ blocks }: ReleaseEntry, node: string, proof: Contribution): number | null {
  const block = blocks.find(({ name }) => name === proof.block);
  if (!block) return null;
  const path = proof.path.map((text) => decodeBase64(text) ?? new Uint8Array());
  const place = { index: proof.index, size: block.contributors, path };
  return isIncluded(leafHash(node), place, Buffer.from(block.root, 'base64')) ? block.contributors : null;
}

const invalid = (message: string): CaroError => new CaroError('release_invalid', message);

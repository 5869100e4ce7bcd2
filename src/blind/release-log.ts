/** Encoding, signing and checking of the trustee's release log. */
import { createHash } from 'node:crypto';
import { NO_RELEASE, RELEASE_TYPE, type ReleaseEntry } from '../domain/blind/release.ts';
import { decodeBase64 } from '../domain/encoding/base64.ts';
import { canonical, type Json } from '../domain/encoding/canonical.ts';
import { CaroError } from '../domain/errors.ts';
import { parseNodeId } from '../domain/identity/node-id.ts';
import type { Envelope } from '../domain/identity/signed-envelope.ts';
import { validateRelease } from '../generated/blind-validators.js';
import { openEnvelope, seal } from '../identity/envelope.ts';
import type { Identity } from '../identity/identity.ts';
import { inclusionProof, isIncluded, leafHash, treeRoot } from '../identity/merkle-tree.ts';

/** SHA-256 in base64. */
export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('base64');

/** The bytes that are signed, and whose hash is `previous` of the next entry. */
export const encodeRelease = (entry: ReleaseEntry): Uint8Array => Buffer.from(canonical(entry as unknown as Json));

export const signRelease = (entry: ReleaseEntry, trustee: Pick<Identity, 'sign' | 'fingerprint'>): Envelope =>
  seal(RELEASE_TYPE, encodeRelease(entry), trustee);

/** Hash of an entry, as the next one names it. */
export const releaseHash = ({ payload }: Pick<Envelope, 'payload'>): string => sha256(Buffer.from(payload, 'base64'));

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

/** Node ids in the order of the tree. */
const sorted = (nodes: readonly string[]): readonly string[] => [...nodes].sort((a, b) => (a < b ? -1 : 1));

/** `root` of a block. */
export const contributorsRoot = (nodes: readonly string[]): string =>
  treeRoot(sorted(nodes).map((node) => leafHash(node))).toString('base64');

/** Proof for one node that it is among the contributors of a block. */
export interface Membership {
  /** Name of the block. */
  readonly block: string;
  readonly index: number;
  /** Base64 of 32 bytes each. */
  readonly path: readonly string[];
}

/** Undefined if the node is not among them. */
export function proveContribution(block: string, nodes: readonly string[], node: string): Membership | undefined {
  const order = sorted(nodes);
  const index = order.indexOf(node);
  if (index === -1) return undefined;
  const path = inclusionProof(
    order.map((id) => leafHash(id)),
    index,
  );
  return { block, index, path: path.map((hash) => hash.toString('base64')) };
}

/**
 * In a total of how many nodes `node` is included by this proof; null if the proof does not hold.
 */
export function provenTotal({ blocks }: ReleaseEntry, node: string, proof: Membership): number | null {
  const block = blocks.find(({ name }) => name === proof.block);
  if (!block) return null;
  const path = proof.path.map((text) => decodeBase64(text) ?? new Uint8Array());
  const place = { index: proof.index, size: block.contributors, path };
  return isIncluded(leafHash(node), place, Buffer.from(block.root, 'base64')) ? block.contributors : null;
}

const invalid = (message: string): CaroError => new CaroError('release_invalid', message);

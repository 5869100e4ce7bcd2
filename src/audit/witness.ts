/** What a witness checks before it cosigns the head of a log (C2SP tlog-witness). */
import type { CheckpointBody, Cosignature, LogFault, LogHead, LogName } from '../domain/audit/tlog.ts';
import { parseNodeId } from '../domain/identity/node-id.ts';
import type { Identity } from '../identity/identity.ts';
import { consistencyProof, isConsistent, type SizedRoot } from '../identity/merkle-tree.ts';
import { cosign, encodeTreeHead, isCosigned, isSignedHead, logKey } from '../identity/tlog-checkpoint.ts';
import { subtreesOf, type TileReader } from './log-tree.ts';

export type Judgement =
  | { readonly verdict: 'consistent' }
  /** The proof must begin at the head that was cosigned last. */
  | { readonly verdict: 'conflict' }
  | { readonly verdict: LogFault };

/**
 * Whether a signed head continues the one that was cosigned last. Its signature MUST have been
 * checked: a fault is held against the node that signed both.
 *
 * @param known undefined if none was cosigned yet: the first one is taken on trust
 */
export function judgeHead(known: Pick<LogHead, 'size' | 'root'> | undefined, next: CheckpointBody): Judgement {
  if (known === undefined) return { verdict: next.old === 0 && next.proof.length === 0 ? 'consistent' : 'conflict' };
  // A node signs one head after the other, so a smaller one is not merely late.
  if (next.size < known.size) return { verdict: 'truncated' };
  if (next.size === known.size) return { verdict: next.root === known.root ? 'consistent' : 'forked' };
  if (next.old !== known.size) return { verdict: 'conflict' };
  const proof = next.proof.map((hash) => Buffer.from(hash, 'base64'));
  return { verdict: isConsistent(sized(known), sized(next), proof) ? 'consistent' : 'forked' };
}

const sized = ({ size, root }: Pick<LogHead, 'size' | 'root'>): SizedRoot => ({
  size,
  root: Buffer.from(root, 'base64'),
});

/** A head and whose log it is: the node id of the key that signed it. */
export type KeyedHead = LogHead & { readonly key: string; readonly log: LogName };

/** Whether the head is signed by its key. */
export function isHeadSigned({ key, log, signature, ...head }: KeyedHead): boolean {
  const publicKey = parseNodeId(key);
  return publicKey !== undefined && isSignedHead(publicKey, log, sized(head), Buffer.from(signature, 'base64'));
}

/** @param timeMs since the epoch */
export const cosignHead = (head: KeyedHead, timeMs: number, witness: Pick<Identity, 'sign'>): Cosignature =>
  cosign(textOf(head), Math.floor(timeMs / 1_000), witness);

/** Whether the cosignature is by the witness with this node id. */
export function isHeadCosigned(head: KeyedHead, cosignature: Cosignature, witness: string): boolean {
  const publicKey = parseNodeId(witness);
  return publicKey !== undefined && isCosigned(textOf(head), cosignature, publicKey);
}

function textOf({ key, log, ...head }: KeyedHead): string {
  const { name } = logKey(parseNodeId(key) ?? new Uint8Array(), log);
  return encodeTreeHead({ origin: name, ...sized(head) });
}

/** Base64: proof that the first `size` leaves of a tree continue its first `old` leaves. */
export const proofFrom = (tree: TileReader, old: number, size: number): readonly string[] =>
  consistencyProof(old, size, subtreesOf(tree)).map((hash) => Buffer.from(hash).toString('base64'));

import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { AuditCheckpoint, AuditEntry, AuditRecord, AuditVerification } from '../domain/audit/audit-record.ts';
import { canonical } from '../domain/encoding/canonical.ts';

/** `prevHash` of the first record of a chain. */
export const GENESIS = '0'.repeat(64);
const RECORD_CONTEXT = 'caro.audit.record.v1\n';
const CHECKPOINT_CONTEXT = 'caro.audit.checkpoint.v1\n';

/**
 * The record that follows `previous` (FR-904): its hash covers everything in it and, through
 * `prevHash`, all before it.
 */
export function linkRecord(previous: AuditRecord | undefined, entry: AuditEntry, time: string): AuditRecord {
  const open = {
    seq: (previous?.seq ?? 0) + 1,
    time,
    type: entry.type,
    peer: entry.peer ?? null,
    details: entry.details ?? {},
    prevHash: previous?.hash ?? GENESIS,
  };
  return { ...open, hash: hashOf(open) };
}

export function hashOf({ seq, time, type, peer, details, prevHash }: Omit<AuditRecord, 'hash'>): string {
  return bytesToHex(blake3(utf8ToBytes(RECORD_CONTEXT + canonical({ seq, time, type, peer, details, prevHash }))));
}

/** The bytes that a checkpoint's Ed25519 signature covers. */
export function checkpointBytes({ seq, hash, time, prunedThrough }: Omit<AuditCheckpoint, 'signature'>): Uint8Array {
  return utf8ToBytes(CHECKPOINT_CONTEXT + canonical({ seq, hash, time, prunedThrough }));
}

/** The node id in `keys` whose signature it is, or null. */
export type SignerOf = (keys: readonly string[], bytes: Uint8Array, signature: Uint8Array) => string | null;

/** What a log is checked with. Changes of the node's key are in the log itself. */
export interface LogProof {
  /** Node id, current or former. */
  readonly node: string;
  readonly signerOf: SignerOf;
  /**
   * The ids between which a statement of rotation leads. @throws where it is not signed by both
   * keys
   */
  readonly openStep: (statement: unknown) => { readonly old: string; readonly new: string };
}

/**
 * Checks a whole log, oldest record first, without trusting its storage: every hash, every link,
 * every checkpoint's signature, that a signed checkpoint accounts for a missing prefix, and that no
 * record up to the newest checkpoint is missing at the end. Where the node has changed its key,
 * only checkpoints before the change may be signed with the former one.
 */
export function verifyChain(
  records: Iterable<AuditRecord>,
  checkpoints: readonly AuditCheckpoint[],
  proof: LogProof,
): AuditVerification {
  const walk = walkRecords(records, checkpoints, proof);
  const forged = forgedCheckpoint(checkpoints, walk, proof);
  const verdict = (firstBad: AuditVerification['firstBad']): AuditVerification => ({
    ok: firstBad === null,
    records: firstBad === forged && forged !== null ? 0 : walk.count,
    checkpoints: checkpoints.length,
    firstBad,
  });
  const bad = walk.bad && forged && forged.seq < walk.bad.seq ? forged : (walk.bad ?? forged);
  if (bad) return verdict(bad);
  const newest = largest(checkpoints, ({ seq }) => seq);
  const last = walk.last ?? largest(checkpoints, ({ prunedThrough }) => prunedThrough);
  if (last >= newest) return verdict(null);
  return verdict({ seq: last + 1, reason: 'it is missing, a signed checkpoint says that it was there' });
}

/** Not `Math.max(...)`: a call accepts fewer arguments than a log of years has checkpoints. */
const largest = (checkpoints: readonly AuditCheckpoint[], of: (checkpoint: AuditCheckpoint) => number): number =>
  checkpoints.reduce((most, checkpoint) => Math.max(most, of(checkpoint)), 0);

interface Step {
  /** Number of the record that contains it. */
  readonly seq: number;
  readonly old: string;
  readonly new: string;
}

interface Walk {
  readonly bad: AuditVerification['firstBad'];
  /** Good records up to the first bad one. */
  readonly count: number;
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly steps: readonly Step[];
}

function walkRecords(
  records: Iterable<AuditRecord>,
  checkpoints: readonly AuditCheckpoint[],
  { openStep }: LogProof,
): Walk {
  const heads = new Map(checkpoints.map((checkpoint) => [checkpoint.seq, checkpoint.hash]));
  const steps: Step[] = [];
  let first: number | undefined;
  let previous: AuditRecord | undefined;
  let count = 0;
  for (const record of records) {
    first ??= record.seq;
    const reason = previous ? brokenLink(previous, record) : brokenStart(record, checkpoints);
    const fault = reason ?? brokenContent(record, heads.get(record.seq)) ?? brokenStep(record, steps, openStep);
    if (fault !== null) return { bad: { seq: record.seq, reason: fault }, count, first, last: previous?.seq, steps };
    previous = record;
    count += 1;
  }
  return { bad: null, count, first, last: previous?.seq, steps };
}

/** Adds a completed change of key to `steps`; returns what is wrong with it, or null. */
function brokenStep({ seq, type, details }: AuditRecord, steps: Step[], openStep: LogProof['openStep']): string | null {
  if (type !== 'rotation.completed') return null;
  try {
    const { old, new: successor } = openStep(details['statement']);
    // A thief of a former key could otherwise continue the log with a key of their own.
    if (steps.some((step) => step.old === old)) return 'the key that it hands over had a successor already';
    steps.push({ seq, old, new: successor });
    return old === details['from'] && successor === details['to'] ? null : 'it names other keys than its statement';
  } catch {
    return 'its statement of rotation is not signed by both keys';
  }
}

/**
 * A key signs no checkpoint from the record on that completes its replacement. Checkpoints of
 * removed records are not needed any more and may have unknown signers.
 */
function forgedCheckpoint(
  checkpoints: readonly AuditCheckpoint[],
  { first = 1, steps }: Walk,
  { node, signerOf }: LogProof,
): AuditVerification['firstBad'] {
  const keys = lineOf(node, steps);
  for (const { signature, ...open } of checkpoints) {
    const signer = signerOf(keys, checkpointBytes(open), Buffer.from(signature, 'base64'));
    if (signer === null && open.seq < first - 1) continue;
    if (signer === null) return { seq: open.seq, reason: 'the signature of its checkpoint is wrong' };
    const end = steps.find((step) => step.old === signer);
    if (end && open.seq >= end.seq)
      return { seq: open.seq, reason: 'its checkpoint is signed with a key that had a successor by then' };
  }
  return null;
}

/** All keys of the node, given any of them. */
function lineOf(node: string, steps: readonly Step[]): readonly string[] {
  const keys = [node];
  for (const step of steps) if (keys.includes(step.old) && !keys.includes(step.new)) keys.push(step.new);
  for (const step of steps.toReversed()) if (keys.includes(step.new) && !keys.includes(step.old)) keys.push(step.old);
  return keys;
}

function brokenLink(previous: AuditRecord, record: AuditRecord): string | null {
  if (record.seq !== previous.seq + 1) return `it follows record ${previous.seq}, expected ${previous.seq + 1}`;
  return record.prevHash === previous.hash ? null : 'it does not link to the record before it';
}

function brokenStart(first: AuditRecord, checkpoints: readonly AuditCheckpoint[]): string | null {
  if (first.seq === 1) return first.prevHash === GENESIS ? null : 'the first record does not begin a chain';
  const prefix = checkpoints.find(
    (checkpoint) => checkpoint.prunedThrough === first.seq - 1 && checkpoint.seq === first.seq - 1,
  );
  if (!prefix) return 'records before it are missing and no signed checkpoint accounts for them';
  return first.prevHash === prefix.hash ? null : 'it does not link to the signed checkpoint before it';
}

/** Null for content without a canonical form, e.g. nested too deeply. */
function computedHash(record: AuditRecord): string | null {
  try {
    return hashOf(record);
  } catch {
    return null;
  }
}

function brokenContent(record: AuditRecord, checkpointHash: string | undefined): string | null {
  if (computedHash(record) !== record.hash) return 'its content does not match its hash';
  return checkpointHash === undefined || checkpointHash === record.hash
    ? null
    : 'a signed checkpoint names another hash';
}

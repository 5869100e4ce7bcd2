import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { AuditCheckpoint, AuditEntry, AuditRecord, AuditVerification } from '../domain/audit-record.ts';
import { canonical } from '../domain/canonical.ts';

/** `prevHash` of the first record of a chain. */
export const GENESIS = '0'.repeat(64);
const RECORD_CONTEXT = 'caro.audit.record.v1\n';
const CHECKPOINT_CONTEXT = 'caro.audit.checkpoint.v1\n';

/** The record that follows `previous` (FR-904): its hash covers everything in it and, through `prevHash`, all before it. */
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

/** What a checkpoint's Ed25519 signature is over. */
export function checkpointBytes({ seq, hash, time, prunedThrough }: Omit<AuditCheckpoint, 'signature'>): Uint8Array {
  return utf8ToBytes(CHECKPOINT_CONTEXT + canonical({ seq, hash, time, prunedThrough }));
}

export type CheckSignature = (bytes: Uint8Array, signature: Uint8Array) => boolean;

/**
 * Checks a whole log, oldest record first, without trusting whoever stored it: every hash, every link, every checkpoint's signature,
 * that a missing prefix stands behind a signed checkpoint, and that no record before the newest checkpoint was cut off the end.
 */
export function verifyChain(
  records: Iterable<AuditRecord>,
  checkpoints: readonly AuditCheckpoint[],
  checkSignature: CheckSignature,
): AuditVerification {
  const forged = checkpoints.find((checkpoint) => !isSigned(checkpoint, checkSignature));
  const bad = (seq: number, reason: string, count: number): AuditVerification => ({
    ok: false,
    records: count,
    checkpoints: checkpoints.length,
    firstBad: { seq, reason },
  });
  if (forged) return bad(forged.seq, 'the signature of its checkpoint is wrong', 0);
  const heads = new Map(checkpoints.map((checkpoint) => [checkpoint.seq, checkpoint.hash]));
  let previous: AuditRecord | undefined;
  let count = 0;
  for (const record of records) {
    const reason = previous ? brokenLink(previous, record) : brokenStart(record, checkpoints);
    const fault = reason ?? brokenContent(record, heads.get(record.seq));
    if (fault !== null) return bad(record.seq, fault, count);
    previous = record;
    count += 1;
  }
  const newest = Math.max(0, ...checkpoints.map((checkpoint) => checkpoint.seq));
  const last = previous?.seq ?? Math.max(0, ...checkpoints.map((checkpoint) => checkpoint.prunedThrough));
  if (last < newest) return bad(last + 1, 'it is missing, a signed checkpoint says that it was there', count);
  return { ok: true, records: count, checkpoints: checkpoints.length, firstBad: null };
}

function isSigned(checkpoint: AuditCheckpoint, checkSignature: CheckSignature): boolean {
  return checkSignature(checkpointBytes(checkpoint), Buffer.from(checkpoint.signature, 'base64'));
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

/** Null for content that has no canonical form, such as brackets nested beyond the stack. */
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

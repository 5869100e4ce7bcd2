import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { checkpointBytes, linkRecord, verifyChain } from '../../src/audit/chain.ts';
import { decodeAuditExport, encodeAuditExport } from '../../src/audit/export.ts';
import { logProof } from '../../src/audit/log-proof.ts';
import type { AuditCheckpoint, AuditRecord, AuditVerification } from '../../src/domain/audit/audit-record.ts';
import type { Json } from '../../src/domain/encoding/canonical.ts';
import { type Identity, openIdentity } from '../../src/identity/identity.ts';
import { signRotation } from '../../src/identity/key-statement.ts';
import { lastingFolder } from '../rig/temporary-folder.ts';

const folder = lastingFolder();
const [first, second, third, stranger] = ['a', 'b', 'c', 'd'].map((name) => openIdentity(join(folder, name)));
if (!first || !second || !third || !stranger) throw new Error('expected four keys');

const TIME = '2026-11-23T12:00:00.000Z';
const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

/** A log under construction, with what seals it. */
function log() {
  const records: AuditRecord[] = [];
  const checkpoints: AuditCheckpoint[] = [];
  const append = (type: AuditRecord['type'], details: { readonly [key: string]: Json } = {}): void =>
    void records.push(linkRecord(records.at(-1), { type, details }, TIME));
  return {
    records,
    checkpoints,
    work: (count = 3) => {
      for (let made = 0; made < count; made += 1) append('config.changed', { made });
    },
    rotate: (from: Identity, to: Identity, changes: { readonly [key: string]: Json } = {}) => {
      const statement = plain(signRotation(from, to, { nowMs: Date.parse(TIME), nonce: new Uint8Array(16) }));
      append('rotation.completed', { from: from.id, to: to.id, statement, ...changes });
    },
    seal: (key: Identity, seq = records.length, prunedThrough = 0) => {
      const hash = records.find((record) => record.seq === seq)?.hash ?? '';
      const open = { seq, hash, time: TIME, prunedThrough };
      const signature = Buffer.from(key.sign(checkpointBytes(open))).toString('base64');
      checkpoints.push({ ...open, signature });
    },
  };
}

/** Work, seal, change of key, twice over. */
function rotatedTwice() {
  const made = log();
  made.work();
  made.seal(first as Identity);
  made.rotate(first as Identity, second as Identity);
  made.work();
  made.seal(second as Identity);
  made.rotate(second as Identity, third as Identity);
  made.work();
  made.seal(third as Identity);
  return made;
}

const verdict = ({ records, checkpoints }: ReturnType<typeof log>, key: Identity): AuditVerification =>
  verifyChain(records, checkpoints, logProof(key.publicKey));

describe('a log that was kept with several keys', () => {
  test('verifies with any one of them, from the log alone', () => {
    for (const key of [first, second, third])
      expect(verdict(rotatedTwice(), key)).toEqual({ ok: true, records: 11, checkpoints: 3, firstBad: null });
  });

  test('does not verify where somebody who has a former key leads it on to a key of his own', () => {
    const made = rotatedTwice();
    made.rotate(first, stranger);
    made.work();
    made.seal(stranger);
    for (const key of [first, second, third, stranger])
      expect([key.id, verdict(made, key).ok]).toEqual([key.id, false]);
    expect(verdict(made, first).firstBad).toMatchObject({ seq: 12 });
  });

  test('verifies as an export, which says no more than the log', () => {
    const { records, checkpoints } = rotatedTwice();
    const text = [...encodeAuditExport(third.id, records, checkpoints)].join('\n');
    const found = decodeAuditExport(text);
    expect(verifyChain(found.records, found.checkpoints, logProof(third.publicKey)).ok).toBe(true);
    expect(verifyChain(found.records, found.checkpoints, logProof(stranger.publicKey)).ok).toBe(false);
  });

  test('does not verify with the key of another node', () => {
    expect(verdict(rotatedTwice(), stranger)).toMatchObject({
      ok: false,
      firstBad: { seq: 3, reason: 'the signature of its checkpoint is wrong' },
    });
  });

  test('does not verify where a former key signed after it had a successor', () => {
    const made = rotatedTwice();
    made.seal(first, made.records.length);
    expect(verdict(made, third)).toMatchObject({
      ok: false,
      firstBad: { seq: 11, reason: 'its checkpoint is signed with a key that had a successor by then' },
    });
  });

  test('does not verify as written anew by who has a former key only', () => {
    const forged = log();
    forged.work();
    forged.seal(first);
    expect(verdict(forged, third).ok).toBe(false);
    forged.rotate(first, stranger);
    forged.seal(stranger);
    expect(verdict(forged, third).ok).toBe(false);
  });

  test('does not verify where the new key did not sign the statement, or the record names other keys', () => {
    const unsigned = log();
    const statement = plain(signRotation(stranger, second, { nowMs: 0, nonce: new Uint8Array(16) }));
    unsigned.rotate(first, second, { statement: { ...(statement as object), payloadType: 'application/json' } });
    expect(verdict(unsigned, second).firstBad).toEqual({
      seq: 1,
      reason: 'its statement of rotation is not signed by both keys',
    });
    const other = log();
    other.rotate(first, second, { from: stranger.id });
    expect(verdict(other, second).firstBad).toEqual({ seq: 1, reason: 'it names other keys than its statement' });
  });

  test('still verifies when retention has removed the records of the first key, and the statement about it', () => {
    const made = rotatedTwice();
    made.seal(third, 6, 6);
    const records = made.records.slice(6);
    expect(verifyChain(records, made.checkpoints, logProof(third.publicKey))).toMatchObject({ ok: true, records: 5 });
    const unsealed = made.checkpoints.filter(({ prunedThrough }) => prunedThrough === 0);
    expect(verifyChain(records, unsealed, logProof(third.publicKey)).firstBad?.seq).toBe(7);
  });
});

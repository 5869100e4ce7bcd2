import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkpointBytes, linkRecord, verifyChain } from '../../src/audit/chain.ts';
import { decodeAuditExport, encodeAuditExport } from '../../src/audit/export.ts';
import { logProof } from '../../src/audit/log-proof.ts';
import type { AuditCheckpoint, AuditRecord } from '../../src/domain/audit/audit-record.ts';
import { AUDIT_TYPES } from '../../src/domain/audit/audit-record.ts';
import { openIdentity } from '../../src/identity/identity.ts';
import { lastingFolder } from '../rig/temporary-folder.ts';

const key = openIdentity(join(lastingFolder(), 'identity.key'));
const checks = logProof(key.publicKey);
/** A record of this type has a statement to show: see rotations.test.ts. */
const PLAIN_TYPES = AUDIT_TYPES.filter((type) => type !== 'rotation.completed');

function chain(length: number): AuditRecord[] {
  const records: AuditRecord[] = [];
  for (let index = 0; index < length; index += 1) {
    const type = PLAIN_TYPES[index % PLAIN_TYPES.length] ?? 'config.changed';
    records.push(
      linkRecord(
        records.at(-1),
        { type, details: { index, note: `ä${index}` } },
        new Date(index * 1_000).toISOString(),
      ),
    );
  }
  return records;
}

function checkpoint(record: AuditRecord, prunedThrough = 0): AuditCheckpoint {
  const open = { seq: record.seq, hash: record.hash, time: record.time, prunedThrough };
  return { ...open, signature: Buffer.from(key.sign(checkpointBytes(open))).toString('base64') };
}

const at = (records: readonly AuditRecord[], seq: number): AuditRecord => {
  const record = records[seq - 1];
  if (!record) throw new Error(`no record ${seq}`);
  return record;
};

/** A checkpoint with the signature of another key. */
function foreignCheckpoint(record: AuditRecord, prunedThrough: number): AuditCheckpoint {
  const open = { seq: record.seq, hash: record.hash, time: record.time, prunedThrough };
  const stranger = openIdentity(join(lastingFolder(), 'stranger.key'));
  return { ...open, signature: Buffer.from(stranger.sign(checkpointBytes(open))).toString('base64') };
}

describe('verifyChain', () => {
  test('a missing prefix behind a checkpoint that a foreign key signed is found', () => {
    const records = chain(12);
    const rest = records.slice(6);
    expect(verifyChain(rest, [checkpoint(at(records, 6), 6)], checks)).toMatchObject({ ok: true, records: 6 });
    const forged = foreignCheckpoint(at(records, 6), 6);
    const verdict = verifyChain(rest, [forged], checks);
    expect(verdict).toMatchObject({
      ok: false,
      firstBad: { seq: 6, reason: 'the signature of its checkpoint is wrong' },
    });
    const sealed = [forged, checkpoint(at(records, 12))];
    expect(verifyChain(rest, sealed, checks)).toMatchObject({ ok: false, firstBad: { seq: 6 } });
  });

  test('a checkpoint that a foreign key signed before the missing prefix is not needed any more', () => {
    const records = chain(12);
    const checkpoints = [foreignCheckpoint(at(records, 5), 0), checkpoint(at(records, 6), 6)];
    expect(verifyChain(records.slice(6), checkpoints, checks).ok).toBe(true);
  });

  test('an untouched chain verifies, with and without checkpoints', () => {
    const records = chain(20);
    expect(verifyChain(records, [], checks)).toEqual({ ok: true, records: 20, checkpoints: 0, firstBad: null });
    expect(verifyChain(records, [checkpoint(at(records, 20))], checks).ok).toBe(true);
    expect(verifyChain([], [], checks).ok).toBe(true);
  });

  test('any change to any field of any record is found, and the first bad record is named (FR-904)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom('seq', 'time', 'type', 'peer', 'details', 'prevHash', 'hash'),
        (seq, field) => {
          const changed: Record<string, unknown> = {
            seq: 99,
            time: 'x',
            type: 'x',
            peer: 'x',
            details: { x: 1 },
            prevHash: 'f'.repeat(64),
            hash: 'f'.repeat(64),
          };
          const records = chain(12).map((record) =>
            record.seq === seq ? { ...record, [field]: changed[field] } : record,
          );
          const { ok, firstBad } = verifyChain(records, [], checks);
          expect(ok).toBe(false);
          expect(firstBad?.seq).toBe(field === 'seq' ? 99 : seq);
        },
      ),
    );
  });

  test('a rewritten record with a matching hash is detected by its successor', () => {
    const records = chain(6);
    for (const seq of [1, 3, 5]) {
      const { type, time } = at(records, seq);
      const anew = linkRecord(records[seq - 2], { type, details: { other: true } }, time);
      const tampered = records.map((record) => (record.seq === seq ? anew : record));
      expect(verifyChain(tampered, [], checks).firstBad).toEqual({
        seq: seq + 1,
        reason: 'it does not link to the record before it',
      });
    }
  });

  test('a removed, duplicated or moved record is detected', () => {
    const records = chain(10);
    const without = records.filter((record) => record.seq !== 4);
    expect(verifyChain(without, [], checks).firstBad).toEqual({ seq: 5, reason: 'it follows record 3, expected 4' });
    expect(verifyChain([...records.slice(0, 4), at(records, 4), ...records.slice(4)], [], checks).ok).toBe(false);
    expect(verifyChain([at(records, 2), at(records, 1)], [], checks).ok).toBe(false);
  });

  test('a chain rewritten from some record on is detected by a signed checkpoint', () => {
    const records = chain(5);
    const seal = checkpoint(at(records, 5));
    const forged = [
      ...records.slice(0, 4),
      linkRecord(at(records, 4), { type: 'config.changed' }, at(records, 5).time),
    ];
    expect(verifyChain(forged, [], checks).ok).toBe(true);
    expect(verifyChain(forged, [seal], checks).firstBad).toEqual({
      seq: 5,
      reason: 'a signed checkpoint names another hash',
    });
  });

  test('records cut off the end are detected, as far as the newest checkpoint reaches', () => {
    const records = chain(8);
    expect(verifyChain(records.slice(0, 6), [checkpoint(at(records, 8))], checks).firstBad?.seq).toBe(7);
    expect(verifyChain([], [checkpoint(at(records, 8))], checks).firstBad?.seq).toBe(1);
  });

  test('a log of many years, with more checkpoints than a call takes arguments, is read as any other', () => {
    const records = chain(3);
    const seals = Array<ReturnType<typeof checkpoint>>(150_000).fill(checkpoint(at(records, 3)));
    expect(
      verifyChain(records.slice(0, 2), seals, { ...checks, signerOf: ([first = '']) => first }).firstBad?.seq,
    ).toBe(3);
  });

  test('a prefix may be missing behind a signed checkpoint only', () => {
    const records = chain(9);
    const rest = records.slice(5);
    expect(verifyChain(rest, [], checks).firstBad?.seq).toBe(6);
    expect(verifyChain(rest, [checkpoint(at(records, 5))], checks).ok).toBe(false);
    expect(verifyChain(rest, [checkpoint(at(records, 5), 5)], checks).ok).toBe(true);
    expect(verifyChain(rest, [checkpoint(at(records, 4), 4)], checks).ok).toBe(false);
  });

  test('a checkpoint that somebody else signed is refused', () => {
    const records = chain(3);
    const seal = { ...checkpoint(at(records, 3)), prunedThrough: 2 };
    expect(verifyChain(records, [seal], checks).firstBad).toEqual({
      seq: 3,
      reason: 'the signature of its checkpoint is wrong',
    });
  });
});

describe('an export', () => {
  test('is restored unchanged', () => {
    const records = chain(6);
    const checkpoints = [checkpoint(at(records, 6))];
    const text = [...encodeAuditExport('caro:ed25519:AA==', records, checkpoints)].join('\n');
    expect(decodeAuditExport(text)).toEqual({ node: 'caro:ed25519:AA==', records, checkpoints });
  });

  test.each([
    '',
    'not json',
    '{"format":"other"}',
    '{"format":"caro.audit.v1","node":"n"}\n{"other":1}',
    '{"format":"caro.audit.v1","node":"n"}\n[1',
  ])('anything else is refused with its line: %j', (text) => {
    expect(() => decodeAuditExport(text)).toThrow(/^line \d: expected /);
  });
});

import { describe } from '@jest/globals';
import { checkpointBytes, linkRecord, verifyChain } from '../../src/audit/chain.ts';
import { decodeAuditExport, encodeAuditExport } from '../../src/audit/export.ts';
import { logProof } from '../../src/audit/log-proof.ts';
import type { AuditCheckpoint, AuditRecord } from '../../src/domain/audit/audit-record.ts';
import { makeIdentity } from '../mesh/rig.ts';
import { fuzzTest } from './rig/fuzzer.ts';
import { CANARY, holds, refusing, same } from './rig/invariants.ts';

const owner = makeIdentity();
const records: AuditRecord[] = [];
for (const type of ['service.started', 'query.received', 'query.answered', 'peer.refused'] as const) {
  const entry = { type, peer: owner.id, details: { word: CANARY, count: 3, list: [1, null, 'x'] } };
  records.push(linkRecord(records.at(-1), entry, '2026-01-02T03:04:05.678Z'));
}
const last = records.at(-1) as AuditRecord;
const open = { seq: last.seq, hash: last.hash, time: last.time, prunedThrough: 0 };
const checkpoint: AuditCheckpoint = {
  ...open,
  signature: Buffer.from(owner.sign(checkpointBytes(open))).toString('base64'),
};
const lines = [...encodeAuditExport(owner.id, records, [checkpoint])];

const proof = logProof(owner.publicKey);

/** Nothing verifies but records that were written, from the first on. */
function check(text: string): void {
  const decoded = refusing(['usage'], () => decodeAuditExport(text));
  if (!decoded) return;
  const { ok, firstBad } = verifyChain(decoded.records, decoded.checkpoints, proof);
  holds('a verdict has its reason', ok === (firstBad === null));
  if (!ok || decoded.checkpoints.length === 0) return;
  same('records that verify', decoded.records, records);
  same(
    'checkpoints that verify',
    [...new Set(decoded.checkpoints.map((each) => JSON.stringify(each)))],
    [JSON.stringify(checkpoint)],
  );
}

describe('exported audit logs', () => {
  fuzzTest({
    name: 'any text is an export or refused, and none verifies that says anything else than was recorded',
    seeds: [Buffer.from(lines.join('\n')), Buffer.from(lines.slice(0, 3).join('\n'))],
    words: ['\n', '{"record":', '"seq":2', '"prunedThrough":3', ...lines],
    run: (input) => check(input.toString()),
  });
  fuzzTest({
    name: 'nor one of whose lines another value was made',
    seeds: lines.map((line) => Buffer.from(line)),
    isJson: true,
    run: (input) => {
      for (const at of lines.keys()) check(lines.with(at, input.toString().replaceAll('\n', ' ')).join('\n'));
    },
  });
});

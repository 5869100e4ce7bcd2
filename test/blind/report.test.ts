/** The two envelopes of a report, from a node to each aggregator, and receipts. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { REPORT_TYPE } from '../../src/blind/documents.ts';
import { makeReport, openReceipt, openReport, openShare, signReceipt } from '../../src/blind/report.ts';
import { drawRandomness, splitReport } from '../../src/blind/report-bytes.ts';
import { createSealing } from '../../src/blind/sealing.ts';
import { encodeEnvelope, seal } from '../../src/identity/envelope.ts';
import { openIdentity } from '../../src/identity/identity.ts';
import { documentHash } from '../../src/identity/signed-document.ts';
import { codeOf, codeOfPromise } from '../rig/error-code.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { makeTask, type TaskRig, vdafOf } from './tasks.ts';

const folder = temporaryFolders();
const sealing = createSealing();
const DAY = '2026-11-20';
const NOW_MS = Date.parse('2026-11-21T03:00:00.000Z');

async function reportOf(rig: TaskRig, value: number) {
  const vdaf = vdafOf(rig.task);
  const cells = Array.from({ length: vdaf.aggregateBytes / 16 }, (_, place) => (place === 1 ? value : 0));
  const randomness = drawRandomness((count) => randomBytes(count));
  const signer = openIdentity(`${folder()}/node.key`);
  const input = { task: rig.task, day: DAY, cells, randomness, signer };
  return { vdaf, input, signer, envelopes: await makeReport(input, { vdaf, sealing }) };
}

describe('a report', () => {
  test('is read by each aggregator, and the totals are exact', async () => {
    const rig = await makeTask(folder());
    const totals = { leader: [] as Uint8Array[], trustee: [] as Uint8Array[] };
    const values = [4_711, 17];
    for (const value of values) {
      const { vdaf, envelopes, signer } = await reportOf(rig, value);
      const prepared = async (role: 'leader' | 'trustee') => {
        const report = openReport(envelopes[role], rig.task, role);
        expect(report).toMatchObject({ node: signer.id, day: DAY, role });
        return {
          report,
          ...(await vdaf.prepare({
            verifyKey: rig.verifyKey,
            role,
            nonce: Buffer.from(report.nonce, 'base64'),
            publicShare: Buffer.from(report.publicShare, 'base64'),
            inputShare: await openShare(report, rig.keys[role], sealing),
          })),
        };
      };
      const [leader, trustee] = [await prepared('leader'), await prepared('trustee')];
      const message = await vdaf.verify(Buffer.from(trustee.report.publicShare, 'base64'), {
        leader: leader.preparationShare,
        trustee: trustee.preparationShare,
      });
      totals.leader.push(vdaf.finish(leader.state, message));
      totals.trustee.push(vdaf.finish(trustee.state, message));
    }
    const vdaf = vdafOf(rig.task);
    const total = vdaf.unshard({ leader: vdaf.aggregate(totals.leader), trustee: vdaf.aggregate(totals.trustee) });
    expect(total[1]).toBe(4_728);
    expect(total.reduce((sum, cell) => sum + cell, 0)).toBe(4_728);
  });

  test('is the same bytes again from the same cells and randomness', async () => {
    const rig = await makeTask(folder());
    const { vdaf, input, envelopes } = await reportOf(rig, 3);
    expect(await makeReport(input, { vdaf, sealing })).toEqual(envelopes);
  });

  test('has the size that the ledger and the network are planned for', async () => {
    const { envelopes } = await reportOf(await makeTask(folder()), 3);
    const boxBytes = (role: 'leader' | 'trustee'): number =>
      splitReport(Buffer.from(envelopes[role].payload, 'base64')).box.length;
    expect(boxBytes('leader')).toBeLessThan(30_000);
    expect(boxBytes('trustee')).toBe(32 + 48 + 16);
    expect(encodeEnvelope(envelopes.leader).length).toBeLessThan(41_000);
  });

  test('is refused if its head is another spelling of the same JSON, or does not end', async () => {
    const rig = await makeTask(folder());
    const { envelopes, signer } = await reportOf(rig, 3);
    const { head, box } = splitReport(Buffer.from(envelopes.trustee.payload, 'base64'));
    const spelled = (text: string) => seal(REPORT_TYPE, Buffer.concat([Buffer.from(text), box]), signer);
    expect(openReport(spelled(`${head}\n`), rig.task, 'trustee')).toMatchObject({ day: DAY });
    for (const text of [head, `${head} \n`, `\n${head}\n`, `{}\n`, `${head.replace(',', ', ')}\n`, '\n'])
      expect(codeOf(() => openReport(spelled(text), rig.task, 'trustee'))).toBe('blind_report_invalid');
  });

  test('does not open for the other aggregator, in another role, task, day or name', async () => {
    const rig = await makeTask(folder());
    const other = await makeTask(folder(), { floor: 30 });
    const { envelopes } = await reportOf(rig, 3);
    expect(codeOf(() => openReport(envelopes.leader, rig.task, 'trustee'))).toBe('blind_report_invalid');
    expect(codeOf(() => openReport(envelopes.leader, other.task, 'leader'))).toBe('blind_report_invalid');
    const report = openReport(envelopes.leader, rig.task, 'leader');
    for (const changed of [
      { ...report, day: '2026-11-19' },
      { ...report, node: rig.leader.id },
      { ...report, task: other.task.id },
      { ...report, nonce: Buffer.alloc(16).toString('base64') },
      { ...report, publicShare: Buffer.alloc(32).toString('base64') },
      { ...report, role: 'trustee' as const },
    ]) {
      expect(await codeOfPromise(openShare(changed, rig.keys.leader, sealing))).toBe('blind_box_invalid');
    }
    expect(await codeOfPromise(openShare(report, rig.keys.trustee, sealing))).toBe('blind_box_invalid');
  });

  test('is refused with a signature of somebody else', async () => {
    const rig = await makeTask(folder());
    const { envelopes } = await reportOf(rig, 3);
    const { envelopes: others } = await reportOf(rig, 3);
    const forged = { ...envelopes.leader, signatures: others.leader.signatures };
    expect(codeOf(() => openReport(forged, rig.task, 'leader'))).toBe('blind_report_invalid');
  });
});

describe('a receipt', () => {
  test('names the report by its hash and is signed by the aggregator that has it', async () => {
    const rig = await makeTask(folder());
    const { envelopes, signer } = await reportOf(rig, 3);
    const receipt = openReceipt(signReceipt(envelopes.trustee, NOW_MS, rig.trustee), rig.task);
    expect(receipt).toEqual({
      type: 'caro.blind-receipt',
      version: 1,
      task: rig.task.id,
      day: DAY,
      node: signer.id,
      role: 'trustee',
      report: documentHash(envelopes.trustee),
      receivedAt: '2026-11-21T03:00:00.000Z',
    });
  });

  test('is refused from anybody else, also from the other aggregator', async () => {
    const rig = await makeTask(folder());
    const other = await makeTask(folder());
    const { envelopes, signer } = await reportOf(rig, 3);
    for (const who of [rig.leader, signer, other.trustee]) {
      const receipt = signReceipt(envelopes.trustee, NOW_MS, who);
      expect(codeOf(() => openReceipt(receipt, rig.task))).toBe('blind_report_invalid');
    }
    const ofOther = signReceipt(envelopes.trustee, NOW_MS, rig.trustee);
    expect(codeOf(() => openReceipt(ofOther, other.task))).toBe('blind_report_invalid');
  });
});

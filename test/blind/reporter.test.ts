/** What a node reports, when, and what it does with the answers. Database and shares are real. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dayEnd, dayOf, dayStart, windowEnd } from '../../src/blind/day.ts';
import { dayLayout } from '../../src/blind/layout/day-1.ts';
import { deliverReports } from '../../src/blind/node/courier.ts';
import { readReleaseLog } from '../../src/blind/node/log-reader.ts';
import { SPREAD_MS } from '../../src/blind/node/reporter.ts';
import { contributorsOf, contributorsRoot, proveContribution, signRelease } from '../../src/blind/release-log.ts';
import { openReport, openShare, signReceipt } from '../../src/blind/report.ts';
import { drawRandomness, splitRandomness } from '../../src/blind/report-bytes.ts';
import { createSealing } from '../../src/blind/sealing.ts';
import { refusal } from '../../src/domain/blind/exchange.ts';
import { NO_RELEASE, type ReleaseEntry } from '../../src/domain/blind/release.ts';
import { documentHash } from '../../src/identity/signed-document.ts';
import { codeOfPromise } from '../rig/error-code.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { type NodeRig, openNode } from './nodes.ts';
import { vdafOf } from './tasks.ts';

const folder = temporaryFolders();
const JOINED_MS = Date.parse('2026-11-20T15:00:00.000Z');
const HOUR_MS = 3_600_000;
const DAY = '2026-11-20';

const aDayLater = async (changes: Parameters<typeof openNode>[1] = {}): Promise<NodeRig> => {
  const rig = await openNode(folder(), { joinedMs: JOINED_MS, ...changes });
  rig.setTime(dayEnd(DAY) + SPREAD_MS);
  await rig.reporter.makeDue();
  return rig;
};
const made = (rig: NodeRig): readonly string[] =>
  rig.store.days(100).flatMap(({ day, madeMs }) => (madeMs === null ? [] : [day]));

describe('a report', () => {
  test('is made for each UTC day from the day of the consent on, once, also after a day without commands', async () => {
    const rig = await openNode(folder(), { joinedMs: JOINED_MS });
    for (let hour = 0; hour < 24 * 4; hour += 1) {
      rig.setTime(JOINED_MS + hour * HOUR_MS);
      await rig.reporter.makeDue();
    }
    expect(made(rig)).toEqual(['2026-11-23', '2026-11-22', '2026-11-21', '2026-11-20']);
    rig.close();
  });

  test('is due at a random time in the six hours after its day, never before', async () => {
    const rig = await openNode(folder(), { joinedMs: JOINED_MS });
    const dues = new Set<number>();
    for (let day = 0; day < 20; day += 1) {
      rig.setTime(dayEnd(DAY) + day * 24 * HOUR_MS);
      await rig.reporter.makeDue();
      const [newest] = rig.store.days(1);
      const sinceEnd = (newest?.dueMs ?? 0) - dayEnd(newest?.day ?? DAY);
      expect(sinceEnd).toBeGreaterThanOrEqual(0);
      expect(sinceEnd).toBeLessThan(SPREAD_MS);
      dues.add(sinceEnd);
    }
    expect(dues.size).toBeGreaterThan(10);
    rig.close();
  });

  test('is not made before its day is over, though the clock was set back after it was planned', async () => {
    const rig = await openNode(folder(), { joinedMs: JOINED_MS });
    rig.setTime(dayEnd(DAY));
    rig.store.plan(DAY, rig.task.id, dayEnd(DAY));
    rig.setTime(dayEnd(DAY) - HOUR_MS);
    await rig.reporter.makeDue();
    expect(made(rig)).toEqual([]);
    rig.close();
  });

  test('of a node that was off is made when it is back within the window, and given up after it', async () => {
    const rig = await openNode(folder(), { joinedMs: JOINED_MS });
    rig.setTime(windowEnd(rig.task.task, DAY) - 1);
    await rig.reporter.makeDue();
    expect(made(rig)).toContain(DAY);
    const late = await openNode(folder(), { joinedMs: JOINED_MS });
    late.setTime(windowEnd(late.task.task, DAY));
    await late.reporter.makeDue();
    expect(made(late)).not.toContain(DAY);
    rig.close();
    late.close();
  });

  test('of a clock that jumps ahead is not made, and the present days are not given up', async () => {
    const rig = await openNode(folder(), { joinedMs: JOINED_MS });
    // The clocks differ by a month, so leader and trustee refuse every message.
    rig.setAnswered(false);
    rig.setTime(dayEnd(DAY) + 30 * 24 * HOUR_MS + SPREAD_MS);
    await rig.reporter.makeDue();
    expect(made(rig)).toEqual([]);
    expect(rig.reporter.nextMs()).toBeGreaterThan(rig.time());
    rig.setAnswered(true);
    rig.setTime(dayEnd(DAY) + SPREAD_MS);
    await rig.reporter.makeDue();
    expect(made(rig)).toEqual([DAY]);
    expect(await rig.reporter.preview()).toMatchObject({ day: dayOf(rig.time()), closed: false });
    expect(rig.store.days(10)).toHaveLength(1);
    rig.close();
  });

  test('is spent for its day whatever task the node joins next', async () => {
    const rig = await aDayLater();
    expect(made(rig)).toEqual([DAY]);
    const other = await openNode(folder(), { joinedMs: JOINED_MS, database: rig.database });
    other.setTime(dayEnd(DAY) + SPREAD_MS);
    await other.reporter.makeDue();
    expect(rig.store.days(10).map(({ day, task }) => [day, task])).toEqual([[DAY, rig.task.id]]);
    expect(rig.database.prepare('SELECT count(*) FROM blind_outbox').pluck().get()).toBe(2);
    rig.close();
  });

  test('is not made again where the ledger is kept for less time than the window', async () => {
    const rig = await openNode(folder(), { joinedMs: JOINED_MS });
    for (let day = 0; day < 6; day += 1) {
      rig.setTime(dayEnd(DAY) + day * 24 * HOUR_MS + SPREAD_MS);
      rig.reporter.prune(dayOf(rig.time() - 24 * HOUR_MS), rig.time());
      await rig.reporter.makeDue();
    }
    expect(rig.records.map(({ details }) => details?.['day'])).toEqual([
      '2026-11-20',
      '2026-11-21',
      '2026-11-22',
      '2026-11-23',
      '2026-11-24',
      '2026-11-25',
    ]);
    expect(made(rig)).toEqual(['2026-11-25', '2026-11-24', '2026-11-23']);
    rig.close();
  });

  test('cannot be changed once the day is spent, not even by another program', async () => {
    const rig = await aDayLater();
    expect(() => rig.database.prepare("UPDATE blind_day SET cells = '[]'").run()).toThrow('reported once');
    rig.close();
  });

  test('says what the preview says, and cells and randomness make its bytes again', async () => {
    const rig = await openNode(folder(), { joinedMs: JOINED_MS, cells: [1, 4_711, 1] });
    rig.setTime(dayEnd(DAY));
    rig.store.plan(DAY, rig.task.id, dayEnd(DAY));
    const preview = await rig.reporter.preview();
    rig.setTime(dayEnd(DAY) + 1);
    await rig.reporter.makeDue();
    const kept = rig.store.made(DAY);
    expect(preview).toMatchObject({ day: DAY, closed: true });
    expect(kept?.cells).toEqual(preview.cells.map(({ value }) => value));
    expect(rig.spans).toEqual(Array(2).fill([dayStart(DAY), dayEnd(DAY)]));
    const again = await rig.shard(kept?.cells ?? [], splitRandomness(kept?.randomness ?? new Uint8Array()));
    for (const role of ['leader', 'trustee'] as const)
      expect(rig.store.outbox(rig.task.id, role)[0]?.document).toEqual(again[role]);
    rig.close();
  });

  test('has no figure of the node in what one aggregator can open', async () => {
    const canary = 6_131;
    const rig = await aDayLater({ cells: [1, canary, 1] });
    const sealing = createSealing();
    for (const role of ['leader', 'trustee'] as const) {
      const [row] = rig.store.outbox(rig.task.id, role);
      const report = openReport(row?.document as NonNullable<typeof row>['document'], rig.task, role);
      const share = await openShare(report, rig.keys[role], sealing);
      const { state } = await vdafOf(rig.task).prepare({
        verifyKey: rig.verifyKey,
        role,
        nonce: Buffer.from(report.nonce, 'base64'),
        publicShare: Buffer.from(report.publicShare, 'base64'),
        inputShare: share,
      });
      for (const seen of [Buffer.from(JSON.stringify(report)), Buffer.from(share), Buffer.from(state)])
        for (const form of [...numberForms(canary)]) expect(seen.includes(form)).toBe(false);
    }
    rig.close();
  });

  test('of equal days has different shares, so that nobody can compare two days or nodes', async () => {
    const [one, other] = [await aDayLater({ cells: [1, 5, 1] }), await aDayLater({ cells: [1, 5, 1] })];
    const boxes = [one, other].map((rig) => rig.store.outbox(rig.task.id, 'trustee')[0]?.document.payload);
    expect(boxes[0]).not.toBe(boxes[1]);
    expect(one.store.made(DAY)?.randomness).not.toEqual(other.store.made(DAY)?.randomness);
    one.close();
    other.close();
  });
});

const NO_ENTRIES = { type: 'blind-entries', body: { size: 0, entries: [] } };

/** A number as text, and as it could stand in a vector of bytes. */
function* numberForms(value: number): Generator<Buffer> {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(value);
  yield Buffer.from(`"${value}"`);
  yield Buffer.from(`:${value}`);
  yield bytes;
}

describe('the outbox', () => {
  const receipt = (rig: NodeRig, report: Parameters<typeof signReceipt>[0], role: 'leader' | 'trustee') =>
    ({ type: 'blind-receipt', body: { receipt: signReceipt(report, rig.time(), rig[role]) } }) as const;

  test('keeps both envelopes, and sends the same bytes until there is a receipt', async () => {
    const rig = await aDayLater();
    const sent: string[] = [];
    const away = deliverReports(rig.task, 'leader', {
      ...rig.courier,
      exchange: (_peer, request) => {
        sent.push(JSON.stringify(request));
        return Promise.reject(Object.assign(new Error('gone'), { code: 'peer_gone' }));
      },
    });
    expect(await codeOfPromise(away)).toBe('peer_gone');
    await deliverReports(rig.task, 'leader', {
      ...rig.courier,
      exchange: (peer, request) => {
        expect(peer).toBe(rig.leader.id);
        sent.push(JSON.stringify(request));
        return Promise.resolve(receipt(rig, (request.body as { report: never }).report, 'leader') as never);
      },
    });
    expect(new Set(sent).size).toBe(1);
    expect(sent).toHaveLength(2);
    expect(rig.store.outbox(rig.task.id, 'leader')).toEqual([]);
    expect(rig.store.outbox(rig.task.id, 'trustee')).toHaveLength(1);
    expect(rig.store.days(1)[0]?.deliveries).toEqual([
      { role: 'leader', receivedMs: rig.time(), refused: null },
      { role: 'trustee', receivedMs: null, refused: null },
    ]);
    rig.close();
  });

  test('takes no receipt of another report, or of somebody else', async () => {
    const rig = await aDayLater();
    const other = await aDayLater();
    const [mine] = rig.store.outbox(rig.task.id, 'leader');
    const [others] = other.store.outbox(other.task.id, 'leader');
    const again = await rig.shard(
      rig.store.made(DAY)?.cells ?? [],
      drawRandomness((count) => new Uint8Array(randomBytes(count))),
    );
    const [forTrustee] = rig.store.outbox(rig.task.id, 'trustee');
    for (const envelope of [
      signReceipt(again.leader, rig.time(), rig.leader),
      signReceipt(others?.document as never, rig.time(), rig.leader),
      signReceipt(forTrustee?.document as never, rig.time(), rig.trustee),
      signReceipt(mine?.document as never, rig.time(), rig.trustee),
    ]) {
      const taken = deliverReports(rig.task, 'leader', {
        ...rig.courier,
        exchange: () => Promise.resolve({ type: 'blind-receipt', body: { receipt: envelope } } as never),
      });
      expect(await codeOfPromise(taken)).toBe('blind_report_invalid');
      expect(rig.store.outbox(rig.task.id, 'leader')).toHaveLength(1);
    }
    rig.close();
    other.close();
  });

  test('gives up what is refused for good, keeps what is refused for now, and records both', async () => {
    const rig = await aDayLater();
    const refuse = (code: Parameters<typeof refusal>[0]) =>
      deliverReports(rig.task, 'trustee', {
        ...rig.courier,
        exchange: () => Promise.resolve(refusal(code) as never),
      });
    expect(await codeOfPromise(refuse('report_not_member'))).toBe('report_not_member');
    expect(rig.store.outbox(rig.task.id, 'trustee')).toHaveLength(1);
    await refuse('report_late');
    expect(rig.store.outbox(rig.task.id, 'trustee')).toEqual([]);
    expect(rig.records.filter(({ type }) => type === 'report.sent').map(({ details }) => details)).toEqual([
      { day: DAY, role: 'trustee', result: 'report_late' },
    ]);
    rig.close();
  });

  test('lets only its own documents out, and none after the owner has left the task', async () => {
    const rig = await aDayLater();
    const [row] = rig.store.outbox(rig.task.id, 'leader');
    if (!row) throw new Error('expected a report in the outbox');
    expect(rig.store.pending(row.document)).toEqual({
      recipient: rig.leader.id,
      role: 'leader',
      task: rig.task.id,
      floor: 20,
    });
    expect(rig.store.pending({ ...row.document, signatures: [] })).toBeNull();
    rig.store.discardOthers(null);
    expect(rig.store.pending(row.document)).toBeNull();
    expect(made(rig)).toEqual([DAY]);
    rig.close();
  });
});

describe('the release log', () => {
  const entryOf = (rig: NodeRig, changes: Partial<ReleaseEntry>, nodes: readonly string[]): ReleaseEntry => ({
    type: 'caro.release',
    version: 1,
    task: rig.task.id,
    seq: 0,
    previous: NO_RELEASE,
    day: DAY,
    time: '2026-11-24T01:00:00.000Z',
    received: nodes.length,
    invalid: 0,
    blocks: [
      {
        name: 'organisation',
        contributors: nodes.length,
        root: contributorsRoot(contributorsOf('organisation', nodes)),
        share: Buffer.alloc(32).toString('base64'),
      },
    ],
    withheld: null,
    ...changes,
  });
  const answering = (rig: NodeRig, entry: ReleaseEntry, nodes: readonly string[], size = 1) => ({
    ...rig.courier,
    exchange: (_peer: string, request: { readonly body: object }) =>
      Promise.resolve({
        type: 'blind-entries',
        body: {
          size,
          entries:
            (request.body as { from: number }).from > entry.seq
              ? []
              : [
                  {
                    entry: signRelease(entry, rig.trustee),
                    contribution: proveContribution(contributorsOf('organisation', nodes), rig.node.id),
                  },
                ],
        },
      } as never),
  });
  const others = (count: number): readonly string[] =>
    Array.from({ length: count }, () => `caro:ed25519:${randomBytes(32).toString('base64')}`);

  test('says in a total of how many nodes the report is, by a proof for this node', async () => {
    const rig = await aDayLater();
    const nodes = [rig.node.id, ...others(24)];
    await readReleaseLog(rig.task, answering(rig, entryOf(rig, {}, nodes), nodes));
    expect(rig.store.days(1)[0]?.release).toEqual({ contributors: 25, withheld: null });
    expect(rig.store.unreleased(rig.task.id)).toEqual([]);
    rig.close();
  });

  test('does not count a total that this node is not proven to be in', async () => {
    const rig = await aDayLater();
    const nodes = others(25);
    const lied = [rig.node.id, ...others(24)];
    await readReleaseLog(rig.task, answering(rig, entryOf(rig, {}, nodes), lied));
    expect(rig.store.days(1)[0]?.release).toEqual({ contributors: null, withheld: null });
    rig.close();
  });

  test('says why a day has no total', async () => {
    const rig = await aDayLater();
    const entry = entryOf(rig, { blocks: [], withheld: 'release_below_floor' }, [rig.node.id]);
    await readReleaseLog(rig.task, answering(rig, entry, [rig.node.id]));
    expect(rig.store.days(1)[0]?.release).toEqual({ contributors: null, withheld: 'release_below_floor' });
    rig.close();
  });

  test.each(['becomes shorter', 'tells another history'])('that %s is reported once and remembered', async (how) => {
    const rig = await aDayLater();
    const nodes = [rig.node.id, ...others(24)];
    await readReleaseLog(rig.task, answering(rig, entryOf(rig, {}, nodes), nodes));
    const forged = answering(rig, entryOf(rig, { seq: 1, day: '2026-11-21' }, nodes), nodes, 2);
    const shorter = { ...rig.courier, exchange: () => Promise.resolve(NO_ENTRIES as never) };
    for (let count = 0; count < 2; count += 1)
      expect(await codeOfPromise(readReleaseLog(rig.task, how === 'becomes shorter' ? shorter : forged))).toBe(
        'release_forked',
      );
    expect(rig.store.logHead(rig.task.id)).toMatchObject({ size: 1, forked: true });
    expect(rig.records.filter(({ type }) => type === 'release.forked')).toHaveLength(1);
    rig.close();
  });
});

test('randomness is split as it was joined, whatever it is', async () => {
  const rig = await openNode(folder(), { joinedMs: JOINED_MS });
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 160, maxLength: 160 }), (bytes) => {
      const { nonce, boxes, shares } = splitRandomness(bytes);
      expect(Buffer.concat([nonce, boxes.leader, boxes.trustee, shares])).toEqual(Buffer.from(bytes));
    }),
  );
  expect(dayLayout(rig.task.task.words).cells.length).toBeGreaterThan(300);
  expect(documentHash(rig.task.envelope)).toBe(rig.task.id);
  expect(dayOf(JOINED_MS)).toBe(DAY);
  rig.close();
});

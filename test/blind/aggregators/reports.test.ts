import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openRelease } from '../../../src/blind/release-log.ts';
import type { Shares } from '../../../src/blind/vdaf/vdaf.ts';
import type { BlindRequest } from '../../../src/domain/blind/exchange.ts';
import { codeOf, codeOfPromise } from '../../rig/error-code.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';
import {
  AFTER_WINDOW,
  DAY,
  DAY_MS,
  entriesOf,
  giveReport,
  HOUR_MS,
  makeRig,
  outcome,
  type Rig,
  refusals,
  rowsOf,
  type Side,
  seasoned,
  sendAll,
  sums,
} from './rig.ts';

const folder = temporaryFolders();
const FIELD = 340282366920938462946865773367900766209n;

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig(folder());
});
afterEach(() => rig.close());

/** A client that changes the shares after they were made. */
const withShares = (change: (shares: Shares) => Shares) => ({
  vdaf: { shard: async (...input: Parameters<Rig['vdaf']['shard']>) => change(await rig.vdaf.shard(...input)) },
});

describe('a report', () => {
  test('that comes again gets the same receipt, also after its window', async () => {
    const [person] = await seasoned(rig, 1);
    if (!person) throw new Error('expected a person');
    const { trustee } = await rig.report(person, rig.cells());
    const request: BlindRequest = { type: 'blind-report', body: { report: trustee } };
    const first = await rig.trustee.take(person.id, request);
    rig.clock.ms = AFTER_WINDOW + HOUR_MS;
    expect(await rig.trustee.take(person.id, request)).toEqual(first);
    expect(rowsOf(rig.trustee, 'SELECT 1 FROM blind_report')).toHaveLength(1);
  });

  test('is refused with a code and an audit record, where it breaks a rule', async () => {
    const [person, other] = await seasoned(rig, 2);
    if (!person || !other) throw new Error('expected people');
    const { leader, trustee } = await rig.report(person, rig.cells());
    await giveReport(rig.trustee, person.id, trustee);
    const second = await rig.report(person, rig.cells());
    expect(await giveReport(rig.trustee, person.id, second.trustee)).toBe('report_duplicate');
    expect(await giveReport(rig.trustee, other.id, trustee)).toBe('blind_report_invalid');
    expect(await giveReport(rig.trustee, person.id, leader)).toBe('blind_report_invalid');
    const early = await rig.report(other, rig.cells(), { day: '2026-11-21' });
    expect(await giveReport(rig.trustee, other.id, early.trustee)).toBe('report_early');
    rig.trustee.members.delete(other.id);
    const stranger = await rig.report(other, rig.cells());
    expect(await giveReport(rig.trustee, other.id, stranger.trustee)).toBe('report_not_member');
    rig.clock.ms = AFTER_WINDOW;
    const late = await rig.report(person, rig.cells(), { day: '2026-11-19' });
    expect(await giveReport(rig.trustee, person.id, late.trustee)).toBe('report_late');
    expect(refusals(rig.trustee)).toEqual([
      'report_duplicate',
      'blind_report_invalid',
      'blind_report_invalid',
      'report_early',
      'report_not_member',
      'report_late',
    ]);
    expect(rowsOf(rig.trustee, 'SELECT 1 FROM blind_report')).toHaveLength(1);
  });

  test('for a task with a lower floor is of no use here', async () => {
    const [person] = await seasoned(rig, 1);
    const elsewhere = await makeRig(folder(), { floor: 5 });
    if (!person) throw new Error('expected a person');
    const { trustee } = await rig.report(person, rig.cells(), { task: elsewhere.task });
    elsewhere.close();
    expect(await giveReport(rig.trustee, person.id, trustee)).toBe('task_unknown');
  });

  test('with a cell out of range cannot be made, and a forged one is refused by both', async () => {
    const [liar] = await seasoned(rig, 1);
    if (!liar) throw new Error('expected a person');
    await expect(
      rig.report(
        liar,
        rig.cells().map(() => 2 ** 20),
      ),
    ).rejects.toThrow(RangeError);
    const forged = await rig.report(
      liar,
      rig.cells(),
      withShares((shares) => {
        const leader = Buffer.from(shares.inputShares.leader);
        const element = leader.readBigUInt64LE(16) + (leader.readBigUInt64LE(24) << 64n);
        const next = (element + 1_000n) % FIELD;
        leader.writeBigUInt64LE(next & (2n ** 64n - 1n), 16);
        leader.writeBigUInt64LE(next >> 64n, 24);
        return { ...shares, inputShares: { ...shares.inputShares, leader } };
      }),
    );
    await giveReport(rig.leader, liar.id, forged.leader);
    await giveReport(rig.trustee, liar.id, forged.trustee);
    await rig.work();
    for (const side of [rig.leader, rig.trustee]) {
      expect(rowsOf(side, 'SELECT state, code FROM blind_report')).toEqual([
        { state: 'invalid', code: 'blind_share_invalid' },
      ]);
      expect(refusals(side)).toContain('blind_share_invalid');
    }
  });

  test.each(['leader', 'trustee'] as const)('with a false hint for the %s is refused by both', async (role) => {
    const [person] = await seasoned(rig, 1);
    if (!person) throw new Error('expected a person');
    const crafted = await rig.report(
      person,
      rig.cells(),
      withShares((shares) => {
        const publicShare = Buffer.from(shares.publicShare);
        publicShare.fill(7, role === 'leader' ? 0 : 16, role === 'leader' ? 16 : 32);
        return { ...shares, publicShare };
      }),
    );
    await giveReport(rig.leader, person.id, crafted.leader);
    await giveReport(rig.trustee, person.id, crafted.trustee);
    await rig.work();
    for (const side of [rig.leader, rig.trustee])
      expect(rowsOf(side, 'SELECT state FROM blind_report')).toEqual([{ state: 'invalid' }]);
  });
});

test('a leader refuses what only a trustee answers, and records it, except when it is asked for the time', async () => {
  const { leader, task } = rig;
  const body = { task: task.id, day: DAY, block: 'organisation' };
  expect(outcome(await leader.take('ada', { type: 'blind-total', body }))).toBe('task_unknown');
  expect(outcome(await leader.take('ada', { type: 'blind-log', body: { task: task.id, from: 0 } }))).toBe(
    'task_unknown',
  );
  expect(refusals(leader)).toEqual(['task_unknown']);
});

test('a leader drafts no task of which it would be the trustee as well', async () => {
  const { aggregators, identity } = rig.leader;
  expect(await codeOfPromise(aggregators.draft({ name: 'engineering', trustee: identity.id }))).toBe('usage');
});

describe('a leader', () => {
  test('cannot sign a task whose verify key is not the promised one', async () => {
    const draft = await rig.leader.aggregators.draft({ name: 'other', trustee: rig.trustee.identity.id });
    const offer = await rig.trustee.aggregators.endorse(draft, true);
    const again = await rig.trustee.aggregators.endorse(draft, true);
    const [first, second] = [offer, again].map(({ document }) => JSON.parse(document ?? '') as { verifyKey: string });
    const mixed = JSON.stringify({ ...first, verifyKey: second?.verifyKey });
    await expect(rig.leader.aggregators.endorse(mixed, true)).rejects.toMatchObject({ code: 'blind_box_invalid' });
  });

  test('that presents half of the reports gets no total, however long it waits', async () => {
    await sendAll(rig, await seasoned(rig, 40));
    let kept = 0;
    rig.wire.change = (request) => {
      if (request.type !== 'blind-prepare') return request;
      const reports = request.body.reports.filter(() => kept++ % 2 === 0);
      return { ...request, body: { ...request.body, reports } };
    };
    await rig.leader.aggregators.work();
    rig.wire.change = (request) =>
      request.type === 'blind-prepare' ? { type: 'blind-log', body: { task: rig.task.id, from: 0 } } : request;
    rig.clock.ms = AFTER_WINDOW;
    await rig.trustee.aggregators.work();
    expect(await entriesOf(rig)).toEqual([]);
    expect(refusals(rig.trustee)).toContain('release_incomplete');
    const request: BlindRequest = { type: 'blind-total', body: { task: rig.task.id, day: DAY, block: 'organisation' } };
    expect(outcome(await rig.trustee.take(rig.leader.identity.id, request))).toBe('release_incomplete');
    rig.clock.ms = AFTER_WINDOW + 3 * DAY_MS;
    await rig.trustee.aggregators.work();
    expect(await entriesOf(rig)).toMatchObject([{ withheld: 'release_incomplete', received: 40, blocks: [] }]);
    expect(rowsOf(rig.trustee, 'SELECT 1 FROM blind_report WHERE output IS NOT NULL')).toEqual([]);
  });

  test('that prepares a report again with another share is refused, with the same one it is not', async () => {
    await sendAll(rig, await seasoned(rig, 1));
    const seen: BlindRequest[] = [];
    rig.wire.change = (request) => {
      seen.push(request);
      return request;
    };
    await rig.work();
    const prepare = seen.find(({ type }) => type === 'blind-prepare');
    if (prepare?.type !== 'blind-prepare') throw new Error('expected a preparation');
    const { id } = rig.leader.identity;
    const first = await rig.trustee.take(id, prepare);
    expect(first).toMatchObject({ body: { answers: [{ message: expect.any(String) }] } });
    const [report] = prepare.body.reports;
    if (!report) throw new Error('expected a report');
    const share = Buffer.from(report.share, 'base64');
    share.writeUInt8(share.readUInt8(0) ^ 1, 0);
    const other = { ...prepare, body: { ...prepare.body, reports: [{ ...report, share: share.toString('base64') }] } };
    expect(await rig.trustee.take(id, other)).toMatchObject({ body: { answers: [{ code: 'report_prepared' }] } });
    expect(await rig.trustee.take(id, prepare)).toEqual(first);
  });

  test('is the only one that may prepare and fetch a total', async () => {
    const [person] = await seasoned(rig, 1);
    if (!person) throw new Error('expected a person');
    const body = { task: rig.task.id, day: DAY };
    for (const request of [
      { type: 'blind-total', body: { ...body, block: 'organisation' } },
      { type: 'blind-prepare', body: { ...body, reports: [{ node: person.id, publicShare: '', share: '' }] } },
    ] as const)
      expect(outcome(await rig.trustee.take(person.id, request))).toBe('task_unknown');
  });

  test('continues where it was, if it loses the answer of the trustee', async () => {
    const people = await seasoned(rig, 20);
    const all = await sendAll(rig, people);
    const { take } = rig.trustee;
    let lost = 0;
    Object.assign(rig.trustee, {
      take: async (...input: Parameters<Side['take']>) => {
        const reply = await take(...input);
        if (reply.type !== 'blind-prepared' || lost > 0) return reply;
        lost += 1;
        throw Object.assign(new Error('killed'), { code: 'peer_gone' });
      },
    });
    await rig.leader.aggregators.work().catch(() => undefined);
    expect(lost).toBe(1);
    rig.clock.ms = AFTER_WINDOW;
    await rig.work();
    await rig.work();
    expect(rig.leader.totals.map(({ blocks }) => blocks[0]?.cells)).toEqual([sums(all)]);
  });
});

test('only the nodes that a document names may sign it', async () => {
  const draft = await rig.leader.aggregators.draft({ name: 'other', trustee: rig.trustee.identity.id });
  await expect(rig.leader.aggregators.endorse(draft, true)).rejects.toMatchObject({ code: 'usage' });
  expect(codeOf(() => openRelease({ payloadType: '', payload: '', signatures: [] }, rig.trustee.identity.id))).toBe(
    'release_invalid',
  );
});

test('a report that reaches the trustee while it prepares others is presented again', async () => {
  const [early, late] = await seasoned(rig, 2);
  if (!early || !late) throw new Error('expected people');
  await rig.send(early, rig.cells());
  const reports = await rig.report(late, rig.cells());
  await giveReport(rig.leader, late.id, reports.leader);
  const { take } = rig.trustee;
  Object.assign(rig.trustee, {
    take: async (...input: Parameters<Side['take']>) => {
      const reply = take(...input);
      if (input[1].type === 'blind-prepare')
        await take(late.id, { type: 'blind-report', body: { report: reports.trustee } });
      return reply;
    },
  });
  await rig.work();
  await rig.work();
  for (const side of [rig.leader, rig.trustee])
    expect(rowsOf(side, 'SELECT DISTINCT state FROM blind_report')).toEqual([{ state: 'ready' }]);
});

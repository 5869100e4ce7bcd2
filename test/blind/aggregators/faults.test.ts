/** What happens to a day does not decide about the others. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SHARE_INFO, shareContext } from '../../../src/blind/leader/share-box.ts';
import { EVERYBODY } from '../../../src/blind/trustee/blocks.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';
import {
  AFTER_WINDOW,
  CLOSE,
  DAY,
  DAY_MS,
  entriesOf,
  giveReport,
  HOUR_MS,
  makeRig,
  openSide,
  type Rig,
  refusals,
  rigParts,
  rowsOf,
  seasoned,
  sendAll,
  sums,
} from './rig.ts';

const folder = temporaryFolders();
const NEXT_DAY = '2026-11-21';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig(folder(), { floor: 5 });
});
afterEach(() => rig.close());

const totalsOf = (day: string) => rig.leader.totals.find((totals) => totals.day === day)?.blocks[0]?.cells;

/** Reports of both days, with the clock after the window of the second one. */
async function twoDays(): Promise<{ readonly second: readonly number[] }> {
  const people = await seasoned(rig, 6);
  rig.clock.ms = CLOSE + DAY_MS + HOUR_MS;
  await sendAll(rig, people, DAY);
  const second = sums(await sendAll(rig, people, NEXT_DAY));
  await rig.work();
  rig.clock.ms = AFTER_WINDOW + DAY_MS;
  return { second };
}

test('a clock that is set back opens no day again, at either aggregator', async () => {
  const people = await seasoned(rig, 6);
  const [late] = people;
  if (!late) throw new Error('expected a person');
  await sendAll(rig, people.slice(1));
  await rig.work();
  rig.clock.ms = AFTER_WINDOW;
  await rig.work();
  const before = await entriesOf(rig);
  rig.clock.ms = CLOSE + HOUR_MS;
  const { leader, trustee } = await rig.report(late, rig.cells());
  expect(await giveReport(rig.leader, late.id, leader)).toBe('day_closed');
  expect(await giveReport(rig.trustee, late.id, trustee)).toBe('day_closed');
  expect([refusals(rig.leader), refusals(rig.trustee)]).toEqual([['day_closed'], ['day_closed']]);
  rig.clock.ms = CLOSE + DAY_MS + HOUR_MS;
  const cells = await sendAll(rig, people, NEXT_DAY);
  await rig.work();
  rig.clock.ms = AFTER_WINDOW + DAY_MS;
  await rig.work();
  expect((await entriesOf(rig)).map(({ day, received }) => [day, received])).toEqual([
    [DAY, before[0]?.received],
    [NEXT_DAY, 6],
  ]);
  expect(totalsOf(NEXT_DAY)).toEqual(sums(cells));
});

test('a trustee whose clock is ahead closes no day before another node agrees with the time', async () => {
  const people = await seasoned(rig, 6);
  const early = await sendAll(rig, people.slice(1));
  await rig.work();
  rig.clock.isConfirmed = false;
  for (const ms of [AFTER_WINDOW, AFTER_WINDOW + 30 * DAY_MS]) {
    rig.clock.ms = ms;
    await rig.work();
  }
  expect(await entriesOf(rig)).toEqual([]);
  rig.clock.ms = CLOSE + 2 * HOUR_MS;
  const late = await sendAll(rig, people.slice(0, 1));
  await rig.work();
  rig.clock.isConfirmed = true;
  rig.clock.ms = AFTER_WINDOW;
  await rig.work();
  expect(await entriesOf(rig)).toMatchObject([{ day: DAY, received: 6, withheld: null }]);
  expect(rig.leader.totals[0]?.blocks[0]?.cells).toEqual(sums([...early, ...late]));
});

describe('a day that cannot be released', () => {
  test('because the trustee lost a share does not hold up the next one', async () => {
    const { second } = await twoDays();
    rig.trustee.database.exec(`UPDATE blind_report SET output = x'00' WHERE day = '${DAY}' AND id = 1`);
    await expect(rig.work()).rejects.toThrow();
    await rig.leader.aggregators.work();
    expect((await entriesOf(rig)).map(({ day }) => day)).toEqual([NEXT_DAY]);
    expect(totalsOf(NEXT_DAY)).toEqual(second);
  });

  test('because the leader lost a report does not hold up the next one, and is recorded once', async () => {
    const { second } = await twoDays();
    rig.leader.database.exec(`DELETE FROM blind_report WHERE day = '${DAY}' AND id = 1`);
    await rig.work();
    await rig.work();
    expect(refusals(rig.leader)).toEqual(['total_incomplete']);
    expect(rig.leader.totals.map(({ day }) => day)).toEqual([NEXT_DAY]);
    expect(totalsOf(NEXT_DAY)).toEqual(second);
  });

  test('because its box was changed does not hold up the next one, and is recorded once', async () => {
    const { second } = await twoDays();
    await rig.trustee.aggregators.work();
    rig.trustee.database.exec(
      `DROP TRIGGER blind_block_kept; UPDATE blind_block SET box = zeroblob(length(box)) WHERE day = '${DAY}'`,
    );
    await rig.work();
    await rig.work();
    expect(refusals(rig.leader)).toEqual(['blind_box_invalid']);
    expect(rig.leader.totals.map(({ day }) => day)).toEqual([NEXT_DAY]);
    expect(totalsOf(NEXT_DAY)).toEqual(second);
  });

  test.each([
    ['gives another share', 'box = @box'],
    ['names fewer contributors', 'nodes = substr(nodes, 33)'],
  ])('because its trustee %s than its log says gets no total, and is recorded once', async (_what, change) => {
    const { second } = await twoDays();
    await rig.trustee.aggregators.work();
    const { id, task } = rig.task;
    const box = await rigParts().sealing.seal({
      recipient: Buffer.from(task.leader.sealingKey, 'base64'),
      info: SHARE_INFO,
      associatedData: shareContext(id, DAY, EVERYBODY),
      plaintext: rig.vdaf.aggregate([]),
    });
    rig.trustee.database.exec('DROP TRIGGER blind_block_kept');
    rig.trustee.database
      .prepare(`UPDATE blind_block SET ${change} WHERE day = @day AND length(@box) > 0`)
      .run({ box: Buffer.from(box), day: DAY });
    for (let round = 0; round < 2; round += 1) await rig.work();
    expect(refusals(rig.leader)).toEqual(['release_invalid']);
    expect(rig.leader.totals.map(({ day }) => day)).toEqual([NEXT_DAY]);
    expect(totalsOf(NEXT_DAY)).toEqual(second);
  });
});

describe('14 days after its window, a day without a total is given up', () => {
  const WAIT_END = AFTER_WINDOW + 14 * DAY_MS;
  const withheld = ({ audit }: Rig['leader']): readonly unknown[] =>
    audit.filter(({ type }) => type === 'blind.withheld').map(({ details }) => [details?.['day'], details?.['code']]);
  const shares = (side: Rig['leader']): number =>
    rowsOf(side, "SELECT 1 FROM blind_report WHERE state <> 'closed' OR document IS NOT NULL OR output IS NOT NULL")
      .length;

  test('by the leader, whose trustee has lost its database', async () => {
    await sendAll(rig, await seasoned(rig, 6));
    rig.wire.change = (request) => ({ ...request, body: { ...request.body, task: 'lost' } }) as typeof request;
    rig.clock.ms = WAIT_END + HOUR_MS;
    for (const retentionMs of [undefined, WAIT_END - 1]) await rig.leader.aggregators.work(retentionMs);
    expect([shares(rig.leader), withheld(rig.leader)]).toEqual([6, []]);
    expect(refusals(rig.leader)).toEqual(['task_unknown']);
    for (let round = 0; round < 2; round += 1) await rig.leader.aggregators.work(WAIT_END);
    expect(shares(rig.leader)).toBe(0);
    expect(rig.leader.totals).toEqual([expect.objectContaining({ day: DAY, code: 'total_missing', blocks: [] })]);
    expect(withheld(rig.leader)).toEqual([[DAY, 'total_missing']]);
    rig.clock.ms = CLOSE + HOUR_MS;
    const [late] = rig.people(1);
    if (!late) throw new Error('expected a person');
    expect(await giveReport(rig.leader, late.id, (await rig.report(late, rig.cells())).leader)).toBe('day_closed');
  });

  test('by the leader, which has lost a share of a released day', async () => {
    const { second } = await twoDays();
    rig.leader.database.exec(`DELETE FROM blind_report WHERE day = '${DAY}' AND id = 1`);
    await rig.work();
    await rig.leader.aggregators.work(WAIT_END);
    expect([shares(rig.leader), withheld(rig.leader)]).toEqual([0, [[DAY, 'total_missing']]]);
    expect(totalsOf(NEXT_DAY)).toEqual(second);
  });

  test('by the trustee, which has lost a share', async () => {
    await twoDays();
    rig.trustee.database.exec(`UPDATE blind_report SET output = x'00' WHERE day = '${DAY}' AND id = 1`);
    await expect(rig.trustee.aggregators.work(WAIT_END - 1)).rejects.toThrow();
    expect([shares(rig.trustee), withheld(rig.trustee)]).toEqual([6, []]);
    await expect(rig.trustee.aggregators.work(WAIT_END)).rejects.toThrow();
    expect([shares(rig.trustee), withheld(rig.trustee)]).toEqual([0, [[DAY, 'release_incomplete']]]);
    await rig.leader.aggregators.work();
    expect(rig.leader.totals.map(({ day, code }) => [day, code])).toEqual([
      [NEXT_DAY, null],
      [DAY, 'release_incomplete'],
    ]);
  });
});

test('a release log that was cut off is recorded by the leader, once, and changes no total', async () => {
  await twoDays();
  await rig.work();
  const before = rig.leader.totals.length;
  rig.trustee.database.exec('DROP TRIGGER blind_release_stays; DELETE FROM blind_release WHERE seq = 1');
  await rig.work();
  await rig.work();
  expect(refusals(rig.leader)).toEqual(['release_forked']);
  expect(rig.leader.totals).toHaveLength(before);
});

test.each([
  ['sealing', Buffer.alloc(32, 7).toString('base64')],
  ['verify', {}],
])(
  'without its %s key a trustee takes no report of the task; a new one can be made, and a copy helps',
  async (key, other) => {
    const home = folder();
    const { clock, close, leader, report, people, cells } = await makeRig(home, { floor: 5 });
    const file = join(home, 'trustee', 'blind-keys.json');
    const kept = readFileSync(file, 'utf8');
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(kept) as object), [key]: other }));
    const [person] = people(1);
    if (!person) throw new Error('expected a person');
    clock.ms = CLOSE + HOUR_MS;
    const { trustee: share } = await report(person, cells());
    const again = await openSide(join(home, 'trustee'), 'trustee', {
      ...rigParts(),
      now: () => clock.ms,
      ask: () => Promise.reject(new Error('expected no question')),
    });
    again.members.set(person.id, null);
    expect(again.aggregators.status()).toMatchObject([{ name: 'engineering', hasKeys: false }]);
    expect(await giveReport(again, person.id, share)).toBe('task_unknown');
    await expect(again.aggregators.work()).rejects.toThrow('restore a copy');
    const draft = await leader.aggregators.draft({ name: 'next', trustee: again.identity.id });
    await again.aggregators.endorse(draft, true);
    expect(again.aggregators.status()).toMatchObject([{ hasKeys: false }, { name: 'next', hasKeys: true }]);
    writeFileSync(file, kept);
    await again.aggregators.work();
    expect(again.aggregators.status()[0]).toMatchObject({ name: 'engineering', hasKeys: true });
    expect(await giveReport(again, person.id, share)).toBe('blind-receipt');
    again.database.close();
    close();
  },
);

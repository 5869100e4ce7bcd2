/** What happens to a day does not decide about the others. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
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
  type Rig,
  refusals,
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

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { provenTotal } from '../../../src/blind/release-log.ts';
import type { Identity } from '../../../src/identity/identity.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';
import {
  AFTER_WINDOW,
  CLOSE,
  DAY,
  DAY_MS,
  entriesOf,
  giveReport,
  HOUR_MS,
  logOf,
  makeRig,
  type Rig,
  refusals,
  rowsOf,
  seasoned,
  sendAll,
  sums,
} from './rig.ts';

const folder = temporaryFolders();

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig(folder());
});
afterEach(() => rig.close());

describe('a release', () => {
  test('is exact, once, in blocks of the floor, and leaves no share behind', async () => {
    const units = { 'berlin/1': 30, 'berlin/2': 25, 'lyon/1': 24, 'porto/1': 6 };
    const groups = new Map<string, readonly Identity[]>();
    for (const [unit, size] of Object.entries(units)) groups.set(unit, await seasoned(rig, size, unit));
    const cells = new Map<string, readonly number[]>();
    for (const people of groups.values())
      for (const person of people) {
        const own = rig.cells();
        cells.set(person.id, own);
        await rig.send(person, own);
      }
    await rig.work();
    expect(await entriesOf(rig)).toEqual([]);
    rig.clock.ms = AFTER_WINDOW;
    await rig.work();
    const [entry, ...more] = await entriesOf(rig);
    expect(more).toEqual([]);
    expect(entry?.blocks.map(({ name, contributors }) => [name, contributors])).toEqual([
      ['berlin/2', 25],
      ['berlin/1', 30],
      ['rest', 30],
    ]);
    const members = (names: readonly string[]) =>
      names.flatMap((name) => groups.get(name) ?? []).map(({ id }) => cells.get(id) ?? []);
    expect(rig.leader.totals.map(({ blocks }) => blocks.map((block) => block.cells))).toEqual([
      [sums(members(['berlin/2'])), sums(members(['berlin/1'])), sums(members(['lyon/1', 'porto/1']))],
    ]);
    for (const side of [rig.leader, rig.trustee])
      expect(rowsOf(side, 'SELECT DISTINCT state, document, public, output FROM blind_report')).toEqual([
        { state: 'closed', document: null, public: null, output: null },
      ]);
    const before = await logOf(rig, '');
    rig.clock.ms += 5 * DAY_MS;
    await rig.work();
    expect(await logOf(rig, '')).toEqual(before);
    expect(() => rig.trustee.database.exec("UPDATE blind_release SET entry = ''")).toThrow('never changed');
    expect(() => rig.trustee.database.exec('DELETE FROM blind_release')).toThrow('never removed');
    const [first] = groups.get('porto/1') ?? [];
    const own = (await logOf(rig, first?.id ?? '')).entries[0];
    if (!own?.contribution || !entry || !first) throw new Error('expected a proof for a contributor');
    expect(provenTotal(entry, first.id, own.contribution)).toBe(30);
    expect((await logOf(rig, rig.leader.identity.id)).entries[0]?.contribution).toBeNull();
  });

  test('takes nothing more once it is made', async () => {
    const people = await seasoned(rig, 21);
    const late = people[20];
    if (!late) throw new Error('expected a person');
    await sendAll(rig, people.slice(0, 20));
    const { leader } = await rig.report(late, rig.cells());
    await giveReport(rig.leader, late.id, leader);
    rig.clock.ms = AFTER_WINDOW;
    await rig.work();
    expect(await entriesOf(rig)).toMatchObject([{ received: 20, withheld: null }]);
    const { trustee } = await rig.report(late, rig.cells());
    expect(await giveReport(rig.trustee, late.id, trustee)).toBe('report_late');
  });

  test('does not count members below the season towards the floor', async () => {
    const [old] = await seasoned(rig, 1);
    rig.clock.ms = CLOSE - 2 * DAY_MS;
    const fresh = rig.people(30);
    await rig.work();
    rig.clock.ms = CLOSE + HOUR_MS;
    if (!old) throw new Error('expected a person');
    await sendAll(rig, [old, ...fresh]);
    await rig.work();
    rig.clock.ms = AFTER_WINDOW;
    await rig.work();
    expect(await entriesOf(rig)).toMatchObject([{ withheld: 'release_below_floor', received: 31, blocks: [] }]);
    expect(rig.leader.totals.flatMap(({ blocks }) => blocks)).toEqual([]);
  });

  test('begins the season again for a member that was removed', async () => {
    const people = await seasoned(rig, 20);
    rig.clock.ms = CLOSE - 2 * DAY_MS;
    const [gone] = people;
    if (!gone) throw new Error('expected a person');
    rig.trustee.members.delete(gone.id);
    await rig.trustee.aggregators.work();
    rig.trustee.members.set(gone.id, null);
    await rig.trustee.aggregators.work();
    rig.clock.ms = CLOSE + HOUR_MS;
    await sendAll(rig, people);
    await rig.work();
    rig.clock.ms = AFTER_WINDOW;
    await rig.work();
    expect(await entriesOf(rig)).toMatchObject([{ withheld: 'release_below_floor' }]);
  });

  test('gains nothing from two nearly equal groups: the leader cannot choose who is counted', async () => {
    const small = await makeRig(folder(), { floor: 5 });
    rig.close();
    rig = small;
    const staff = await seasoned(rig, 20);
    const [victim] = staff;
    rig.clock.ms = CLOSE - 2 * DAY_MS;
    const own = rig.people(5);
    await rig.work();
    rig.clock.ms = CLOSE + HOUR_MS;
    if (!victim) throw new Error('expected a person');
    await sendAll(rig, [...staff, ...own]);
    const chosen = new Set([victim.id, ...own.slice(1).map(({ id }) => id)]);
    rig.wire.change = (request) =>
      request.type === 'blind-prepare'
        ? {
            ...request,
            body: { ...request.body, reports: request.body.reports.filter(({ node }) => chosen.has(node)) },
          }
        : request;
    await rig.leader.aggregators.work();
    rig.clock.ms = AFTER_WINDOW;
    await rig.trustee.aggregators.work();
    expect(await entriesOf(rig)).toEqual([]);
    expect(refusals(rig.trustee)).toContain('release_incomplete');
  });

  test('gains nothing from own nodes: five of them, then four and the victim, are below the season', async () => {
    const small = await makeRig(folder(), { floor: 5 });
    rig.close();
    rig = small;
    const [victim] = await seasoned(rig, 1);
    rig.clock.ms = CLOSE - 2 * DAY_MS;
    const own = rig.people(5);
    await rig.work();
    rig.clock.ms = CLOSE + DAY_MS + HOUR_MS;
    if (!victim) throw new Error('expected a person');
    await sendAll(rig, own, DAY);
    await sendAll(rig, [victim, ...own.slice(1)], '2026-11-21');
    await rig.work();
    rig.clock.ms = AFTER_WINDOW + DAY_MS;
    await rig.work();
    expect((await entriesOf(rig)).map(({ day, withheld }) => [day, withheld])).toEqual([
      [DAY, 'release_below_floor'],
      ['2026-11-21', 'release_below_floor'],
    ]);
    expect(rig.leader.totals.flatMap(({ blocks }) => blocks)).toEqual([]);
  });
});

test('noise changes the totals, and its standard deviation is in the task', async () => {
  rig.close();
  rig = await makeRig(folder(), { noiseSd: 50 });
  expect(rig.task.task.noiseSd).toBe(50);
  const all = await sendAll(rig, await seasoned(rig, 20));
  await rig.work();
  rig.clock.ms = AFTER_WINDOW;
  await rig.work();
  const cells = rig.leader.totals[0]?.blocks[0]?.cells ?? [];
  const noise = sums(all).map((exact, index) => (cells[index] ?? 0) - exact);
  const deviation = Math.sqrt(noise.reduce((sum, value) => sum + value * value, 0) / noise.length);
  expect(deviation).toBeGreaterThan(25);
  expect(deviation).toBeLessThan(100);
});

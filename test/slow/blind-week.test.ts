/**
 * A week of blind totals with twenty-five real services of developers (`CARO_BLIND_DEVELOPERS`), an
 * analyst and a trustee, on a clock that is set forward. The attacks, with nodes that speak the
 * protocol from the test, are in test/scenarios/mesh/blind-aggregators.test.ts. Run both with
 * `npm run test:blind-week`.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dayLayout } from '../../src/blind/layout/day-1.ts';
import { decodeTask } from '../../src/blind/task.ts';
import { endWeek, HOUR_MS, plusDays, ran, startWeek, totalsOf, type Week } from '../rig/blind-week.ts';
import type { MeshNode } from '../rig/mesh-nodes.ts';
import { holdersOf } from '../rig/stored-content.ts';
import { lastingFolder } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';

const DEVELOPERS = Number(process.env['CARO_BLIND_DEVELOPERS'] ?? 25);
const FLOOR = Math.floor(0.8 * DEVELOPERS);
const DAYS = 7;
const SEASON_DAYS = 8;
const NOON_MS = 12 * HOUR_MS;
const WEEK_MS = 3_600_000;
const WAIT_MS = 600_000;
/** When the last report of a day has left. */
const MORNING_HOURS = 7;
/** The odd number of one developer, which must be found nowhere but with them. */
const CANARY = 4_711;
const COMMANDS = ['git status', 'npm test', 'git push --force'];

let week: Week;
let monday: string;
let cells: readonly string[];
const truth = new Map<string, number>();
const dayOf = (index: number): string => plusDays(monday, index);

beforeAll(async () => {
  week = await startWeek(lastingFolder(), { developers: DEVELOPERS, floor: FLOOR, windowHours: 72 });
  cells = dayLayout(decodeTask(readFileSync(week.task, 'utf8')).task.words).cells.map(({ name }) => name);
  monday = plusDays(week.today(), SEASON_DAYS);
}, WEEK_MS);
afterAll(() => endWeek(week), WEEK_MS);

/** Each of these works at noon; the counts differ by node and day, so that a wrong sum shows. */
async function workAt(index: number, present: readonly MeshNode[]): Promise<void> {
  week.goTo(dayOf(index), NOON_MS);
  for (const [number, node] of present.entries()) {
    const commands =
      index === 0 && number === 0
        ? Array.from({ length: CANARY }, () => 'git log')
        : Array.from({ length: 1 + (((number + 1) * (index + 2)) % 4) }, () => COMMANDS).flat();
    await week.work(node, commands);
    const git = commands.filter((text) => text.startsWith('git')).length;
    truth.set(dayOf(index), (truth.get(dayOf(index)) ?? 0) + git);
  }
}

/**
 * Hour by hour, so that a few nodes at a time make their reports: all at once, on two cores, keep
 * each other from answering.
 */
async function morningAfter(index: number, present: readonly MeshNode[]): Promise<void> {
  for (let hour = 1; hour < MORNING_HOURS; hour += 1) {
    week.goTo(dayOf(index + 1), hour * HOUR_MS);
    for (const node of present) await node.call('observe.status', {});
  }
  week.morningAfter(dayOf(index));
}

const killed = async (node: MeshNode): Promise<void> => {
  await node.kill();
  await week.start(node);
};

async function ready(index: number, count = DEVELOPERS): Promise<void> {
  for (const node of [week.leader, week.trustee]) await week.ready(node, dayOf(index), count);
}

describe('a team of developers', () => {
  test(
    'report every day, whoever is away or killed',
    async () => {
      const { developers, leader, trustee } = week;
      const away = developers.slice(-2);
      for (let index = 0; index < DAYS; index += 1) {
        if (index === 2) for (const node of away) await node.kill();
        const present = index === 2 || index === 3 ? developers.slice(0, -2) : developers;
        await workAt(index, present);
        if (index === 4) await trustee.kill();
        await morningAfter(index, present);
        // While reports are made, sent and confirmed.
        if (index === 1) for (const node of developers.slice(3, 9)) await killed(node);
        if (index === 5) await Promise.all([killed(leader), killed(trustee)]);
        if (index === 3) for (const node of away) await week.start(node);
        if (index === 4) await week.start(trustee);
        await ready(index, index === 2 ? DEVELOPERS - 2 : DEVELOPERS);
        if (index === 3) await ready(2);
      }
    },
    WEEK_MS,
  );

  test(
    'are in the exact total of each day, and see it',
    async () => {
      week.goTo(plusDays(dayOf(DAYS - 1), 4), HOUR_MS);
      for (let index = 0; index < DAYS; index += 1) {
        const day = dayOf(index);
        const blocks = [{ name: 'organisation', contributors: DEVELOPERS }];
        expect([day, await week.released(day)]).toMatchObject([day, { withheld: null, blocks }]);
        const totals = await until(
          () => totalsOf(week.leader, day, cells),
          ({ size }) => size > 0,
          WAIT_MS,
        );
        expect([day, totals.get('organisation')?.cells['families.git.count']]).toEqual([day, truth.get(day)]);
      }
      const [first] = week.developers;
      if (!first) throw new Error('expected a developer');
      expect(await ran(first, 'blind', 'list')).toContain('sent, two receipts');
    },
    WEEK_MS,
  );

  test('show no figure of one of them to leader or trustee', () => {
    for (const node of [week.leader, week.trustee]) expect(holdersOf(node, CANARY)).toEqual([]);
  });
});

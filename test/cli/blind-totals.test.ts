import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { daysUntil, dayText } from '../../src/domain/blind/total-series.ts';
import { DAY_MS } from '../../src/domain/time/period.ts';
import { createTotalStore } from '../../src/storage/blind/total-store.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { caro, caroJson, configure, startService, type TestService } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const folder = temporaryFolders();
let service: TestService | undefined;
afterEach(() => service?.kill());

interface Shown {
  readonly cells: readonly string[];
  readonly sum: number | null;
  readonly days: readonly {
    readonly day: string;
    readonly contributors: number | null;
    readonly code: string | null;
    readonly values: readonly (number | null)[];
    readonly known?: readonly number[];
  }[];
}

test('released totals are shown by day and as sums, and what is not known is never 0', async () => {
  const home = folder();
  await configure(home);
  service = await startService(home);
  expect((await caro(home, 'blind', 'totals')).stderr).toContain('this node has none');
  await service.stop();
  const { database } = openDatabase(join(home, 'data', 'caro.db'), 0);
  const store = createTotalStore(database);
  const task = `${'A'.repeat(43)}=`;
  const series = {
    task,
    name: 'staff',
    floor: 20,
    cells: ['levels.high.count', 'levels.high.nodes', 'shells.fish.nodes'],
  };
  const days = daysUntil(dayText(Date.now() - DAY_MS), 10);
  for (const [index, day] of days.entries()) {
    if (index === 4) continue;
    const blocks = [{ name: 'organisation', contributors: 40, cells: [100, 30, index === 9 ? null : 0] }];
    store.add(series, index === 5 ? { day, code: 'release_incomplete', blocks: [] } : { day, code: null, blocks });
  }
  database.close();
  service = await startService(home);

  const [byDay] = await caroJson<Shown>(home, 'blind', 'totals', '--days', '10');
  expect(byDay?.days.map(({ values }) => values[0])).toEqual([100, 100, 100, 100, null, null, 100, 100, 100, 100]);
  expect(byDay?.days.map(({ code }) => code)[5]).toBe('release_incomplete');
  expect(byDay?.days.at(-1)?.values).toEqual([100, 30, null]);
  const [week] = await caroJson<Shown>(home, 'blind', 'totals', '--days', '1', '--sum', '7', '--cells', 'levels.');
  expect(week).toMatchObject({ cells: ['levels.high.count', 'levels.high.nodes'], sum: 7 });
  expect(week?.days).toEqual([{ day: days.at(-1), contributors: 40, code: null, values: [500, 150], known: [5, 5] }]);
  const { stdout } = await caro(home, 'blind', 'totals', '--days', '10', '--csv');
  expect(stdout.split('\n')).toContain(`${days[9] ?? ''},40,,shells.fish.nodes,,`);
  expect(stdout.split('\n')).toContain(`${days[4] ?? ''},,,levels.high.count,,`);
  const text = (await caro(home, 'blind', 'totals', '--days', '10')).stdout;
  expect(text).toContain('8 of 10 days have totals');
  expect(text).toMatch(/shells\.fish\.nodes +withheld/);
  expect((await caro(home, 'blind', 'totals', '--block', 'berlin')).stderr).toContain('one of the blocks organisation');
  expect((await caro(home, 'blind', 'totals', '--days', '500')).code).toBe(2);
  expect(text).toContain(': no total: the leader presented too few of the reports');
  for (const cells of ['level/', 'lives.'])
    expect((await caro(home, 'blind', 'totals', '--cells', cells)).stderr).toMatch(
      /xpected the beginning of a cell's name/,
    );
  const nodes = (await caro(home, 'blind', 'totals', '--days', '2', '--cells', 'shells.')).stdout;
  expect(nodes).toMatch(/, 40 nodes:\n/);
});

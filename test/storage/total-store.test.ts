import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { dayLayout, layoutWords } from '../../src/blind/layout/day-1.ts';
import { daysUntil, windowSums } from '../../src/domain/blind/total-series.ts';
import { vocabulary } from '../../src/risk/vocabulary.ts';
import { createTotalReader, createTotalStore } from '../../src/storage/blind/total-store.ts';
import { type Database, openDatabase } from '../../src/storage/database.ts';
import { Sqlite } from '../../src/storage/sqlite.ts';
import { seedYear } from '../rig/organisation-year.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { EARLIER_SCHEMAS } from './earlier/earlier-schemas.ts';

const folder = temporaryFolders();
const SERIES = {
  task: 'task',
  name: 'staff',
  floor: 20,
  cells: ['levels.high.count', 'levels.high.nodes', 'techniques.T1059.nodes'],
};

function opened() {
  const file = join(folder(), 'caro.db');
  const { database } = openDatabase(file, 0);
  return { file, database, store: createTotalStore(database), reader: createTotalReader(database) };
}

const everybody = (cells: readonly (number | null)[], contributors = 31) => [
  { name: 'organisation', contributors, cells },
];

test('a day is stored once, outlives a restart, and nothing of it can be changed or removed', () => {
  const { file, database, store } = opened();
  store.add(SERIES, { day: '2026-11-20', code: null, blocks: everybody([40, 25, null]) });
  store.add(SERIES, { day: '2026-11-20', code: null, blocks: everybody([1, 1, 1]) });
  for (const table of ['total_series', 'total_day', 'total_block', 'total_risk']) {
    expect(() => database.exec(`UPDATE ${table} SET task = 'other'`)).toThrow('never changed');
    expect(() => database.exec(`DELETE FROM ${table}`)).toThrow('never removed');
  }
  database.close();
  const again = openDatabase(file, 0).database;
  expect(createTotalReader(again).read({ task: 'task', block: 'organisation', until: '2026-11-20', days: 1 })).toEqual({
    cells: SERIES.cells,
    days: [{ day: '2026-11-20', contributors: 31, code: null, values: [40, 25, null] }],
  });
  again.close();
});

test('every day of a span is there: withheld, not released or below the floor is null, never 0', () => {
  const { store, reader } = opened();
  store.add(SERIES, { day: '2026-11-18', code: null, blocks: everybody([40, 25, 0]) });
  store.add(SERIES, { day: '2026-11-19', code: 'release_below_floor', blocks: [] });
  store.add(SERIES, { day: '2026-11-21', code: null, blocks: everybody([null, null, 22], 29) });
  const answer = reader.read({ task: 'task', block: 'organisation', prefix: 'levels.', until: '2026-11-21', days: 4 });
  expect(answer).toEqual({
    cells: ['levels.high.count', 'levels.high.nodes'],
    days: [
      { day: '2026-11-18', contributors: 31, code: null, values: [40, 25] },
      { day: '2026-11-19', contributors: null, code: 'release_below_floor', values: [null, null] },
      { day: '2026-11-20', contributors: null, code: null, values: [null, null] },
      { day: '2026-11-21', contributors: 29, code: null, values: [null, null] },
    ],
  });
  expect(reader.series()).toEqual([{ ...SERIES, blocks: ['organisation'], first: '2026-11-18', last: '2026-11-21' }]);
  expect(reader.read({ task: 'other', block: 'organisation', until: '2026-11-21', days: 4 })).toBeUndefined();
});

test('a store of an earlier version gets the figures that units are compared by as if they had been added today', () => {
  const { file: newer, database } = opened();
  seedYear(database, { until: '2026-11-28', days: 3, units: 5 });
  const [risk, odd] = [CELLS.indexOf('levels.high.count'), CELLS.indexOf('levels.safe.count')];
  const cells = CELLS.map((_, place) => place);
  const day = (withheld: readonly number[], end: string) => ({
    day: end,
    code: null,
    blocks: everybody(cells.map((value, place) => (withheld.includes(place) ? null : value))),
  });
  const series = { ...SERIES, cells: CELLS };
  createTotalStore(database).add(series, day([risk], '2026-11-20'));
  createTotalStore(database).add(series, day([odd], '2026-11-21'));
  createTotalStore(database).add(series, day([...cells.keys()], '2026-11-22'));
  createTotalStore(database).add({ ...series, task: 'few', cells: ['levels.high.count'] }, day([], '2026-11-22'));
  const added = risksIn(database);
  expect(added).toHaveLength(4 + 3 * 6);
  const ofDay = (wanted: string): unknown => added.find((row) => row.task === 'task' && row.day === wanted);
  expect(ofDay('2026-11-20')).toMatchObject({ commands: expect.any(Number), risky: null });
  expect(ofDay('2026-11-21')).toMatchObject({ commands: expect.any(Number), risky: expect.any(Number) });
  expect(ofDay('2026-11-22')).toMatchObject({ commands: null, risky: null });
  const version = EARLIER_SCHEMAS.findIndex((sql) => sql.includes('CREATE TABLE release_cosignature')) + 1;
  const older = join(folder(), 'older.db');
  const before = new Sqlite(older);
  for (const sql of EARLIER_SCHEMAS.slice(0, version)) before.exec(sql);
  before.pragma(`user_version = ${version}`);
  before.exec(`ATTACH '${newer}' AS newer`);
  for (const table of ['total_series', 'total_day', 'total_block'])
    before.exec(`INSERT INTO ${table} SELECT * FROM newer.${table}`);
  before.close();
  const migrated = openDatabase(older, 0).database;
  expect(risksIn(migrated)).toEqual(added);
  migrated.close();
});

const CELLS = dayLayout(layoutWords(vocabulary())).cells.map(({ name }) => name);

const risksIn = (database: Database) =>
  database.prepare('SELECT * FROM total_risk ORDER BY task, block, day').all() as { task: string; day: string }[];

test('a sum over days says how many of them are known, and is null where none is', () => {
  const days = daysUntil('2026-11-30', 40).map((day, index) => ({
    day,
    contributors: 30,
    code: null,
    values: [index % 10 === 0 ? null : 2, null, 0],
  }));
  const week = windowSums(days, 7).at(-1);
  const month = windowSums(days, 30).at(-1);
  expect(week).toEqual([
    { sum: 14, known: 7 },
    { sum: null, known: 0 },
    { sum: 0, known: 7 },
  ]);
  expect(month).toEqual([
    { sum: 54, known: 27 },
    { sum: null, known: 0 },
    { sum: 0, known: 30 },
  ]);
  expect(windowSums(days, 7)[0]).toEqual([
    { sum: null, known: 0 },
    { sum: null, known: 0 },
    { sum: 0, known: 1 },
  ]);
  expect(windowSums([], 7)).toEqual([]);
});

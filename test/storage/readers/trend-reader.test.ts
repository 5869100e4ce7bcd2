import { describe, expect, test } from '@jest/globals';
import type { KeptResult } from '../../../src/domain/answers/saved-answer.ts';
import { daysUntil } from '../../../src/domain/blind/total-series.ts';
import type { TrendQuestion } from '../../../src/domain/trends/trend-answers.ts';
import { createTotalStore } from '../../../src/storage/blind/total-store.ts';
import { createAnswerStore } from '../../../src/storage/mesh/answer-store.ts';
import { createMarkStore } from '../../../src/storage/trends/mark-store.ts';
import { createTrendReader } from '../../../src/storage/trends/trend-reader.ts';
import { testDatabase } from '../../rig/test-database.ts';

const LEVELS = ['safe', 'moderate', 'high', 'critical'].map((level) => `levels.${level}.count`);
const CELLS = [...LEVELS, 'rules.git.count', 'rules.git.nodes', 'techniques.T1485.nodes'];
const SERIES = { task: 'one', name: 'staff', floor: 20, cells: CELLS };

/** 1,000 commands of 100 nodes. */
const usual = (risky: number | null, nodes: number | null = 25): readonly (number | null)[] => [
  ...[990 - (risky ?? 0), 10, risky, 0],
  ...[risky, nodes, nodes],
];

function filled(days: Readonly<Record<string, readonly (number | null)[] | null>>, block = 'organisation') {
  const database = testDatabase();
  const store = createTotalStore(database);
  for (const [day, cells] of Object.entries(days))
    store.add(SERIES, {
      day,
      code: cells === null ? 'release_incomplete' : null,
      blocks: cells === null ? [] : [{ name: block, contributors: 100, cells }],
    });
  return { database, store, reader: createTrendReader(database) };
}

const DAYS = daysUntil('2026-11-28', 28);
const everyDay = (risky: (index: number) => number | null) =>
  Object.fromEntries(DAYS.map((day, index) => [day, usual(risky(index))]));

describe('trends from released totals', () => {
  test('compare a span with the one before, per 1,000 commands', () => {
    const { reader } = filled(everyDay((index) => (index < 14 ? 10 : 5)));
    const { posture, source, until } = reader.posture({ days: 14 });
    expect([source.source, source.name, until]).toEqual(['totals', 'staff', '2026-11-28']);
    expect(posture.risky).toEqual({ count: 70, days: 14, rate: 5, before: 10, change: -0.5 });
    expect(posture.points).toHaveLength(14);
    expect(posture.points.at(-1)).toEqual({
      first: '2026-11-28',
      last: '2026-11-28',
      days: 1,
      known: 1,
      released: 1,
      commands: 1_000,
      risky: 5,
      rate: 5,
      contributors: 100,
    });
    expect(posture.kinds).toEqual([expect.objectContaining({ family: 'git', rate: 5, before: 10, nodes: 25 })]);
    expect(posture.levels.map(({ level }) => level)).toEqual(['critical', 'high', 'moderate', 'safe']);
  });

  test('have a point for each week of a longer span, which end with its last day', () => {
    const { reader } = filled(everyDay(() => 4));
    const { posture } = reader.posture({ days: 17 });
    expect(posture.points.map(({ first, days }) => [first, days])).toEqual([
      ['2026-11-12', 3],
      ['2026-11-15', 7],
      ['2026-11-22', 7],
    ]);
  });

  test('do not take an unknown figure for a zero, and missing days do not change a rate', () => {
    const [last = ''] = DAYS.slice(-1);
    const released = Object.entries(everyDay(() => 6)).filter(([day]) => day !== DAYS[25]);
    const days = { ...Object.fromEntries(released), [DAYS[26] ?? '']: null, [last]: usual(null, null) };
    const { posture } = filled(days).reader.posture({ days: 7 });
    expect(posture.points.map(({ rate }) => rate)).toEqual([6, 6, 6, 6, null, null, null]);
    expect(posture.points.map(({ contributors }) => contributors)).toEqual([100, 100, 100, 100, null, null, 100]);
    expect(posture.risky).toEqual({ count: 24, days: 4, rate: 6, before: 6, change: 0 });
    expect(posture.gaps).toEqual({ days: 2, incomplete: 1, belowFloor: 0, figures: 35, withheld: 4 });
  });

  test('say that nothing is known of a span before the first release', () => {
    const { reader } = filled({ '2026-11-28': usual(6) });
    const { posture } = reader.posture({ days: 7 });
    expect(posture.risky).toEqual({ count: 6, days: 1, rate: 6, before: null, change: null });
    expect(posture.previous.every(({ rate, contributors }) => rate === null && contributors === null)).toBe(true);
  });

  test('go on where a later task of the same name has other cells', () => {
    const { store, reader } = filled(everyDay(() => 6));
    store.add(
      { ...SERIES, task: 'two', cells: [...LEVELS, 'rules.web.count', 'rules.web.nodes'] },
      {
        day: '2026-11-29',
        code: null,
        blocks: [{ name: 'organisation', contributors: 90, cells: [900, 80, 20, 0, 4, 3] }],
      },
    );
    expect(reader.sources()).toHaveLength(1);
    const { posture, until } = reader.posture({ days: 2 });
    expect(until).toBe('2026-11-29');
    expect(posture.points.map(({ rate }) => rate)).toEqual([6, 20]);
    expect(posture.kinds.map(({ family, count, days }) => [family, count, days])).toEqual([
      ['git', 6, 1],
      ['web', 4, 1],
    ]);
  });

  test('list the techniques with their nodes, a zero as a zero', () => {
    const days = Object.fromEntries(DAYS.map((day, index) => [day, usual(3, index < 14 ? 20 : index === 20 ? 0 : 30)]));
    const { techniques } = filled(days).reader.heatMap({ days: 14 });
    expect(techniques).toEqual([
      {
        technique: 'T1485',
        nodeDays: 390,
        days: 14,
        nodes: 30,
        rate: expect.closeTo(278.57, 2),
        before: 200,
        change: expect.closeTo(0.39, 2),
      },
    ]);
  });

  test('compare units, the worst first and unknown ones last', () => {
    const { store, reader } = filled({});
    const block = (name: string, risky: number | null) => ({ name, contributors: 40, cells: usual(risky) });
    store.add(SERIES, {
      day: '2026-11-28',
      code: null,
      blocks: [block('organisation', 20), block('ops', null), block('dev', 2), block('lab', 18)],
    });
    expect(reader.units({ days: 7 }).units.map(({ unit, rate, contributors }) => [unit, rate, contributors])).toEqual([
      ['lab', 18, 40],
      ['dev', 2, 40],
      ['ops', null, 40],
    ]);
    expect(reader.posture({ days: 7, block: 'lab' }).posture.risky.rate).toBe(18);
  });

  test('refuse a name, a block or a store without figures, and say what there is', () => {
    const { reader } = filled(everyDay(() => 1));
    const asked = (question: Partial<TrendQuestion>) => () => reader.posture({ days: 7, ...question });
    expect(asked({ name: 'other' })).toThrow('expected one of the sources staff');
    expect(asked({ block: 'ops' })).toThrow('expected one of the blocks organisation');
    expect(() => createTrendReader(testDatabase()).posture({ days: 7 })).toThrow('there are none');
  });
});

describe('trends from saved answers', () => {
  const result = (until: string, aggregate: KeptResult['aggregate'], type: KeptResult['type'] = 'safety-posture') => ({
    askedBy: 'daily' as const,
    floor: 5,
    result: {
      type,
      since: until,
      until,
      targets: [],
      counts: NO_COUNTS,
      contributors: 12,
      withheld: null,
      withheldCells: [],
      withheldBy: {},
      aggregate,
      elapsedMs: 3,
    },
  });
  const NO_COUNTS: KeptResult['counts'] = {
    answered: 12,
    no_data: 0,
    access_denied: 0,
    no_response: 0,
    skewed: 0,
    error: 0,
    suppressed: 0,
  };
  const RISK = {
    commands: 100,
    'levels.safe': 95,
    'levels.moderate': 3,
    'levels.high': 2,
    'levels.critical': 0,
    'rules.git': 2,
  };

  test('take the last answer over 24 hours of each day, where there are no totals', () => {
    const database = testDatabase();
    const store = createAnswerStore(database);
    store.add({ ...result('2026-11-27T10:00:00.000Z', { ...RISK, 'levels.high': 50 }), spanHours: 24 });
    store.add({ ...result('2026-11-27T18:00:00.000Z', RISK), spanHours: 24 });
    store.add({ ...result('2026-11-27T18:01:00.000Z', { 'anomalies.new-family': 7 }, 'anomalies'), spanHours: 24 });
    store.add({ ...result('2026-11-28T18:00:00.000Z', { ...RISK, 'levels.high': 90 }), spanHours: 168 });
    const { source, posture } = createTrendReader(database).posture({ days: 7 });
    expect(source).toEqual({
      source: 'answers',
      name: 'answers',
      floor: 5,
      blocks: ['organisation'],
      first: '2026-11-27',
      last: '2026-11-27',
    });
    expect(posture.risky).toEqual({ count: 2, days: 1, rate: 20, before: null, change: null });
    expect(posture.latest).toEqual({ day: '2026-11-27', contributors: 12 });
    expect(posture.anomalies.find(({ kind }) => kind === 'new-family')?.count).toBe(7);
    expect(createTrendReader(database).heatMap({ days: 7 }).techniques).toEqual([]);
  });
});

test('marks are listed with the spans that they touch', () => {
  const { database, reader } = filled(everyDay(() => 1));
  const marks = createMarkStore(database);
  const week = marks.add({ first: '2026-11-16', last: '2026-11-20', label: 'awareness week' });
  marks.add({ first: '2026-08-01', last: '2026-08-01', label: 'new proxy' });
  expect(reader.posture({ days: 7 }).marks).toEqual([week]);
  expect(() => marks.add({ first: '2026-11-16', last: '2026-11-15', label: 'no' })).toThrow('not before');
  marks.remove(week.id);
  expect(reader.posture({ days: 7 }).marks).toEqual([]);
  expect(() => marks.remove(week.id)).toThrow('caro posture marks');
});

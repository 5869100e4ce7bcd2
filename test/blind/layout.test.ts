/** Layout day/1: its cells, and what a day's figures become in them. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chunkLengthFor, dayLayout, layoutWords } from '../../src/blind/layout/day-1.ts';
import { dayCells } from '../../src/blind/layout/day-cells.ts';
import type { AnswerFigures } from '../../src/domain/answers/answer-figures.ts';
import { DURATION_BUCKETS } from '../../src/domain/summaries/summary.ts';
import { countedWords } from '../../src/generated/rule-words.js';
import { vocabulary } from '../../src/risk/vocabulary.ts';

const words = layoutWords(vocabulary());
const layout = dayLayout(words);
const DAY_MS = Date.parse('2026-11-20T00:00:00Z');

const nothing: AnswerFigures = {
  usage: () => [],
  levels: () => [0, 0, 0, 0],
  agentLevels: () => [0, 0, 0, 0],
  slots: () => [],
  rules: () => [],
  coverage: () => ({ observed: 0, redacted: 0, dropped: 0, shells: [] }),
  anomalies: () => ({ judged: false, historyDays: 0, anomalies: [] }),
};
const cellsFor = (
  figures: Partial<AnswerFigures>,
  denied: readonly string[] = [],
  of = layout,
): Readonly<Record<string, number | undefined>> => {
  const values = dayCells(of, {
    figures: { ...nothing, ...figures },
    vocabulary: vocabulary(),
    denied: new Set(denied),
  });
  return Object.fromEntries<number | undefined>(
    of.cells.map(({ name }, place) => [name, values[place]] as const).filter(([, value]) => value !== 0),
  );
};
const usage = (family: string, count: number, failures = 0, durationMsSum = 0) => ({
  name: family,
  tool: family,
  family,
  count,
  ended: count,
  failures,
  durationMsSum,
  durationBuckets: Array.from({ length: DURATION_BUCKETS }, () => 0),
});

describe('layout day/1', () => {
  test('has a cell for every word, none twice, and stays about as large as planned', () => {
    const names = layout.cells.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const family of words.families) expect(names).toContain(`families.${family}.count`);
    for (const family of words.ruleFamilies) expect(names).toContain(`rules.${family}.nodes`);
    for (const technique of words.techniques) expect(names).toContain(`techniques.${technique}.nodes`);
    const bits = layout.widths.reduce((sum, width) => sum + width, 0);
    expect(names.length).toBeLessThan(360);
    expect(bits).toBeLessThan(1_750);
  });

  test('counts the nodes behind every amount, so that a floor can be applied to each', () => {
    for (const { measure } of layout.cells) {
      expect(layout.cells.filter((cell) => cell.measure === measure && cell.kind === 'nodes')).toHaveLength(1);
    }
  });

  test('declares every sum that ties measures together', () => {
    const measures = new Set(layout.cells.filter(({ kind }) => kind === 'count').map(({ measure }) => measure));
    const tied = layout.groups.flatMap((group) => group.measures);
    expect([...measures].filter((measure) => !tied.includes(measure)).sort()).toEqual(
      [...measures]
        .filter((measure) => /^(failures|seconds|redacted|dropped|rules\..*|anomalies\..*)$/.test(measure))
        .sort(),
    );
    const sums = new Set(layout.groups.map(({ sum }) => sum));
    expect([...sums].filter((sum) => !measures.has(sum))).toEqual(['commands']);
  });

  test('has chunks that just fill a power of two', () => {
    for (const bits of [100, 1_489, 1_547, 2_000]) {
      const calls = Math.ceil(bits / chunkLengthFor(bits));
      expect(Math.log2(calls + 1) % 1).toBeLessThan(0.1);
    }
  });
});

describe('the cells of a day', () => {
  test('are all zero where nothing was observed', () => {
    expect(cellsFor({})).toEqual({});
  });

  test('hold amounts and one node each', () => {
    const cells = cellsFor({
      usage: () => [usage('git', 3, 1, 2_600), usage('node', 2)],
      levels: () => [4, 0, 1, 0],
      agentLevels: () => [1, 0, 1, 0],
      slots: () => [{ startMs: DAY_MS, count: 5 }],
      rules: () => [{ name: 'git.push-force', count: 1 }],
      coverage: () => ({ observed: 5, redacted: 2, dropped: 0, shells: ['zsh'] }),
    });
    const hour = new Date(DAY_MS).getHours();
    expect(cells).toMatchObject({
      'active.nodes': 1,
      'families.git.count': 3,
      'families.git.nodes': 1,
      'families.node.count': 2,
      'failures.count': 1,
      'seconds.count': 3,
      'levels.safe.count': 4,
      'levels.high.count': 1,
      'rules.git.count': 1,
      [`hours.${hour}.count`]: 5,
      'redacted.count': 2,
      'shells.zsh.nodes': 1,
      'authors.human.count': 3,
      'authors.agent.count': 2,
      'authors.human.safe.count': 3,
      'authors.agent.safe.count': 1,
      'authors.agent.high.count': 1,
      'authors.agent.nodes': 1,
    });
  });

  test('leave out what has no cell, and matches of rules that may be of a denied tool', () => {
    const figures = { usage: () => [usage('git', 3)], rules: () => [{ name: 'git.push-force', count: 1 }] };
    const fewer = dayLayout({ families: ['other'], ruleFamilies: ['git'], techniques: [] });
    expect(Object.keys(cellsFor(figures, [], fewer)).filter((name) => name.startsWith('families'))).toEqual([]);
    expect(cellsFor(figures, [], fewer)).toHaveProperty(['rules.git.count'], 1);
    expect(cellsFor(figures, ['git'], fewer)).not.toHaveProperty(['rules.git.count']);
  });

  test('fit their widths, whatever was counted', () => {
    const amount = fc.nat({ max: 10 ** 12 });
    fc.assert(
      fc.property(
        fc.constantFrom(...words.families, 'unknown'),
        amount,
        amount,
        amount,
        (family, count, failures, ms) => {
          const values = dayCells(layout, {
            figures: {
              ...nothing,
              usage: () => [usage(family, count, failures, ms)],
              levels: () => [count, failures, ms, 0],
              slots: () => [{ startMs: DAY_MS, count }],
            },
            vocabulary: vocabulary(),
            denied: new Set(),
          });
          expect(values).toHaveLength(layout.cells.length);
          values.forEach((value, place) => {
            const { bits, kind } = layout.cells[place] ?? { bits: 0, kind: 'nodes' };
            expect(Number.isInteger(value) && value >= 0 && value < 2 ** bits).toBe(true);
            if (kind === 'nodes') expect(value).toBeLessThan(2);
          });
        },
      ),
    );
  });
});

test('the words that a thread counts with are those of the rules and the catalogue', () => {
  const { families, rules } = vocabulary();
  expect(countedWords).toEqual({ families, rules });
});

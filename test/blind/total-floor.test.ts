import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dayLayout, type LayoutWords } from '../../src/blind/layout/day-1.ts';
import type { BlockTotal } from '../../src/domain/blind/release.ts';
import { EVERYBODY, type TotalLayout, withFloor } from '../../src/domain/blind/total-floor.ts';

/**
 * A small layout: groups of one sum, a table of levels and authors, a measure with an amount, and
 * one with nodes alone.
 */
const LAYOUT: TotalLayout = {
  cells: [
    'f.git',
    'f.files',
    'f.web',
    'l.safe',
    'l.high',
    'a.human',
    'a.agent',
    'a.human.safe',
    'a.human.high',
    'a.agent.safe',
    'a.agent.high',
    'failures',
    't.T1',
  ]
    .flatMap((measure) => [
      { name: `${measure}.count`, measure, kind: 'count' as const },
      { name: `${measure}.nodes`, measure, kind: 'nodes' as const },
    ])
    .filter(({ name }) => name !== 't.T1.count'),
  groups: [
    { sum: 'commands', measures: ['f.git', 'f.files', 'f.web'] },
    { sum: 'commands', measures: ['l.safe', 'l.high'] },
    { sum: 'commands', measures: ['a.human', 'a.agent'] },
    { sum: 'a.human', measures: ['a.human.safe', 'a.human.high'] },
    { sum: 'a.agent', measures: ['a.agent.safe', 'a.agent.high'] },
    { sum: 'l.safe', measures: ['a.human.safe', 'a.agent.safe'] },
    { sum: 'l.high', measures: ['a.human.high', 'a.agent.high'] },
  ],
};
const PLACE = new Map(LAYOUT.cells.map(({ name }, place) => [name, place]));

type Amounts = Readonly<Record<string, number>>;

/** The total over nodes that counted these amounts. */
const block = (name: string, nodes: readonly Amounts[]): BlockTotal => ({
  name,
  contributors: nodes.length,
  cells: LAYOUT.cells.map(({ measure, kind }) =>
    nodes.reduce((sum, node) => sum + (kind === 'nodes' ? Math.min(1, node[measure] ?? 0) : (node[measure] ?? 0)), 0),
  ),
});
const times = (count: number, node: Amounts): readonly Amounts[] => Array.from({ length: count }, () => node);
const cell = (blocks: ReturnType<typeof withFloor>, name: string, of = EVERYBODY): number | null | undefined =>
  blocks.find((one) => one.name === of)?.cells[PLACE.get(name) ?? -1];

/** Counts of the table of levels and authors, from its inner cells. */
function byAuthors(safe: number, high: number, agentSafe: number, agentHigh: number): Amounts {
  return {
    'l.safe': safe,
    'l.high': high,
    'a.human': safe + high - agentSafe - agentHigh,
    'a.agent': agentSafe + agentHigh,
    'a.human.safe': safe - agentSafe,
    'a.human.high': high - agentHigh,
    'a.agent.safe': agentSafe,
    'a.agent.high': agentHigh,
  };
}

const USUAL = { 'f.git': 20, 'f.files': 9, failures: 2, ...byAuthors(25, 4, 0, 0) };

/**
 * Measures of too few nodes that whoever solves the equations of all groups can compute from what
 * is shown: a measure is determined if its unit vector is a combination of the equations.
 */
function determined(safe: ReturnType<typeof withFloor>, nodes: readonly Amounts[], floor: number): readonly string[] {
  const isShown = (measure: string): boolean => cell(safe, `${measure}.nodes`) !== null;
  const measures = [...new Set(LAYOUT.cells.map(({ measure }) => measure))];
  const unknown = ['commands', ...measures.filter((measure) => !isShown(measure))];
  const equations = LAYOUT.groups.map(({ sum, measures: parts }) =>
    unknown.map((name) => (name === sum ? -1 : 0) + (parts.includes(name) ? 1 : 0)),
  );
  const rank = (rows: readonly (readonly number[])[]): number => {
    let left = rows.map((row) => [...row]);
    let found = 0;
    for (const column of unknown.keys()) {
      const pivot = left.find((row) => Math.abs(row[column] ?? 0) > 1e-9);
      if (!pivot) continue;
      found += 1;
      const scale = (row: readonly number[]): number => (row[column] ?? 0) / (pivot[column] ?? 1);
      left = left
        .filter((row) => row !== pivot)
        .map((row) => row.map((value, place) => value - scale(row) * (pivot[place] ?? 0)));
    }
    return found;
  };
  const known = rank(equations);
  return unknown.slice(1).filter((measure) => {
    const count = nodes.filter((node) => (node[measure] ?? 0) > 0).length;
    const unit = unknown.map((name) => (name === measure ? 1 : 0));
    return count > 0 && count < floor && rank([...equations, unit]) === known;
  });
}

describe('totals before they are stored', () => {
  test('a cell with too few nodes is null, with its number of nodes, and a zero is a zero', () => {
    const nodes = [...times(20, USUAL), ...times(3, { ...USUAL, 't.T1': 1, failures: 0 })];
    const safe = withFloor(LAYOUT, [block(EVERYBODY, nodes)], 5);
    expect(cell(safe, 't.T1.nodes')).toBeNull();
    expect(cell(safe, 'f.web.count')).toBe(0);
    expect(cell(safe, 'f.web.nodes')).toBe(0);
    expect(cell(safe, 'failures.count')).toBe(40);
    expect(safe.map(({ name, contributors }) => [name, contributors])).toEqual([[EVERYBODY, 23]]);
  });

  test('a companion is null where the other groups of the sum would reveal the cell', () => {
    const nodes = [...times(20, USUAL), ...times(2, { ...USUAL, 'f.files': 5, 'f.web': 4 })];
    const safe = withFloor(LAYOUT, [block(EVERYBODY, nodes)], 5);
    expect(cell(safe, 'f.web.count')).toBeNull();
    expect([cell(safe, 'f.git.count'), cell(safe, 'f.files.count')].filter((value) => value === null)).toHaveLength(1);
    expect([cell(safe, 'f.git.nodes'), cell(safe, 'f.files.nodes')].filter((value) => value === null)).toHaveLength(1);
    expect(cell(safe, 'l.safe.count')).toBe(22 * 25);
  });

  test('the authors of a level are shown, unless those of few nodes could be computed', () => {
    const nodes = times(20, { ...USUAL, ...byAuthors(25, 4, 10, 3) });
    const shown = withFloor(LAYOUT, [block(EVERYBODY, nodes)], 5);
    expect([cell(shown, 'l.high.count'), cell(shown, 'a.agent.high.count')]).toEqual([80, 60]);
    // One person has risky commands; everybody's agent has.
    const one = [...times(20, { ...USUAL, ...byAuthors(26, 3, 10, 3) }), { ...USUAL, ...byAuthors(25, 4, 10, 3) }];
    const safe = withFloor(LAYOUT, [block(EVERYBODY, one)], 5);
    expect(cell(safe, 'a.human.high.count')).toBeNull();
    expect(cell(safe, 'a.agent.high.count')).toBeNull();
    expect(determined(safe, one, 5)).toEqual([]);
  });

  test('no table of levels and authors tells a cell that is hidden (property)', () => {
    const node = fc
      .tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 }), fc.nat({ max: 2 }), fc.nat({ max: 2 }))
      .map(([safe, high, agentSafe, agentHigh]) => {
        const commands = safe + high;
        const table = byAuthors(safe, high, Math.min(safe, agentSafe), Math.min(high, agentHigh));
        return { 'f.git': commands, ...table };
      });
    fc.assert(
      fc.property(fc.array(node, { minLength: 4, maxLength: 12 }), (nodes) => {
        expect(determined(withFloor(LAYOUT, [block(EVERYBODY, nodes)], 4), nodes, 4)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('units have a sum, and a thin cell of one is hidden in another one', () => {
    const small = [...times(10, USUAL), ...times(2, { ...USUAL, 't.T1': 1 })];
    const large = times(40, { ...USUAL, 't.T1': 1 });
    const safe = withFloor(LAYOUT, [block('ops', small), block('dev', large)], 5);
    expect(safe.map(({ name, contributors }) => [name, contributors])).toEqual([
      [EVERYBODY, 52],
      ['ops', 12],
      ['dev', 40],
    ]);
    expect(cell(safe, 't.T1.nodes', 'ops')).toBeNull();
    const others = [cell(safe, 't.T1.nodes', 'dev'), cell(safe, 't.T1.nodes')];
    expect(others.filter((value) => value === null).length).toBeGreaterThan(0);
    expect(cell(safe, 'f.git.count')).toBe(52 * 20);
  });

  test('noise in a number of nodes shows no cell that it should not', () => {
    const noisy = block(EVERYBODY, times(20, USUAL));
    const cells = noisy.cells.map((value, place) => (LAYOUT.cells[place]?.name === 't.T1.nodes' ? -2 : value));
    expect(cell(withFloor(LAYOUT, [{ ...noisy, cells }], 5), 't.T1.nodes')).toBeNull();
  });

  test('a unit or the sum without the rest, no cell stands for fewer nodes than the floor (property)', () => {
    const node = fc.record({
      'f.git': fc.integer({ min: 0, max: 2 }),
      'f.files': fc.integer({ min: 0, max: 2 }),
      'f.web': fc.integer({ min: 0, max: 1 }),
      failures: fc.integer({ min: 0, max: 1 }),
      't.T1': fc.integer({ min: 0, max: 1 }),
      high: fc.boolean(),
    });
    const whole = node.map(({ high, ...amounts }) => {
      const commands = amounts['f.git'] + amounts['f.files'] + amounts['f.web'];
      const risky = high ? Math.min(1, commands) : 0;
      return { ...amounts, ...byAuthors(commands - risky, risky, 0, 0) };
    });
    const units = fc.array(fc.array(whole, { minLength: 4, maxLength: 9 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(units, (given) => {
        const floor = 4;
        const blocks = given.map((nodes, index) => block(given.length === 1 ? EVERYBODY : `unit-${index}`, nodes));
        const safe = withFloor(LAYOUT, blocks, floor);
        const rows = given.length === 1 ? given : [given.flat(), ...given];
        const isNull = (row: number, measure: string): boolean =>
          safe[row]?.cells[PLACE.get(`${measure}.nodes`) ?? -1] === null;
        const nodesOf = (row: number, measures: readonly string[]): number =>
          (rows[row] ?? []).filter((one: Amounts) => measures.some((measure) => (one[measure] ?? 0) > 0)).length;
        const measures = [...new Set(LAYOUT.cells.map(({ measure }) => measure))];
        for (const row of rows.keys()) {
          for (const measure of measures) {
            const count = nodesOf(row, [measure]);
            if (count > 0 && count < floor) expect([row, measure, isNull(row, measure)]).toEqual([row, measure, true]);
          }
          // What a fully shown group says of the sum tells the sum of what another one hides.
          const isSumKnown = (sum: string): boolean =>
            LAYOUT.groups.some(
              (group) => group.sum === sum && !group.measures.some((measure) => isNull(row, measure)),
            ) ||
            (PLACE.has(`${sum}.nodes`) && !isNull(row, sum));
          for (const { sum, measures: group } of LAYOUT.groups) {
            const hidden = group.filter((measure) => isNull(row, measure));
            if (!isSumKnown(sum) || hidden.length === 0) continue;
            const covered = nodesOf(row, hidden);
            expect([row, hidden, covered === 0 || covered >= floor]).toEqual([row, hidden, true]);
            expect([row, hidden, hidden.length > 1]).toEqual([row, hidden, true]);
          }
        }
        // The sum of the whole less the units that are shown.
        if (rows.length > 1)
          for (const measure of measures) {
            const hidden = [...rows.keys()].slice(1).filter((row) => isNull(row, measure));
            if (hidden.length === 0 || isNull(0, measure)) continue;
            const covered = hidden.reduce((sum, row) => sum + nodesOf(row, [measure]), 0);
            expect([measure, hidden, covered === 0 || covered >= floor]).toEqual([measure, hidden, true]);
          }
      }),
      { numRuns: 300 },
    );
  });

  test('forty units with the whole layout are settled', () => {
    const words: LayoutWords = {
      families: Array.from({ length: 13 }, (_, index) => `family${index}`),
      ruleFamilies: Array.from({ length: 13 }, (_, index) => `rule${index}`),
      techniques: Array.from({ length: 90 }, (_, index) => `T${1000 + index}`),
    };
    const layout = dayLayout(words);
    const blocks = Array.from({ length: 40 }, (_, unit) => ({
      name: `unit-${unit}`,
      contributors: 30,
      cells: layout.cells.map(({ kind }, place) => ((place * 7 + unit * 13) % 31) * (kind === 'count' ? 3 : 1)),
    }));
    const safe = withFloor(layout, blocks, 20);
    expect(safe).toHaveLength(41);
    for (const { cells } of safe.slice(1))
      for (const [place, { kind }] of layout.cells.entries())
        if (kind === 'nodes' && cells[place] !== null)
          expect(cells[place] === 0 || Number(cells[place]) >= 20).toBe(true);
  });
});

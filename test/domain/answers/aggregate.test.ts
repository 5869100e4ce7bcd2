import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Aggregate, createAggregator } from '../../../src/domain/answers/aggregate.ts';
import type { VectorSchema } from '../../../src/domain/answers/vector-schema.ts';

/** Two ways of adding up the same total, as hours and weekdays are. */
const LAYOUT: VectorSchema = {
  name: 'test/1',
  cells: ['total', 'a', 'b', 'c', 'd', 'x', 'y', 'z'],
  partitions: [
    { total: 0, parts: [1, 2, 3, 4] },
    { total: 0, parts: [5, 6, 7] },
  ],
  splits: [],
};
const FLAT: VectorSchema = { name: 'flat/1', cells: ['n'], partitions: [], splits: [] };

interface Node {
  readonly level: 1 | 2;
  readonly cells: readonly number[];
}

const aggregateOf = (layout: VectorSchema, floor: number, nodes: readonly Node[]) => {
  const aggregator = createAggregator(layout, floor);
  for (const node of nodes) aggregator.add(node);
  return aggregator.result();
};

const node = (level: 1 | 2, parts: readonly number[], split: readonly number[] = [0]): Node => {
  const total = parts.reduce((sum, part) => sum + part, 0);
  const others = [0, 0, 0];
  let left = total;
  for (const [index, share] of split.entries()) {
    const part = Math.min(left, share);
    others[index % 2] = (others[index % 2] ?? 0) + part;
    left -= part;
  }
  others[2] = left;
  return { level, cells: [total, ...parts, ...others] };
};

const small = fc.constantFrom(0, 0, 0, 1, 1, 2, 3);
const nodes = (level: fc.Arbitrary<1 | 2>) =>
  fc.array(
    fc
      .tuple(level, fc.tuple(small, small, small, small), fc.tuple(small, small))
      .map(([at, parts, split]) => node(at, parts, split)),
    { minLength: 0, maxLength: 8 },
  );
const floors = fc.integer({ min: 2, max: 4 });

/** Those nodes of `some` that gave other than 0 to any of the places. */
const givers = (some: readonly Node[], places: readonly number[]): number =>
  some.filter(({ cells }) => places.some((place) => (cells[place] ?? 0) > 0)).length;

/** Every way of sharing `sum` among cells of which each has at least this. */
function waysToShare(sum: number, [least, ...others]: readonly number[]): readonly (readonly number[])[] {
  if (least === undefined) return sum === 0 ? [[]] : [];
  const rest = others.reduce((before, one) => before + one, 0);
  const first = Array.from({ length: Math.max(0, sum - rest - least + 1) }, (_, index) => least + index);
  return first.flatMap((value) => waysToShare(sum - value, others).map((shares) => [value, ...shares]));
}

/**
 * All values that each withheld cell could have, for an attacker who knows the layout, everything
 * that is shown, and the rules: a withheld cell is at least 1, and a companion at least the floor.
 * Tries every total that fits (`most` at most) and every way of sharing it out.
 */
function possibleValues(
  layout: VectorSchema,
  { aggregate: shown, withheldBy }: Pick<Aggregate, 'aggregate' | 'withheldBy'>,
  floor: number,
  most: number,
): ReadonlyMap<number, ReadonlySet<number>> {
  const shownAt = (place: number): number | null => shown?.[layout.cells[place] ?? ''] ?? null;
  const leastAt = (place: number): number => (withheldBy[layout.cells[place] ?? ''] === 'companion' ? floor : 1);
  const possible = new Map<number, Set<number>>(
    layout.cells.flatMap((_, place) => (shownAt(place) === null ? [[place, new Set<number>()] as const] : [])),
  );
  const total = shownAt(0);
  const totals = total === null ? Array.from({ length: most }, (_, index) => index + 1) : [total];
  for (const candidate of totals) {
    const shares = layout.partitions.map(({ parts }) => {
      const open = parts.filter((part) => shownAt(part) === null);
      const rest = candidate - parts.reduce((sum, part) => sum + (shownAt(part) ?? 0), 0);
      return { open, ways: waysToShare(rest, open.map(leastAt)) };
    });
    if (shares.some(({ ways }) => ways.length === 0)) continue;
    possible.get(0)?.add(candidate);
    for (const { open, ways } of shares)
      for (const way of ways) for (const [index, value] of way.entries()) possible.get(open[index] ?? -1)?.add(value);
  }
  return possible;
}

describe('sums over nodes', () => {
  test('an aggregate over fewer nodes than the floor is withheld whole, and over as many it is shown (FR-604)', () => {
    const four = Array.from({ length: 4 }, () => ({ level: 2 as const, cells: [3] }));
    expect(aggregateOf(FLAT, 5, four)).toMatchObject({
      contributors: 4,
      withheld: 'cohort_too_small',
      aggregate: null,
      withheldCells: [],
    });
    expect(aggregateOf(FLAT, 5, [...four, { level: 2, cells: [3] }])).toMatchObject({
      contributors: 5,
      withheld: null,
      aggregate: { n: 15 },
    });
  });

  test('nobody having answered is a cohort too small, not a sum of zero', () => {
    expect(aggregateOf(FLAT, 2, [])).toMatchObject({ contributors: 0, withheld: 'cohort_too_small', aggregate: null });
  });

  test('level-1 and level-2 answers are added alike', () => {
    const mixed: Node[] = [1, 2, 3, 4].map((value, index) => ({ level: index < 2 ? 1 : 2, cells: [value] }));
    expect(aggregateOf(FLAT, 2, mixed)).toMatchObject({ contributors: 4, aggregate: { n: 10 } });
  });

  test('a cell of few nodes is null and named, and so is a second part, since the total would give the first away', () => {
    const plain = Array.from({ length: 4 }, () => node(2, [10, 3, 0, 0], [5, 5]));
    const { aggregate, withheldCells } = aggregateOf(LAYOUT, 5, [...plain, node(2, [10, 3, 1, 0], [5, 5])]);
    expect(withheldCells).toEqual(expect.arrayContaining(['b', 'c']));
    expect(aggregate).toMatchObject({ total: 66, a: 50, b: null, c: null, d: 0 });
  });

  test('where five nodes gave 1 to five different parts, the total goes with them', () => {
    const layout: VectorSchema = {
      name: 'kinds/1',
      cells: ['total', 'a', 'b', 'c', 'd', 'e'],
      partitions: [{ total: 0, parts: [1, 2, 3, 4, 5] }],
      splits: [],
    };
    const each = [0, 1, 2, 3, 4].map((own) => ({
      level: 2 as const,
      cells: [1, ...[0, 1, 2, 3, 4].map((part) => (part === own ? 1 : 0))],
    }));
    expect(aggregateOf(layout, 5, each).withheldCells).toEqual(layout.cells);
  });

  test('aggregate-only answers too few to hide behind one another are left out of a sum whose other parts are shown', () => {
    const peers = Array.from({ length: 5 }, (_, index) => ({ level: 1 as const, cells: [index + 1] }));
    expect(aggregateOf(FLAT, 5, [...peers, { level: 2, cells: [100] }])).toMatchObject({
      contributors: 5,
      suppressedAggregates: true,
      aggregate: { n: 15 },
    });
    expect(aggregateOf(FLAT, 5, [...peers.slice(1), { level: 2, cells: [100] }])).toMatchObject({
      contributors: 5,
      withheld: 'cohort_too_small',
      aggregate: null,
    });
  });
});

describe('the floor', () => {
  test('every shown cell stands for no node or for at least as many as the floor, and is their true sum', () => {
    fc.assert(
      fc.property(nodes(fc.constantFrom(1, 2)), floors, (some, floor) => {
        const { aggregate, contributors, suppressedAggregates } = aggregateOf(LAYOUT, floor, some);
        if (aggregate === null) return;
        const used = suppressedAggregates ? some.filter(({ level }) => level === 1) : some;
        expect(used).toHaveLength(contributors);
        const hidden = used.filter(({ level }) => level === 2);
        for (const [place, name] of LAYOUT.cells.entries()) {
          if (aggregate[name] === null) continue;
          expect(aggregate[name]).toBe(used.reduce((sum, { cells }) => sum + (cells[place] ?? 0), 0));
          for (const group of [used, hidden]) {
            const count = givers(group, [place]);
            expect(count === 0 || count >= floor).toBe(true);
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  test('withheld cells and nulls are the same cells', () => {
    fc.assert(
      fc.property(nodes(fc.constantFrom(1, 2)), floors, (some, floor) => {
        const { aggregate, withheldCells, withheldBy } = aggregateOf(LAYOUT, floor, some);
        const nulls = aggregate === null ? [] : LAYOUT.cells.filter((name) => aggregate[name] === null);
        expect(withheldCells).toEqual(nulls);
        expect(Object.keys(withheldBy)).toEqual(nulls);
      }),
    );
  });

  test('an attacker who tries every assignment cannot determine any withheld cell', () => {
    fc.assert(
      fc.property(nodes(fc.constant(2)), floors, (some, floor) => {
        const result = aggregateOf(LAYOUT, floor, some);
        if (result.aggregate === null) return;
        for (const [place, values] of possibleValues(LAYOUT, result, floor, 40)) {
          expect({ place, several: values.size > 1 }).toEqual({ place, several: true });
        }
      }),
      { numRuns: 300 },
    );
  });

  test('an attacker who subtracts what level-1 nodes said determines no withheld sum of the others', () => {
    fc.assert(
      fc.property(nodes(fc.constantFrom(1, 2)), floors, (some, floor) => {
        const { aggregate, suppressedAggregates } = aggregateOf(LAYOUT, floor, some);
        const hidden = some.filter(({ level }) => level === 2);
        if (aggregate === null || suppressedAggregates || hidden.length === 0) return;
        for (const { total, parts } of LAYOUT.partitions) {
          const withheld = parts.filter((part) => aggregate[LAYOUT.cells[part] ?? ''] === null);
          if (withheld.length === 0 || aggregate[LAYOUT.cells[total] ?? ''] === null) continue;
          // The total less what is shown less what level 1 said is the sum of the others' withheld
          // parts.
          const count = givers(hidden, withheld);
          expect(count === 0 || count >= floor).toBe(true);
          expect(withheld.length).toBeGreaterThan(1);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('adding up the same answers in another order shows the same', () => {
    fc.assert(
      fc.property(nodes(fc.constantFrom(1, 2)), floors, (some, floor) => {
        expect(aggregateOf(LAYOUT, floor, [...some].reverse())).toEqual(aggregateOf(LAYOUT, floor, some));
      }),
    );
  });
});

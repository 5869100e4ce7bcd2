/** Which cells of a sum are withheld, by which rule, and what a reader can still conclude. */
import { describe, expect, test } from '@jest/globals';
import { createAggregator } from '../../../src/domain/answers/aggregate.ts';
import type { VectorSchema } from '../../../src/domain/answers/vector-schema.ts';

const schemaOf = (...partitions: readonly (readonly string[])[]): VectorSchema => {
  const cells = ['total', ...partitions.flat()];
  return {
    name: 'test/1',
    cells,
    partitions: partitions.map((parts) => ({ total: 0, parts: parts.map((part) => cells.indexOf(part)) })),
    splits: [],
  };
};

interface Node {
  readonly level: 1 | 2;
  readonly cells: readonly number[];
}

/** A node's vector: the total, then the parts of the first partition, then those of the second. */
const node = (parts: readonly number[], others: readonly number[] = [], level: 1 | 2 = 2): Node => ({
  level,
  cells: [parts.reduce((sum, part) => sum + part, 0), ...parts, ...others],
});

const published = (schema: VectorSchema, floor: number, nodes: readonly Node[]) => {
  const aggregator = createAggregator(schema, floor);
  for (const one of nodes) aggregator.add(one);
  return aggregator.result();
};

describe('a part of too few nodes', () => {
  const schema = schemaOf(['git', 'files', 'network', 'cloud', 'desktop']);
  const five = (...parts: readonly number[]) => Array.from({ length: 4 }, () => node(parts));

  test('is hidden by the smallest part that is large enough, not by the most useful one', () => {
    const { aggregate, withheldBy } = published(schema, 5, [...five(300, 70, 9, 2, 0), node([300, 70, 9, 2, 1])]);
    expect(withheldBy).toEqual({ desktop: 'floor', cloud: 'companion' });
    expect(aggregate).toMatchObject({ total: 1_906, git: 1_500, files: 350, network: 45 });
  });

  test('is not hidden by a part so small that the sum of both would reveal it', () => {
    // Both together are 6: 1 of one node and 5 of five nodes.
    const { withheldBy } = published(schema, 5, [...five(300, 70, 9, 1, 0), node([300, 70, 9, 1, 1])]);
    expect(withheldBy).toEqual({ desktop: 'floor', network: 'companion' });
  });

  test('needs no companion where several such parts hide one another', () => {
    const nodes = [node([50, 0, 0, 3, 1]), ...[1, 2, 3, 4].map((own) => node([50, 0, 0, own === 1 ? 2 : 0, own]))];
    const { withheldBy } = published(schema, 5, [...nodes.slice(0, 4), node([50, 9, 0, 0, 0])]);
    expect(withheldBy).toEqual({ files: 'floor', cloud: 'floor', desktop: 'floor' });
  });

  test('is not told apart from its companion where the two rules would reveal both', () => {
    // 1 of one node and 8, the least that a companion can have at a floor of 5.
    const exact = [...five(300, 0, 0, 1, 0), node([300, 0, 0, 4, 1])];
    expect(published(schema, 5, exact).withheldBy).toEqual({ desktop: 'group', cloud: 'group', git: 'group' });
  });
});

describe('a withheld total', () => {
  test('is not added up again by a second partition whose parts are all shown', () => {
    const schema = schemaOf(['a', 'b', 'c', 'd', 'e'], ['morning', 'noon', 'evening']);
    const ownPart = (own: number) => [0, 1, 2, 3, 4].map((part) => (part === own ? 1 : 0));
    const each = [0, 1, 2, 3, 4].map((own) => node(ownPart(own), [0, 1, 0]));
    const { aggregate, withheldBy } = published(schema, 5, each);
    expect(withheldBy).toMatchObject({ total: 'group', a: 'group', noon: 'companion' });
    expect(aggregate).toMatchObject({ total: null, noon: null, morning: 0, evening: 0 });
  });

  test('of too few nodes takes with it only what it could be computed from', () => {
    const schema = schemaOf(['a', 'b'], ['x', 'y']);
    const nodes = [node([1, 0], [0, 1]), node([2, 0], [0, 2]), node([0, 0], [0, 0])];
    expect(published(schema, 3, nodes)).toMatchObject({
      withheldBy: { total: 'floor', a: 'floor', y: 'floor' },
      aggregate: { total: null, a: null, b: 0, x: 0, y: null },
    });
  });
});

/** All lists of `length` numbers with at most this sum. */
function listsOf(length: number, most: number): readonly (readonly number[])[] {
  if (length === 0) return [[]];
  const first = Array.from({ length: most + 1 }, (_, value) => value);
  return first.flatMap((value) => listsOf(length - 1, most - value).map((rest) => [value, ...rest]));
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Every choice of `count` of these nodes, in any one order, with at most this total. */
function* choices(from: readonly Node[], count: number, most: number, first = 0): Generator<readonly Node[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (const [index, one] of from.entries()) {
    const total = one.cells[0] ?? 0;
    if (index < first || total > most) continue;
    for (const rest of choices(from, count - 1, most - total, index)) yield [one, ...rest];
  }
}

interface Attack {
  /** Published results in which something was withheld. */
  readonly results: number;
  readonly rules: ReadonlySet<string>;
  /** Cells of which a reader knows the value though they are withheld. */
  readonly determined: readonly string[];
}

/**
 * A reader who knows the program: of every result they collect all tables of nodes that lead to
 * this very result. They know a withheld cell where all these tables agree about it. That no node
 * counted anything need not be hidden.
 *
 * @param shown level-1 answers, which the reader sees
 */
function attack(
  schema: VectorSchema,
  floor: number,
  tables: Iterable<readonly Node[]>,
  shown: readonly Node[] = [],
): Attack {
  const candidates = new Map<string, Map<string, Set<number>>>();
  const rules = new Set<string>();
  for (const nodes of tables) {
    const { aggregate, withheldBy } = published(schema, floor, [...shown, ...nodes]);
    if (aggregate === null || Object.keys(withheldBy).length === 0) continue;
    const result = JSON.stringify([aggregate, withheldBy]);
    const cells = candidates.get(result) ?? new Map<string, Set<number>>();
    candidates.set(result, cells);
    for (const [cell, rule] of Object.entries(withheldBy)) {
      rules.add(rule);
      // Enough nodes contributed to this total: it is withheld for the sake of its parts.
      if (cell === 'total' && rule === 'group') continue;
      const values = cells.get(cell) ?? new Set();
      cells.set(cell, values.add(sumOf(nodes.map((one) => one.cells[schema.cells.indexOf(cell)] ?? 0))));
    }
  }
  const determined = [...candidates].flatMap(([result, cells]) =>
    [...cells].flatMap(([cell, values]) => (values.size === 1 && !values.has(0) ? [`${cell} in ${result}`] : [])),
  );
  return { results: candidates.size, rules, determined };
}

describe('a reader who knows the program and tries every table', () => {
  const nodesOf = (parts: number, most: number) => listsOf(parts, most).map((list) => node(list));

  test.each([
    { nodes: 2, parts: 3, floor: 2, most: 11 },
    { nodes: 3, parts: 3, floor: 3, most: 12 },
    { nodes: 4, parts: 3, floor: 3, most: 10 },
    { nodes: 2, parts: 4, floor: 2, most: 9 },
  ])('determines no withheld cell of $parts parts, $nodes nodes and a floor of $floor', (table) => {
    const schema = schemaOf(['a', 'b', 'c', 'd'].slice(0, table.parts));
    const tables = choices(nodesOf(table.parts, table.most), table.nodes, table.most);
    const { results, rules, determined } = attack(schema, table.floor, tables);
    expect(determined).toEqual([]);
    expect(results).toBeGreaterThan(100);
    expect(rules).toEqual(new Set(['floor', 'companion', 'group']));
  });

  test.each([
    { nodes: 2, floor: 2, most: 8 },
    { nodes: 3, floor: 2, most: 6 },
  ])('determines no author of a level, with $nodes nodes and a floor of $floor', ({ nodes, floor, most }) => {
    const schema: VectorSchema = {
      name: 'test/1',
      cells: ['total', 'safe', 'high', 'safe.human', 'safe.agent', 'high.human', 'high.agent'],
      partitions: [{ total: 0, parts: [1, 2] }],
      splits: [
        { total: 1, parts: [3, 4] },
        { total: 2, parts: [5, 6] },
      ],
    };
    const vectors = listsOf(4, most).map(([a = 0, b = 0, c = 0, d = 0]) => node([a + b, c + d], [a, b, c, d]));
    const { results, determined } = attack(schema, floor, choices(vectors, nodes, most));
    expect(determined).toEqual([]);
    expect(results).toBeGreaterThan(30);
  });

  test('determines no sum of level-2 answers by subtracting the level-1 answers that are shown', () => {
    const schema = schemaOf(['a', 'b', 'c']);
    const shown = [node([1, 0, 3], [], 1), node([0, 0, 2], [], 1)];
    const tables = choices(nodesOf(3, 11), 2, 11);
    const { results, determined } = attack(schema, 2, tables, shown);
    expect(determined).toEqual([]);
    expect(results).toBeGreaterThan(100);
  });
});

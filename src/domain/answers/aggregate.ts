/*
 * Sums over nodes with a floor: no sum that is shown or can be computed from what is shown may
 * cover fewer nodes than the floor (docs/design.md §8).
 */

import type { AnsweredBody, QueryResult } from './query.ts';
import type { VectorSchema } from './vector-schema.ts';
import { type Sums, withheldCells } from './withholding.ts';

export type Aggregate = Pick<
  QueryResult,
  'contributors' | 'withheld' | 'withheldCells' | 'withheldBy' | 'aggregate'
> & {
  /** True where level-2 answers were left out because they were too few to hide one another. */
  readonly suppressedAggregates: boolean;
};

/** Adds answers up. Keeps sums and which nodes contributed to each, never a node's vector. */
export interface Aggregator {
  readonly add: (answer: Pick<AnsweredBody, 'level' | 'cells'>) => void;
  readonly result: () => Aggregate;
}

/**
 * Answers of one level, added up. Level-1 answers are shown per node, so a reader of the result can
 * subtract them.
 */
interface Pool {
  /** Running sum of each cell. */
  readonly sums: number[];
  /** For each answer, 1 for each cell that is not 0; never the value. */
  readonly contributors: Uint8Array[];
}

/**
 * Makes an aggregator for answers of one vector schema. All answers MUST fit `schema`.
 * @param floor minimum number of nodes that any shown sum may cover (k), at least 2
 */
export function createAggregator(schema: VectorSchema, floor: number): Aggregator {
  const pools: Readonly<Record<1 | 2, Pool>> = { 1: emptyPool(schema), 2: emptyPool(schema) };
  return {
    add: ({ level, cells }) => addTo(pools[level], cells),
    result: () => {
      const individual = pools[1];
      const hidden = pools[2];
      const suppressedAggregates =
        isExposed(hidden.contributors.length, floor) && individual.contributors.length >= floor;
      const used = suppressedAggregates ? [individual] : [individual, hidden];
      const contributors = used.reduce((sum, { contributors }) => sum + contributors.length, 0);
      const isTooSmall =
        contributors < floor || (!suppressedAggregates && isExposed(hidden.contributors.length, floor));
      if (isTooSmall) {
        const nothing = { withheldCells: [], withheldBy: {}, aggregate: null };
        return { contributors, withheld: 'cohort_too_small', ...nothing, suppressedAggregates };
      }
      return { contributors, withheld: null, suppressedAggregates, ...shown(schema, floor, used) };
    },
  };
}

/** Whether so few nodes cannot hide one of them; 0 nodes need not be hidden. */
const isExposed = (nodes: number, floor: number): boolean => nodes > 0 && nodes < floor;

function shown(
  schema: VectorSchema,
  floor: number,
  pools: readonly Pool[],
): Pick<Aggregate, 'withheldCells' | 'withheldBy' | 'aggregate'> {
  const sums = sumsOf(pools, floor);
  const withheld = withheldCells(schema, floor, sums);
  const entries = schema.cells.map((name, place) => [name, withheld.has(place) ? null : sums.all(place)] as const);
  const rules = schema.cells.flatMap((name, place) => {
    const rule = withheld.get(place);
    return rule === undefined ? [] : [[name, rule] as const];
  });
  return {
    withheldCells: rules.map(([name]) => name),
    withheldBy: Object.fromEntries(rules),
    aggregate: Object.fromEntries(entries),
  };
}

function sumsOf(pools: readonly Pool[], floor: number): Sums {
  const sum = (some: readonly Pool[], place: number): number =>
    some.reduce((before, pool) => before + (pool.sums[place] ?? 0), 0);
  const hidden = pools.slice(1).filter(({ contributors }) => contributors.length > 0);
  return {
    isThin: (places) => isBelowFloor(pools, places, floor),
    all: (place) => sum(pools, place),
    unknown: (place) => sum(hidden.length > 0 ? hidden : pools, place),
  };
}

/**
 * Whether the sum of these cells covers fewer nodes than the floor, counting all nodes or only
 * those whose own answer is not shown.
 */
function isBelowFloor(pools: readonly Pool[], places: readonly number[], floor: number): boolean {
  const [individual = 0, hidden = 0] = pools.map(
    ({ contributors }) => contributors.filter((cells) => places.some((place) => cells[place] === 1)).length,
  );
  return isExposed(individual + hidden, floor) || isExposed(hidden, floor);
}

const emptyPool = ({ cells }: VectorSchema): Pool => ({ sums: cells.map(() => 0), contributors: [] });

function addTo({ sums, contributors }: Pool, vector: readonly number[]): void {
  const contributed = new Uint8Array(sums.length);
  for (const [place, value] of vector.entries()) {
    sums[place] = (sums[place] ?? 0) + value;
    if (value > 0) contributed[place] = 1;
  }
  contributors.push(contributed);
}

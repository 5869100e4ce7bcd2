/*
 * Sums over nodes with a floor: no sum that can be read or worked out may stand for fewer nodes
 * than the cohort asks (design.md §8).
 */

import type { AnsweredBody, QueryResult } from './query.ts';
import type { VectorSchema } from './vector-schema.ts';

export type Aggregate = Pick<QueryResult, 'contributors' | 'withheld' | 'withheldCells' | 'aggregate'> & {
  /** True where aggregate-only answers were too few to hide among themselves and were left out. */
  readonly suppressedAggregates: boolean;
};

/** Adds answers up. Holds sums and who contributed to each, never a single node's vector. */
export interface Aggregator {
  readonly add: (answer: Pick<AnsweredBody, 'level' | 'cells'>) => void;
  readonly result: () => Aggregate;
}

/**
 * Answers of one level, added up. Level-1 answers are shown per node, so whoever reads the result
 * can subtract them.
 */
interface Pool {
  /** Running sum of each cell. */
  readonly sums: number[];
  /** For each answer which cells were other than 0: 1 or 0, never the value. */
  readonly contributors: Uint8Array[];
}

/**
 * Makes an aggregator for answers of one layout. `floor` (k) is the least number of nodes that any
 * shown sum may stand for, at least 2. All answers MUST fit `layout`.
 */
export function createAggregator(layout: VectorSchema, floor: number): Aggregator {
  const pools: Readonly<Record<1 | 2, Pool>> = { 1: emptyPool(layout), 2: emptyPool(layout) };
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
        return { contributors, withheld: 'cohort_too_small', withheldCells: [], aggregate: null, suppressedAggregates };
      }
      return { contributors, withheld: null, suppressedAggregates, ...shown(layout, floor, used) };
    },
  };
}

/** Whether so many nodes are too few to hide one. None is not: there is nobody to hide. */
const isExposed = (nodes: number, floor: number): boolean => nodes > 0 && nodes < floor;

function shown(
  layout: VectorSchema,
  floor: number,
  pools: readonly Pool[],
): Pick<Aggregate, 'withheldCells' | 'aggregate'> {
  const sums = sumsOf(pools, floor);
  const withheld = new Set(layout.cells.flatMap((_, place) => (sums.isThin([place]) ? [place] : [])));
  for (const { total, parts } of layout.partitions) {
    if (!hideParts(parts, withheld, sums)) withheld.add(total);
  }
  for (const { total, parts } of layout.partitions) {
    // Where a total has to go, no other way of adding it up may stay open.
    const largest = parts.reduce((best, part) => (sums.all(part) > sums.all(best) ? part : best));
    if (withheld.has(total) && !parts.some((part) => withheld.has(part))) withheld.add(largest);
  }
  const entries = layout.cells.map((name, place) => [name, withheld.has(place) ? null : sums.all(place)] as const);
  return {
    withheldCells: layout.cells.filter((_, place) => withheld.has(place)),
    aggregate: Object.fromEntries(entries),
  };
}

interface Sums {
  /** Whether the sum of these cells stands for too few nodes. */
  readonly isThin: (places: readonly number[]) => boolean;
  readonly all: (place: number) => number;
  /** The part of it that the answers shown per node do not give away. */
  readonly unknown: (place: number) => number;
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
 * Withholds further parts until what the withheld ones add up to, which anyone can work out from
 * the total (or from the same total in the answer to another query), is a sum over enough nodes and
 * leaves each of them more than one possible value, even for a reader who knows that a withheld
 * cell is at least 1. The largest part goes first: it hides best. False where all parts together
 * cannot hide one another, as when five nodes gave 1 to five different parts: then the total has to
 * go as well.
 */
function hideParts(parts: readonly number[], withheld: Set<number>, sums: Sums): boolean {
  const hidden = parts.filter((part) => withheld.has(part));
  if (hidden.length === 0) return true;
  const isSafe = (): boolean => {
    const unknown = hidden.reduce((sum, part) => sum + sums.unknown(part), 0);
    return hidden.length > 1 && !sums.isThin(hidden) && (unknown === 0 || unknown > hidden.length);
  };
  const rest = parts
    .filter((part) => !withheld.has(part) && sums.all(part) > 0)
    .sort((a, b) => sums.unknown(b) - sums.unknown(a) || sums.all(b) - sums.all(a));
  for (const part of rest) {
    if (isSafe()) return true;
    hidden.push(part);
    withheld.add(part);
  }
  return isSafe();
}

/**
 * Whether the sum of these cells stands for fewer nodes than the floor: of all nodes, or of those
 * whose own answer is not shown.
 */
function isBelowFloor(pools: readonly Pool[], places: readonly number[], floor: number): boolean {
  const [individual = 0, hidden = 0] = pools.map(
    ({ contributors }) => contributors.filter((gave) => places.some((place) => gave[place] === 1)).length,
  );
  return isExposed(individual + hidden, floor) || isExposed(hidden, floor);
}

const emptyPool = ({ cells }: VectorSchema): Pool => ({ sums: cells.map(() => 0), contributors: [] });

function addTo({ sums, contributors }: Pool, vector: readonly number[]): void {
  const gave = new Uint8Array(sums.length);
  for (const [place, value] of vector.entries()) {
    sums[place] = (sums[place] ?? 0) + value;
    if (value > 0) gave[place] = 1;
  }
  contributors.push(gave);
}

/*
 * Which cells of a sum are withheld, and by which rule (docs/queries.md "The floor"). A reader
 * knows these rules, the layout, what is shown, and the total of every partition from another
 * query.
 */

import type { WithheldRule } from './query.ts';
import type { Partition, VectorSchema } from './vector-schema.ts';

export interface Sums {
  /** Whether the sum of these cells covers too few nodes. */
  readonly isThin: (places: readonly number[]) => boolean;
  readonly all: (place: number) => number;
  /** The part of the sum that the answers shown per node do not reveal. */
  readonly unknown: (place: number) => number;
}

/** Places of the withheld cells with their rules. */
export function withheldCells(schema: VectorSchema, floor: number, sums: Sums): ReadonlyMap<number, WithheldRule> {
  const withheld = new Map<number, WithheldRule>();
  for (const place of schema.cells.keys()) if (sums.isThin([place])) withheld.set(place, 'floor');
  for (const { total, parts } of schema.partitions) {
    // Where the total is below the floor, so is each part that could be computed from it.
    if (withheld.get(total) === 'floor') continue;
    if (!hideParts(parts, withheld, floor, sums)) withheld.set(total, 'group');
  }
  for (const { total, parts } of schema.partitions) {
    // A withheld total must not be the sum of parts that are all shown.
    const [companion] = companionsOf(parts, withheld, floor, sums).flat();
    const isSumShown = withheld.has(total) && !parts.some((part) => withheld.has(part));
    if (isSumShown && companion !== undefined) withheld.set(companion, 'companion');
  }
  for (const split of schema.splits)
    if (!isSplitShown(split, withheld, floor, sums)) for (const part of split.parts) withheld.set(part, 'group');
  return withheld;
}

/**
 * All parts of a split are shown, or none: the difference to their sum must reveal none of them.
 * They are withheld with their sum, even if they are 0, so that they tell nothing about it. They
 * are withheld as well where the sum is so small that it leaves few possible values for them.
 */
function isSplitShown(
  { total, parts }: Partition,
  withheld: ReadonlyMap<number, WithheldRule>,
  floor: number,
  { all, isThin }: Sums,
): boolean {
  if (withheld.has(total)) return false;
  return all(total) === 0 || (all(total) >= leastCompanion(floor) && !parts.some((part) => isThin([part])));
}

/**
 * Withholds further parts until the sum of the withheld ones is safe, because the total reveals it.
 * It must cover enough nodes, and each withheld part must have more than one possible value even
 * for a reader who knows this function and that a withheld part is at least 1.
 *
 * @returns false where all parts together cannot hide one another, as when five nodes contributed 1
 *   to five different parts: then the total must be withheld, too
 */
function hideParts(parts: readonly number[], withheld: Map<number, WithheldRule>, floor: number, sums: Sums): boolean {
  const thin = parts.filter((part) => withheld.has(part));
  if (thin.length === 0) return true;
  const others = [...companionsOf(parts, withheld, floor, sums)];
  const companions: number[] = [];
  const addNext = (): void => void companions.push(...(others.shift() ?? []));
  const unknown = (): number => [...thin, ...companions].reduce((sum, part) => sum + sums.unknown(part), 0);
  // One more than each part being 1: whoever sees the total withheld does not know either.
  const isSafe = (): boolean => {
    const hidden = [...thin, ...companions];
    return hidden.length > 1 && !sums.isThin(hidden) && (unknown() === 0 || unknown() > hidden.length + 1);
  };
  while (!isSafe() && others.length > 0) addNext();
  const mayTell = isSafe() && maySayRules(thin, companions, floor, sums);
  // A reader who sees that the rules are not told must have several candidates for each value.
  if (!mayTell) addNext();
  for (const part of companions) withheld.set(part, mayTell ? 'companion' : 'group');
  if (!mayTell) for (const part of thin) withheld.set(part, 'group');
  return isSafe();
}

/**
 * The rules tell a reader the least that each cell can be. They may be told only where that leaves
 * more than one possible value.
 */
function maySayRules(
  thin: readonly number[],
  companions: readonly number[],
  floor: number,
  { unknown }: Sums,
): boolean {
  const sum = [...thin, ...companions].reduce((before, part) => before + unknown(part), 0);
  const least = leastCompanion(floor);
  return (
    sum === 0 || (companions.every((part) => unknown(part) >= least) && sum > thin.length + companions.length * least)
  );
}

/**
 * The parts that may be withheld as well, in the order in which they are taken; those of one list
 * are taken together. A part that is large enough hides any others, so the smallest of these comes
 * first: it loses the least information. Sizes are compared by their powers of two. An exact order
 * would tell a reader that the withheld part is below the smallest shown one.
 */
function companionsOf(
  parts: readonly number[],
  withheld: ReadonlyMap<number, WithheldRule>,
  floor: number,
  { all, unknown }: Sums,
): readonly (readonly number[])[] {
  const open = parts.filter((part) => !withheld.has(part) && all(part) > 0);
  const isEnough = (part: number): boolean => unknown(part) >= leastCompanion(floor);
  const size = (part: number): number => Math.floor(Math.log2(unknown(part)));
  return [
    ...open
      .filter(isEnough)
      .sort((a, b) => size(a) - size(b))
      .map((part) => [part]),
    open.filter((part) => !isEnough(part) && unknown(part) > 0),
    open.filter((part) => unknown(part) === 0),
  ].filter((list) => list.length > 0);
}

/** A power of two, like the sizes; both sides of it leave more than one possible value. */
const leastCompanion = (floor: number): number => 2 ** Math.ceil(Math.log2(floor + 2));

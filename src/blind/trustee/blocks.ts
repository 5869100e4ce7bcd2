import { MAX_BLOCKS } from '../../domain/blind/release.ts';

/** A node whose report is part of a day's total. */
export interface Contributor {
  readonly node: string;
  /** Part of the organization; null if its trustee has named none. */
  readonly unit: string | null;
  /** Whether it has been a member for the season: only then it counts towards the floor. */
  readonly isSeasoned: boolean;
}

export interface Block {
  readonly name: string;
  readonly members: readonly Contributor[];
}

/** Names of the block of everybody, and of the block of merged units. */
export const EVERYBODY = 'organisation';
export const REST = 'rest';

/**
 * Divides the contributors of a day into blocks that do not overlap, each with at least `floor`
 * seasoned members: one for each unit that is large enough, and one for all others, which takes the
 * smallest units until it is large enough. Without units there is one block. Empty if even all of
 * them together are too few.
 */
export function divide(contributors: readonly Contributor[], floor: number): readonly Block[] {
  if (!isEnough(contributors, floor)) return [];
  const units = new Map<string | null, Contributor[]>();
  for (const contributor of contributors)
    units.set(contributor.unit, [...(units.get(contributor.unit) ?? []), contributor]);
  const named = [...units].flatMap(([name, members]) => (name === null ? [] : [{ name, members }]));
  if (named.length === 0) return [{ name: EVERYBODY, members: contributors }];
  const large = named
    .filter(({ members }) => isEnough(members, floor))
    .sort((a, b) => a.members.length - b.members.length || (a.name < b.name ? -1 : 1));
  const kept = new Set(large.map(({ name }) => name));
  let rest = contributors.filter(({ unit }) => unit === null || !kept.has(unit));
  while (large.length >= MAX_BLOCKS || (rest.length > 0 && !isEnough(rest, floor))) {
    const smallest = large.shift();
    if (!smallest) break;
    rest = [...rest, ...smallest.members];
  }
  if (large.length === 0) return [{ name: EVERYBODY, members: contributors }];
  return rest.length === 0 ? large : [...large, { name: REST, members: rest }];
}

const isEnough = (members: readonly Contributor[], floor: number): boolean =>
  members.filter(({ isSeasoned }) => isSeasoned).length >= floor;

import type { QueryType } from '../policy/trust.ts';
import { QUERY_TYPE_SPECS, type Section } from './query-types.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * Increases with any change of a vector schema, including the lists of families: vectors of
 * different versions are never added. A test compares it with a digest of all cell names.
 */
export const LAYOUT_VERSION = 4;

/** A cell that is always the sum of others, given by their places. */
export interface Partition {
  readonly total: number;
  readonly parts: readonly number[];
}

/** Names of the cells of an answer's vector, in order, and which of them are sums of which. */
export interface VectorSchema {
  /** `safety-posture/4`; the member `layout` of an answer. */
  readonly name: string;
  readonly cells: readonly string[];
  readonly partitions: readonly Partition[];
  /** Parts of a partition that are in turn the sums of others. Nothing else ties their parts. */
  readonly splits: readonly Partition[];
}

type Families = Pick<Vocabulary, 'families' | 'ruleFamilies'>;

/** The last one: an answer is made and checked with the same, and to build one takes 0.1 MiB. */
let latest: (Families & { readonly type: QueryType; readonly schema: VectorSchema }) | undefined;

/**
 * Totals come first, then single cells, then parts in the order of the vocabulary, then the parts
 * of splits.
 */
export function vectorSchemaOf(type: QueryType, words: Families): VectorSchema {
  const { families, ruleFamilies } = words;
  if (latest?.type !== type || latest.families !== families || latest.ruleFamilies !== ruleFamilies)
    latest = { type, families, ruleFamilies, schema: buildSchema(type, words) };
  return latest.schema;
}

function buildSchema(type: QueryType, words: Families): VectorSchema {
  const { sections, singles, splits = [] } = QUERY_TYPE_SPECS[type].cellNames(words);
  const partsOf = (some: readonly Section[]): readonly string[] => some.flatMap(({ parts }) => parts.flat());
  const totals = sections.map(({ total }) => total);
  const cells = [...new Set([...totals, ...singles, ...partsOf(sections), ...partsOf(splits)])];
  const places = new Map(cells.map((cell, index) => [cell, index]));
  const place = (cell: string): number => places.get(cell) ?? 0;
  const partitionsOf = (some: readonly Section[]): readonly Partition[] =>
    some.flatMap(({ total, parts }) => parts.map((part) => ({ total: place(total), parts: part.map(place) })));
  return {
    name: `${type}/${LAYOUT_VERSION}`,
    cells,
    partitions: partitionsOf(sections),
    splits: partitionsOf(splits),
  };
}

import { ANOMALY_KINDS } from '../anomalies/anomaly.ts';
import { RISK_LEVELS } from '../events/risk-level.ts';
import { SHELLS } from '../events/shell-kind.ts';
import type { QueryType } from '../policy/trust.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * Rises whenever any layout changes, which includes any change of the family lists: vectors of
 * different versions are never added. A test compares this number with a digest of all cell names.
 */
export const LAYOUT_VERSION = 1;

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** A cell that is always the sum of others, given by their places. */
export interface Partition {
  readonly total: number;
  readonly parts: readonly number[];
}

/** Names of the places of an answer's vector, and which of them add up to which. */
export interface VectorSchema {
  /** `safety-posture/1` */
  readonly name: string;
  readonly cells: readonly string[];
  readonly partitions: readonly Partition[];
}

/**
 * The measures kept of each tool family; durations are sums, to be divided by `count`. None may
 * repeat another under a second name (as a count of ended commands would): what the floor hides in
 * one could be read from the other.
 */
export const USAGE_MEASURES = ['count', 'failures', 'durationMs'] as const;

interface Section {
  readonly total: string;
  readonly parts: readonly (readonly string[])[];
}

/**
 * The layout of a query type's vectors. Every sum that ties cells together MUST be declared: the
 * floor relies on it.
 */
export function vectorSchemaOf(type: QueryType, words: Pick<Vocabulary, 'families' | 'ruleFamilies'>): VectorSchema {
  const { sections, singles } = SHAPES[type](words);
  const cells = [
    ...new Set([...sections.map(({ total }) => total), ...singles, ...sections.flatMap(({ parts }) => parts.flat())]),
  ];
  const places = new Map(cells.map((cell, index) => [cell, index]));
  const place = (cell: string): number => places.get(cell) ?? 0;
  return {
    name: `${type}/${LAYOUT_VERSION}`,
    cells,
    partitions: sections.flatMap(({ total, parts }) =>
      parts.map((part) => ({ total: place(total), parts: part.map(place) })),
    ),
  };
}

type Words = Pick<Vocabulary, 'families' | 'ruleFamilies'>;
type Shape = (words: Words) => { readonly sections: readonly Section[]; readonly singles: readonly string[] };

const SHAPES: Readonly<Record<QueryType, Shape>> = {
  'tool-usage': ({ families }) => ({
    sections: USAGE_MEASURES.map((measure) => ({
      total: measure === 'count' ? 'commands' : measure,
      parts: [families.map((family) => `families.${family}.${measure}`)],
    })),
    singles: [],
  }),
  'recent-commands': ({ families }) => ({
    sections: [{ total: 'commands', parts: [families.map((family) => `families.${family}.count`)] }],
    singles: [],
  }),
  'safety-posture': ({ ruleFamilies }) => ({
    sections: [
      { total: 'commands', parts: [RISK_LEVELS.map((level) => `levels.${level}`)] },
      { total: 'rules', parts: [ruleFamilies.map((family) => `rules.${family}`)] },
    ],
    singles: [],
  }),
  'activity-patterns': () => ({
    sections: [
      {
        total: 'commands',
        parts: [
          Array.from({ length: 24 }, (_, hour) => `hours.${hour}`),
          WEEKDAYS.map((weekday) => `weekdays.${weekday}`),
        ],
      },
    ],
    singles: [],
  }),
  anomalies: () => ({
    sections: [{ total: 'anomalies', parts: [ANOMALY_KINDS.map((kind) => `anomalies.${kind}`)] }],
    singles: [],
  }),
  'node-health': () => ({
    sections: [],
    singles: ['commands', 'redacted', 'dropped', ...SHELLS.map((shell) => `shells.${shell}`)],
  }),
};

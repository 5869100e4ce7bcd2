/*
 * Layout `day/1`: the cells of a report about one closed UTC day. One definition for the preview,
 * the report and the analyst's store.
 */

import { ANOMALY_KINDS } from '../../domain/anomalies/anomaly.ts';
import type { Vocabulary } from '../../domain/answers/vocabulary.ts';
import { AUTHOR_KINDS } from '../../domain/events/author.ts';
import { RISK_LEVELS } from '../../domain/events/risk-level.ts';
import { SHELLS } from '../../domain/events/shell-kind.ts';

export const DAY_LAYOUT = 'day/1';

/**
 * The words that the cells of a task are named after, as its document lists them. Nodes of other
 * versions count what they know of them, and nothing else.
 */
export type LayoutWords = {
  readonly families: readonly string[];
  readonly ruleFamilies: readonly string[];
  /** Ids of MITRE ATT&CK techniques, sorted. */
  readonly techniques: readonly string[];
};

/**
 * `count`: an amount, cut off at the width of the cell. `nodes`: 1 if the amount is not 0, so that
 * the total is the number of nodes behind it. `group` is the sum that the amounts of several
 * measures are parts of.
 */
export interface LayoutCell {
  /** `families.git.count`, `families.git.nodes` */
  readonly name: string;
  /** `families.git` */
  readonly measure: string;
  readonly kind: 'count' | 'nodes';
  readonly bits: number;
}

/**
 * Measures whose amounts add up to the same sum, as far as no cell was cut off. `sum` may be a
 * measure of its own.
 */
export interface LayoutGroup {
  readonly sum: string;
  readonly measures: readonly string[];
}

export interface DayLayout {
  readonly name: typeof DAY_LAYOUT;
  readonly cells: readonly LayoutCell[];
  /** Bits of each cell. */
  readonly widths: readonly number[];
  readonly chunkLength: number;
  readonly groups: readonly LayoutGroup[];
}

interface Section {
  readonly measures: readonly string[];
  /** Width of the amount; null where only the number of nodes is counted. */
  readonly bits: number | null;
  /** The sum that the amounts add up to, if there is one. */
  readonly sum?: string;
}

const HOURS = Array.from({ length: 24 }, (_, hour) => `hours.${hour}`);

/** Amounts are counts of commands, but `seconds` (measured durations), `rules` (matches). */
const sections = ({ families, ruleFamilies, techniques }: LayoutWords): readonly Section[] => [
  { measures: ['active'], bits: null },
  { measures: families.map((family) => `families.${family}`), bits: 13, sum: 'commands' },
  { measures: ['failures'], bits: 14 },
  { measures: ['seconds'], bits: 17 },
  { measures: RISK_LEVELS.map((level) => `levels.${level}`), bits: 14, sum: 'commands' },
  { measures: ruleFamilies.map((family) => `rules.${family}`), bits: 10 },
  { measures: techniques.map((technique) => `techniques.${technique}`), bits: null },
  { measures: HOURS, bits: 11, sum: 'commands' },
  { measures: ANOMALY_KINDS.map((kind) => `anomalies.${kind}`), bits: 5 },
  { measures: ['redacted'], bits: 14 },
  { measures: ['dropped'], bits: 14 },
  { measures: SHELLS.map((shell) => `shells.${shell}`), bits: null },
  { measures: AUTHOR_KINDS.map((kind) => `authors.${kind}`), bits: 14, sum: 'commands' },
  ...AUTHOR_KINDS.map((kind) => ({
    measures: RISK_LEVELS.map((level) => `authors.${kind}.${level}`),
    bits: 14,
    sum: `authors.${kind}`,
  })),
];

/** Each level is the sum of its authors as well. */
const LEVEL_GROUPS: readonly LayoutGroup[] = RISK_LEVELS.map((level) => ({
  sum: `levels.${level}`,
  measures: AUTHOR_KINDS.map((kind) => `authors.${kind}.${level}`),
}));

/** The layout for these words. Hours are those of the day in the node's own time zone. */
export function dayLayout(words: LayoutWords): DayLayout {
  const all = sections(words);
  const cells = all.flatMap(({ measures, bits }) => measures.flatMap((measure) => cellsOf(measure, bits)));
  const widths = cells.map(({ bits }) => bits);
  return {
    name: DAY_LAYOUT,
    cells,
    widths,
    chunkLength: chunkLengthFor(widths.reduce((sum, width) => sum + width, 0)),
    groups: [...all.flatMap(({ measures, sum }) => (sum === undefined ? [] : [{ sum, measures }])), ...LEVEL_GROUPS],
  };
}

function cellsOf(measure: string, bits: number | null): readonly LayoutCell[] {
  const nodes: LayoutCell = { name: `${measure}.nodes`, measure, kind: 'nodes', bits: 1 };
  return bits === null ? [nodes] : [{ name: `${measure}.count`, measure, kind: 'count', bits }, nodes];
}

/**
 * Length of the chunks of the proof. Calls of the gadget are padded to a power of two that is
 * larger than their number, so the best length just fills one: ceil(bits / (2^k − 1)) with the k
 * that gives the shortest proof.
 */
export function chunkLengthFor(bits: number): number {
  const lengths = [1, 2, 3, 4, 5, 6, 7, 8].map((k) => Math.ceil(bits / (2 ** k - 1)));
  return lengths.reduce((best, length) => (proofElements(bits, length) < proofElements(bits, best) ? length : best));
}

/** Field elements of a proof (VDAF-08 §7.3.3): 2c seeds, 2(p − 1) + 1. */
function proofElements(bits: number, chunkLength: number): number {
  const padded = 2 ** Math.ceil(Math.log2(Math.ceil(bits / chunkLength) + 1));
  return 2 * chunkLength + 2 * (padded - 1) + 1;
}

/** The words of this version's vocabulary. */
export function layoutWords({ families, ruleFamilies, rules }: Vocabulary): LayoutWords {
  const techniques = Object.values(rules).flatMap(({ technique }) => technique ?? []);
  return { families: [...families], ruleFamilies: [...ruleFamilies], techniques: [...new Set(techniques)].sort() };
}

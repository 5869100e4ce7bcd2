/* Sums of figures under the names of the vocabulary, as summaries and answers hold them. */

import { RISK_LEVELS, type RiskLevel } from '../events/risk-level.ts';
import type { NamedUsage, NodeSummary } from '../summaries/summary.ts';
import { localTime } from '../time/local-time.ts';
import type { AnswerFigures, PatternUsage } from './answer-figures.ts';
import { MAX_CELL_VALUE, type NamedCount } from './query.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * Maximum number of patterns or tools in an answer. Rare patterns say little about habits, and all
 * of them could exceed the size of a frame.
 */
const MAX_NAMES = 500;

/** Usage per tool family; families outside the vocabulary count as `other`. */
export const familyUsage = (
  usage: readonly PatternUsage[],
  vocabulary: Pick<Vocabulary, 'families'>,
): readonly NamedUsage[] => addUp(usage, ({ family }) => (vocabulary.families.includes(family) ? family : 'other'));

/** Usage per tool; tools outside the vocabulary count as `other`. */
export const toolUsage = (usage: readonly PatternUsage[], vocabulary: Vocabulary): readonly NamedUsage[] =>
  addUp(usage, ({ tool }) => vocabulary.canonicalTool(tool) ?? 'other');

/** Usage per pattern; patterns outside the vocabulary count as `other`. */
export const patternUsage = (usage: readonly PatternUsage[], vocabulary: Vocabulary): readonly NamedUsage[] =>
  addUp(usage, ({ name }) => (vocabulary.isPattern(name) ? name : 'other'));

/** Counts of the 500 most frequent names, most frequent first. */
export const mostFrequent = (rows: readonly NamedUsage[]): readonly NamedCount[] =>
  rows
    .map(({ name, count }) => ({ name, count }))
    .sort((a, b) => b.count - a.count)
    .slice(0, MAX_NAMES);

/** Hours and weekdays in this node's own time zone. */
export function activityOf(slots: ReturnType<AnswerFigures['slots']>): NodeSummary['activity'] {
  const hours = Array.from({ length: 24 }, () => 0);
  const weekdays = Array.from({ length: 7 }, () => 0);
  for (const { startMs, count } of slots) {
    const { hour, weekday } = localTime(startMs);
    hours[hour] = (hours[hour] ?? 0) + count;
    weekdays[weekday] = (weekdays[weekday] ?? 0) + count;
  }
  return { hours, weekdays };
}

/**
 * @param levels commands per risk level, by `RISK_LEVELS` index
 * @param rules matches per rule id
 * @param words family and technique of each rule; rules that are not in it are left out
 */
export function safetyOf(
  levels: readonly number[],
  rules: readonly NamedCount[],
  words: Readonly<Record<string, { readonly family: string; readonly technique: string | null }>>,
): NodeSummary['safety'] {
  const counts = Object.fromEntries(RISK_LEVELS.map((level, rank) => [level, levels[rank] ?? 0]));
  return {
    levels: counts as Record<RiskLevel, number>,
    families: tally(rules, (rule) => words[rule]?.family ?? null),
    techniques: tally(rules, (rule) => words[rule]?.technique ?? null),
  };
}

/**
 * Whether matches of a rule may leave the node. Where the owner denies tools, only those of rules
 * that cannot match a denied tool may: better too few matches than one of a denied tool.
 */
export function mayTell(rule: string, vocabulary: Pick<Vocabulary, 'rules'>, denied: ReadonlySet<string>): boolean {
  const words = vocabulary.rules[rule];
  if (!words || denied.size === 0) return words !== undefined;
  return words.tools?.every((tool) => !denied.has(tool)) ?? false;
}

/** Adds usage up under another name, sorted by it. */
function addUp(usage: readonly PatternUsage[], nameOf: (row: PatternUsage) => string): readonly NamedUsage[] {
  const sums = new Map<string, NamedUsage>();
  for (const row of usage) {
    const name = nameOf(row);
    const sum = sums.get(name);
    sums.set(name, {
      name,
      count: row.count + (sum?.count ?? 0),
      ended: row.ended + (sum?.ended ?? 0),
      failures: row.failures + (sum?.failures ?? 0),
      durationMsSum: Math.min(MAX_CELL_VALUE, row.durationMsSum + (sum?.durationMsSum ?? 0)),
      durationBuckets: row.durationBuckets.map((count, bucket) => count + (sum?.durationBuckets[bucket] ?? 0)),
    });
  }
  return [...sums.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Adds counts up under another name, sorted by it; a name of null is left out. */
function tally(counts: readonly NamedCount[], nameOf: (name: string) => string | null): readonly NamedCount[] {
  const sums = new Map<string, number>();
  for (const { name, count } of counts) {
    const under = nameOf(name);
    if (under !== null) sums.set(under, (sums.get(under) ?? 0) + count);
  }
  return [...sums].map(([name, count]) => ({ name, count })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

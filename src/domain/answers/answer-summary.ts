import { ANOMALY_KINDS } from '../anomalies/anomaly.ts';
import { RISK_LEVELS, type RiskLevel } from '../events/risk-level.ts';
import type { QueryType } from '../policy/trust.ts';
import type { NamedUsage, NodeSummary } from '../summaries/summary.ts';
import { localTime } from '../time/local-time.ts';
import type { AnswerFigures, PatternUsage } from './answer-figures.ts';
import { type AnswerSummary, MAX_CELL_VALUE, type NamedCount } from './query.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * Patterns beyond the most frequent ones tell of rarities rather than of habits, and could grow an
 * answer past a frame.
 */
const MAX_PATTERNS = 500;

export interface SummaryContext {
  readonly figures: AnswerFigures;
  readonly vocabulary: Vocabulary;
  /** Canonical names of the tools that the owner keeps back; `figures` lack them already. */
  readonly denied: ReadonlySet<string>;
}

/**
 * Level-1 figures of one node for one query type. Words outside the vocabulary are counted as
 * `other` or left out.
 */
export function summaryOf(type: QueryType, context: SummaryContext): AnswerSummary {
  return SUMMARIES[type](context);
}

const SUMMARIES: Readonly<Record<QueryType, (context: SummaryContext) => AnswerSummary>> = {
  'tool-usage': ({ figures, vocabulary }) => {
    const usage = figures.usage();
    return {
      tools: addUp(usage, ({ tool }) => vocabulary.canonicalTool(tool) ?? 'other'),
      families: familiesOf(usage, vocabulary),
    };
  },
  'recent-commands': ({ figures, vocabulary }) => {
    const usage = figures.usage();
    const patterns = addUp(usage, ({ name }) => (vocabulary.isPattern(name) ? name : 'other'));
    const tools = addUp(usage, ({ tool }) => vocabulary.canonicalTool(tool) ?? 'other');
    return { patterns: mostFrequent(patterns), toolCounts: mostFrequent(tools) };
  },
  'safety-posture': ({ figures, vocabulary, denied }) => {
    const rules = figures.rules().filter(({ name }) => mayTell(name, vocabulary, denied));
    const levels = figures.levels();
    return {
      safety: {
        levels: Object.fromEntries(RISK_LEVELS.map((level, rank) => [level, levels[rank] ?? 0])) as Record<
          RiskLevel,
          number
        >,
        families: tally(rules, (rule) => vocabulary.rules[rule]?.family ?? null),
        techniques: tally(rules, (rule) => vocabulary.rules[rule]?.technique ?? null),
      },
    };
  },
  'activity-patterns': ({ figures }) => ({ activity: activityOf(figures.slots()) }),
  anomalies: ({ figures }) => {
    const { anomalies } = figures.anomalies();
    return {
      anomalies: ANOMALY_KINDS.map((kind) => ({ kind, count: anomalies.filter((one) => one.kind === kind).length })),
    };
  },
  'node-health': ({ figures, vocabulary }) => ({
    coverage: figures.coverage(),
    catalogueVersion: vocabulary.catalogueVersion,
  }),
};

export const familiesOf = (usage: readonly PatternUsage[], vocabulary: Vocabulary): readonly NamedUsage[] =>
  addUp(usage, ({ family }) => (vocabulary.families.includes(family) ? family : 'other'));

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
 * Whether matches of a rule may be told of. Where tools are kept back, a rule is told of only if it
 * cannot have matched one of them: rather too few matches than one of a denied tool.
 */
export function mayTell(rule: string, vocabulary: Vocabulary, denied: ReadonlySet<string>): boolean {
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
      failures: row.failures + (sum?.failures ?? 0),
      durationMsSum: Math.min(MAX_CELL_VALUE, row.durationMsSum + (sum?.durationMsSum ?? 0)),
      durationBuckets: row.durationBuckets.map((count, bucket) => count + (sum?.durationBuckets[bucket] ?? 0)),
    });
  }
  return [...sums.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const mostFrequent = (rows: readonly NamedUsage[]): readonly NamedCount[] =>
  rows
    .map(({ name, count }) => ({ name, count }))
    .sort((a, b) => b.count - a.count)
    .slice(0, MAX_PATTERNS);

/** Adds counts up under another name, sorted by it; a name of null is left out. */
export function tally(counts: readonly NamedCount[], nameOf: (name: string) => string | null): readonly NamedCount[] {
  const sums = new Map<string, number>();
  for (const { name, count } of counts) {
    const under = nameOf(name);
    if (under !== null) sums.set(under, (sums.get(under) ?? 0) + count);
  }
  return [...sums].map(([name, count]) => ({ name, count })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

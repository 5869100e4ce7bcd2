import type { AnswerFigures } from '../../domain/answers/answer-figures.ts';
import { activityOf, familyUsage, mayTell, safetyOf } from '../../domain/answers/figure-sums.ts';
import type { NamedCount } from '../../domain/answers/query.ts';
import type { CountedWords } from '../../domain/answers/vocabulary.ts';
import { RISK_LEVELS } from '../../domain/events/risk-level.ts';
import type { DayLayout } from './day-1.ts';

export interface DayContext {
  /** Of one UTC day, without denied tools. */
  readonly figures: AnswerFigures;
  readonly vocabulary: CountedWords;
  /** Canonical names of the tools that the owner denies. */
  readonly denied: ReadonlySet<string>;
}

/**
 * The value of each cell, in the order of the layout. An amount that exceeds its cell is cut off at
 * the largest value. What the layout has no cell for is left out.
 */
export function dayCells(layout: DayLayout, context: DayContext): readonly number[] {
  const amounts = amountsOf(context);
  return layout.cells.map(({ measure, kind, bits }) => {
    const amount = amounts.get(measure) ?? 0;
    return kind === 'nodes' ? Math.min(amount, 1) : Math.min(amount, 2 ** bits - 1);
  });
}

/** Measure → amount; a measure that is missing is 0. The rules are those of answers at level 2. */
function amountsOf({ figures, vocabulary, denied }: DayContext): ReadonlyMap<string, number> {
  const families = familyUsage(figures.usage(), vocabulary);
  const rules = figures.rules().filter(({ name }) => mayTell(name, vocabulary, denied));
  const safety = safetyOf(figures.levels(), rules, vocabulary.rules);
  const coverage = figures.coverage();
  const commands = families.reduce((sum, { count }) => sum + count, 0);
  const byAgents = RISK_LEVELS.map((level, rank) => Math.min(figures.agentLevels()[rank] ?? 0, safety.levels[level]));
  const agents = byAgents.reduce((sum, count) => sum + count, 0);
  const durationMs = families.reduce((sum, { durationMsSum }) => sum + durationMsSum, 0);
  return new Map<string, number>([
    ['active', commands],
    ...named('families', families),
    ['failures', families.reduce((sum, { failures }) => sum + failures, 0)],
    ['seconds', Math.round(durationMs / 1_000)],
    ...RISK_LEVELS.map((level) => [`levels.${level}`, safety.levels[level]] as const),
    ...named('rules', safety.families),
    ...named('techniques', safety.techniques),
    ...activityOf(figures.slots()).hours.map((count, hour) => [`hours.${hour}`, count] as const),
    ...tally(figures.anomalies().anomalies.map(({ kind }) => `anomalies.${kind}`)),
    ['redacted', coverage.redacted],
    ['dropped', coverage.dropped],
    ...coverage.shells.map((shell) => [`shells.${shell}`, 1] as const),
    ['authors.human', Math.max(0, commands - agents)],
    ['authors.agent', Math.min(agents, commands)],
    ...RISK_LEVELS.flatMap((level, rank): readonly (readonly [string, number])[] => {
      const agent = byAgents[rank] ?? 0;
      return [
        [`authors.human.${level}`, safety.levels[level] - agent],
        [`authors.agent.${level}`, agent],
      ];
    }),
  ]);
}

const named = (section: string, counts: readonly NamedCount[]): readonly (readonly [string, number])[] =>
  counts.map(({ name, count }) => [`${section}.${name}`, count]);

function tally(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

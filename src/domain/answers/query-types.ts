/*
 * The query types: what each reads from a node's figures and which vector it answers with. A new
 * type needs its name in `QUERY_TYPES`, an entry here, and its title and figures on the page
 * (`QUERY_NAMES`, `FIGURES`); the compiler reports each that is missing.
 */

import { ANOMALY_KINDS } from '../anomalies/anomaly.ts';
import { AUTHOR_KINDS } from '../events/author.ts';
import { RISK_LEVELS, type RiskLevel } from '../events/risk-level.ts';
import { SHELLS } from '../events/shell-kind.ts';
import type { QueryType } from '../policy/trust.ts';
import type { NamedUsage } from '../summaries/summary.ts';
import { WEEKDAYS } from '../time/local-time.ts';
import type { AnswerFigures } from './answer-figures.ts';
import { activityOf, familyUsage, mayTell, mostFrequent, patternUsage, safetyOf, toolUsage } from './figure-sums.ts';
import type { AnswerSummary } from './query.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface SummaryContext {
  readonly figures: AnswerFigures;
  readonly vocabulary: Vocabulary;
  /** Canonical names of the tools that the owner denies; `figures` do not contain them. */
  readonly denied: ReadonlySet<string>;
}

/** A cell that is the sum of each of the lists of cells. */
export interface Section {
  readonly total: string;
  readonly parts: readonly (readonly string[])[];
}

/** Cell name → value; a cell that is missing is 0. Totals are computed from their parts. */
export type Cells = Readonly<Record<string, number>>;

export interface QueryTypeSpec {
  /**
   * Cells of the vector: those that belong to sums, and others. Every sum that ties cells together
   * MUST be declared: the floor relies on it.
   */
  readonly cellNames: (words: Pick<Vocabulary, 'families' | 'ruleFamilies'>) => {
    readonly sections: readonly Section[];
    readonly singles: readonly string[];
    /** Parts of a section that are sums of others. The last part takes what an older node tells. */
    readonly splits?: readonly Section[];
  };
  /**
   * False where the node answers `no_data` at level 1. Reads only figures that the answer needs
   * anyway.
   */
  readonly hasData: (figures: AnswerFigures) => boolean;
  /** The answer at level 1. Words outside the vocabulary count as `other` or are left out. */
  readonly summaryOf: (context: SummaryContext) => AnswerSummary;
  /** The figures of the vector. */
  readonly cellsOf: (summary: AnswerSummary, context: SummaryContext) => Cells;
}

/**
 * The measures of each tool family: known failures, and the sum of the measured durations. No share
 * or mean follows from them, because an exit status or a duration may be unknown. None may repeat
 * another under a second name (as a count of known ends would per family): a cell that the floor
 * hides could be read from the other.
 */
const USAGE_MEASURES = ['count', 'failures', 'durationMs'] as const;
/** Commands whose exit status is known, and the others. */
const STATUSES = ['statuses.known', 'statuses.unknown'] as const;

const TOOL_USAGE: QueryTypeSpec = {
  cellNames: ({ families }) => ({
    sections: USAGE_MEASURES.map((measure) => {
      const parts = families.map((family) => `families.${family}.${measure}`);
      return measure === 'count' ? { total: 'commands', parts: [parts, STATUSES] } : { total: measure, parts: [parts] };
    }),
    singles: [],
  }),
  hasData: hasUsage,
  summaryOf: ({ figures, vocabulary }) => {
    const usage = figures.usage();
    return { tools: toolUsage(usage, vocabulary), families: familyUsage(usage, vocabulary) };
  },
  cellsOf: ({ families = [] }) => ({
    ...Object.fromEntries(
      families.flatMap((row) =>
        USAGE_MEASURES.map((measure) => [`families.${row.name}.${measure}`, measured(row)[measure]] as const),
      ),
    ),
    'statuses.known': families.reduce((sum, { ended }) => sum + ended, 0),
    'statuses.unknown': families.reduce((sum, { count, ended }) => sum + count - ended, 0),
  }),
};

const RECENT_COMMANDS: QueryTypeSpec = {
  cellNames: ({ families }) => ({
    sections: [{ total: 'commands', parts: [families.map((family) => `families.${family}.count`)] }],
    singles: [],
  }),
  hasData: hasUsage,
  summaryOf: ({ figures, vocabulary }) => {
    const usage = figures.usage();
    return {
      patterns: mostFrequent(patternUsage(usage, vocabulary)),
      toolCounts: mostFrequent(toolUsage(usage, vocabulary)),
    };
  },
  cellsOf: (_summary, { figures, vocabulary }) =>
    Object.fromEntries(
      familyUsage(figures.usage(), vocabulary).map(({ name, count }) => [`families.${name}.count`, count]),
    ),
};

/** Who ran the commands of a level. Nodes of layout 3 do not tell. */
const AUTHORS = [...AUTHOR_KINDS, 'unknown'] as const;

const SAFETY_POSTURE: QueryTypeSpec = {
  cellNames: ({ ruleFamilies }) => ({
    sections: [
      { total: 'commands', parts: [RISK_LEVELS.map((level) => `levels.${level}`)] },
      { total: 'rules', parts: [ruleFamilies.map((family) => `rules.${family}`)] },
    ],
    singles: [],
    splits: RISK_LEVELS.map((level) => ({
      total: `levels.${level}`,
      parts: [AUTHORS.map((author) => `authors.${author}.${level}`)],
    })),
  }),
  hasData: (figures) => figures.levels().some((count) => count > 0),
  summaryOf: ({ figures, vocabulary, denied }) => {
    const rules = figures.rules().filter(({ name }) => mayTell(name, vocabulary, denied));
    return { safety: safetyOf(figures.levels(), rules, vocabulary.rules) };
  },
  // Levels are the sums of their authors. The summary, which is of one node, does not tell these.
  cellsOf: ({ safety }, { figures }) => ({
    ...Object.fromEntries(
      RISK_LEVELS.flatMap((level, rank) =>
        authorsOf(level, safety?.levels[level] ?? 0, figures.agentLevels()[rank] ?? 0),
      ),
    ),
    ...Object.fromEntries((safety?.families ?? []).map(({ name, count }) => [`rules.${name}`, count])),
  }),
};

const ACTIVITY_PATTERNS: QueryTypeSpec = {
  cellNames: () => ({
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
  hasData: (figures) => figures.slots().length > 0,
  summaryOf: ({ figures }) => ({ activity: activityOf(figures.slots()) }),
  cellsOf: ({ activity }) => ({
    ...Object.fromEntries((activity?.hours ?? []).map((count, hour) => [`hours.${hour}`, count])),
    ...Object.fromEntries(WEEKDAYS.map((name, weekday) => [`weekdays.${name}`, activity?.weekdays[weekday] ?? 0])),
  }),
};

const ANOMALIES: QueryTypeSpec = {
  cellNames: () => ({
    sections: [{ total: 'anomalies', parts: [ANOMALY_KINDS.map((kind) => `anomalies.${kind}`)] }],
    singles: [],
  }),
  // A history that is too short to judge is no data.
  hasData: (figures) => figures.anomalies().judged,
  summaryOf: ({ figures }) => {
    const { anomalies } = figures.anomalies();
    return {
      anomalies: ANOMALY_KINDS.map((kind) => ({ kind, count: anomalies.filter((one) => one.kind === kind).length })),
    };
  },
  cellsOf: ({ anomalies = [] }) => Object.fromEntries(anomalies.map(({ kind, count }) => [`anomalies.${kind}`, count])),
};

const NODE_HEALTH: QueryTypeSpec = {
  cellNames: () => ({
    sections: [],
    singles: ['commands', 'redacted', 'dropped', ...SHELLS.map((shell) => `shells.${shell}`)],
  }),
  hasData: () => true,
  summaryOf: ({ figures, vocabulary }) => ({
    coverage: figures.coverage(),
    catalogueVersion: vocabulary.catalogueVersion,
  }),
  cellsOf: ({ coverage }) => ({
    commands: coverage?.observed ?? 0,
    redacted: coverage?.redacted ?? 0,
    dropped: coverage?.dropped ?? 0,
    // 1 for each shell that reports: the sum is the number of nodes that have it.
    ...Object.fromEntries((coverage?.shells ?? []).map((shell) => [`shells.${shell}`, 1])),
  }),
};

export const QUERY_TYPE_SPECS: Readonly<Record<QueryType, QueryTypeSpec>> = {
  'tool-usage': TOOL_USAGE,
  'recent-commands': RECENT_COMMANDS,
  'safety-posture': SAFETY_POSTURE,
  'activity-patterns': ACTIVITY_PATTERNS,
  anomalies: ANOMALIES,
  'node-health': NODE_HEALTH,
};

/** An owner who deletes events may leave more commands of agents than commands. */
function authorsOf(level: RiskLevel, commands: number, agents: number): readonly (readonly [string, number])[] {
  const agent = Math.min(agents, commands);
  return [
    [`authors.human.${level}`, commands - agent],
    [`authors.agent.${level}`, agent],
  ];
}

function hasUsage(figures: AnswerFigures): boolean {
  return figures.usage().length > 0;
}

const measured = (row: NamedUsage): Readonly<Record<(typeof USAGE_MEASURES)[number], number>> => ({
  count: row.count,
  failures: row.failures,
  durationMs: row.durationMsSum,
});

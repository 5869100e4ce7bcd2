/**
 * The report for a board: the figures of the posture view (src/domain/trends) for one period, and
 * what they mean. It names no node, because trends have none.
 */

import { counted } from '../counted.ts';
import type { AgentShare } from '../trends/agent-share.ts';
import type { TechniqueMeasure } from '../trends/heat-map.ts';
import type { Mark } from '../trends/mark.ts';
import type { Measure } from '../trends/measure.ts';
import type { AnomalyMeasure, Gaps, KindMeasure, LevelMeasure, TrendPoint } from '../trends/posture.ts';
import type { HeatMapAnswer, PostureAnswer, TrendSource } from '../trends/trend-answers.ts';
import type { ReportPeriod } from './period.ts';

export interface NamedTechnique extends TechniqueMeasure {
  /** In ATT&CK v19; the id where this version does not know it. */
  readonly name: string;
  readonly tactic: string;
}

export interface Report {
  readonly format: 'caro.report.v1';
  readonly period: ReportPeriod;
  readonly first: string;
  readonly last: string;
  readonly days: number;
  /** ISO 8601 UTC. */
  readonly generatedAt: string;
  readonly version: string;
  readonly source: Pick<TrendSource, 'source' | 'name' | 'floor'>;
  /** `organisation`, or a unit. */
  readonly block: string;
  readonly coverage: {
    /** Members of the organization or unit when the report was made; null: not known. */
    readonly members: number | null;
    /** Nodes behind the newest day of the period; null if no day is known. */
    readonly contributors: number | null;
    /** Mean at each point of the trend. */
    readonly points: readonly (number | null)[];
    readonly knownDays: number;
  };
  readonly risky: Measure;
  readonly agents: AgentShare;
  readonly levels: readonly LevelMeasure[];
  readonly trend: readonly TrendPoint[];
  readonly previous: readonly TrendPoint[];
  /** The five kinds of risk with the highest rate. */
  readonly top: readonly Omit<KindMeasure, 'points'>[];
  readonly techniques: readonly NamedTechnique[];
  readonly anomalies: readonly AnomalyMeasure[];
  readonly marks: readonly Omit<Mark, 'id'>[];
  readonly gaps: Gaps;
  readonly method: readonly string[];
  readonly limits: readonly string[];
}

export interface ReportFacts {
  readonly period: ReportPeriod;
  readonly generatedAt: string;
  readonly version: string;
  readonly members: number | null;
  /** Name and tactic of a technique. */
  readonly techniqueOf: (id: string) => { readonly name: string; readonly tactic: string } | undefined;
}

const TOP = 5;

const withoutPoints = ({
  family,
  nodes,
  count,
  rate,
  before,
  change,
  days,
}: KindMeasure): Omit<KindMeasure, 'points'> => ({
  family,
  nodes,
  count,
  rate,
  before,
  change,
  days,
});

/** Both answers MUST be about the same span. */
export function reportOf(
  { posture, marks, source, block, days }: PostureAnswer,
  { techniques }: Pick<HeatMapAnswer, 'techniques'>,
  { period, generatedAt, version, members, techniqueOf }: ReportFacts,
): Report {
  const { source: kind, name, floor } = source;
  return {
    format: 'caro.report.v1',
    period,
    first: posture.first,
    last: posture.last,
    days,
    generatedAt,
    version,
    block,
    source: { source: kind, name, floor },
    coverage: {
      members,
      contributors: posture.latest?.contributors ?? null,
      points: posture.points.map(({ contributors }) => contributors),
      knownDays: days - posture.gaps.days,
    },
    risky: posture.risky,
    agents: posture.agents,
    levels: posture.levels,
    trend: posture.points,
    previous: posture.previous,
    top: posture.kinds.slice(0, TOP).map(withoutPoints),
    techniques: techniques
      .filter(({ nodeDays }) => nodeDays !== null && nodeDays > 0)
      .map((one) => {
        const { name, tactic } = techniqueOf(one.technique) ?? { name: one.technique, tactic: 'Other' };
        return { ...one, name, tactic };
      })
      .sort((a, b) => (b.nodeDays ?? 0) - (a.nodeDays ?? 0)),
    anomalies: posture.anomalies,
    marks: marks
      .filter(({ first, last }) => last >= posture.first && first <= posture.last)
      .map(({ first, last, label }) => ({ first, last, label })),
    gaps: posture.gaps,
    method: METHOD[kind],
    limits: limitsOf(kind, floor, posture.gaps),
  };
}

const COMMON = [
  'Each node rates the commands of its shells by rules; only counts leave it, never a command.',
  'Risky means of high or critical risk. Rates are per 1,000 commands over the days on which both figures are known.',
  'Changes compare the rate with that of the period of the same length before.',
];
const METHOD: Readonly<Record<Report['source']['source'], readonly string[]>> = {
  totals: [
    'The figures are released totals: two parties add them up, and neither can read the report of one node.',
    ...COMMON,
  ],
  answers: [
    'The figures are sums of answers to a daily question. The program of the node that asks adds them up.',
    ...COMMON,
  ],
};

const amount = (count: number): string => count.toLocaleString('en');

const limitsOf = (kind: Report['source']['source'], floor: number, gaps: Gaps): readonly string[] => [
  `Figures to which fewer than ${floor} nodes contributed are withheld${gaps.figures === 0 ? '' : `: ${amount(gaps.withheld)} of ${amount(gaps.figures)} figures of single days`}.`,
  `${counted(gaps.days, 'day')} of the period ${gaps.days === 1 ? 'has no figures and is' : 'have no figures and are'} left out, not counted as zero.`,
  kind === 'totals'
    ? 'A technique is counted once for each node and day, however often it matched.'
    : 'Answers have no ATT&CK techniques, so there is no technique map.',
  'A rule can match a harmless command, and commands outside a shell are not seen.',
];

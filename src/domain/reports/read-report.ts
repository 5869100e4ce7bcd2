/** Reads the figures of a report, for `caro report` and for the page. */
import type { HeatMapAnswer, PostureAnswer, TrendQuestion } from '../trends/trend-answers.ts';
import { closedSpan, type ReportPeriod, rollingSpan } from './period.ts';
import { type Report, type ReportFacts, reportOf } from './report.ts';

export interface ReportQuestion extends Pick<TrendQuestion, 'name' | 'block'> {
  readonly period: ReportPeriod;
  /** The days that end with the newest figures, instead of the last period that is over. */
  readonly isRolling: boolean;
}

interface ReportStore {
  readonly trends: {
    readonly posture: (question: TrendQuestion) => PostureAnswer;
    readonly heatMap: (question: TrendQuestion) => HeatMapAnswer;
  };
  readonly fleet: {
    /** Members of the organization, or of one unit; null where this node has no list of them. */
    readonly memberCount: (block: string) => number | null;
  };
}

/** @throws CaroError `not_found` where there are no figures, or for a name or block that is none */
export function readReport(
  { trends, fleet }: ReportStore,
  { period, isRolling, name, block }: ReportQuestion,
  facts: Omit<ReportFacts, 'period' | 'members'>,
): Report {
  const which = { ...(name === undefined ? {} : { name }), ...(block === undefined ? {} : { block }) };
  const { source } = trends.posture({ ...which, days: 1 });
  const span = isRolling ? rollingSpan(period, source.last) : closedSpan(period, source.last);
  const question = { ...which, ...span };
  const posture = trends.posture(question);
  const members = fleet.memberCount(posture.block);
  return reportOf(posture, trends.heatMap(question), { ...facts, period, members });
}

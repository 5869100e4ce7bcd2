import type { AnomalyReport } from '../anomalies/anomaly.ts';
import type { NodeSummary, UsageCounts } from '../summaries/summary.ts';
import type { NamedCount } from './query.ts';

/** Commands of one pattern. */
export type PatternUsage = UsageCounts & { readonly name: string; readonly tool: string; readonly family: string };

/**
 * What this node counted in a span, without the tools that its owner denies. Each member is read at
 * its first call and returns the same value from then on. The cost does not depend on the number of
 * events.
 */
export interface AnswerFigures {
  readonly usage: () => readonly PatternUsage[];
  /** Commands per risk level, by `RISK_LEVELS` index. */
  readonly levels: () => readonly number[];
  /** Those of them that coding agents ran. */
  readonly agentLevels: () => readonly number[];
  readonly slots: () => readonly { readonly startMs: number; readonly count: number }[];
  /** Matches per risk rule id, also of denied tools: rules are counted apart from patterns. */
  readonly rules: () => readonly NamedCount[];
  readonly coverage: () => NodeSummary['coverage'];
  /** Unusual stretches that end within the span. */
  readonly anomalies: () => AnomalyReport;
}

import type { NamedUsage } from '../summaries/summary.ts';
import type { RiskLevel } from './risk-level.ts';

/** Commands of the person or of one agent. */
export interface AuthorFigures {
  /** `human` or the agent's name. */
  readonly author: string;
  readonly commands: number;
  readonly ended: number;
  readonly failures: number;
  readonly levels: Readonly<Record<RiskLevel, number>>;
}

/**
 * The owner's own figures (`caro stats`), from rollups; quarter-hour slots that begin in [since,
 * until).
 */
export interface LocalStatistics {
  readonly since: string;
  readonly until: string;
  readonly commands: number;
  /** Commands whose exit status is known: a share of failures is one of these. */
  readonly ended: number;
  readonly failures: number;
  readonly levels: Readonly<Record<RiskLevel, number>>;
  /** The person first, then each agent; the figures above are the sums of these. */
  readonly authors: readonly AuthorFigures[];
  readonly tools: readonly NamedUsage[];
  readonly patterns: readonly NamedUsage[];
  readonly families: readonly NamedUsage[];
  readonly rules: readonly { readonly name: string; readonly count: number }[];
  /** Commands per quarter of an hour, only the slots that have any. */
  readonly slots: readonly {
    readonly start: string;
    readonly count: number;
    readonly ended: number;
    readonly failures: number;
    /** Of moderate, high and critical risk. */
    readonly moderate: number;
    readonly high: number;
    readonly critical: number;
  }[];
}

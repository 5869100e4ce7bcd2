import type { AnomalyKind } from '../anomalies/anomaly.ts';
import type { QueryType, TargetState } from '../policy/trust.ts';
import type { NodeSummary } from '../summaries/summary.ts';

/**
 * The only spans of time that can be asked for (design.md §8): fewer questions are fewer
 * differences to learn from.
 */
export const SPANS_HOURS = [24, 168, 720] as const;
export type SpanHours = (typeof SPANS_HOURS)[number];

const HOUR_MS = 3_600_000;
/**
 * A question of the last 24 h is asked some moments after its beginning was worked out: it is one
 * of 24 h still.
 */
const SLACK_MS = 60_000;

/**
 * The shortest span that covers `since` … `now` but for a minute, in hours; the longest where none
 * does. Milliseconds since the epoch.
 */
export function snapSpan(sinceMs: number, nowMs: number): SpanHours {
  return SPANS_HOURS.find((hours) => nowMs - sinceMs <= hours * HOUR_MS + SLACK_MS) ?? 720;
}

/** First instant of the span that ends at `nowMs`. */
export const spanStart = (hours: SpanHours, nowMs: number): number => nowMs - hours * HOUR_MS;

/**
 * Body of a `query` message. The span is a closed word rather than a time, so that skewed clocks
 * cannot move it.
 */
export type QueryBody = {
  readonly type: QueryType;
  readonly spanHours: SpanHours;
};

export interface NamedCount {
  readonly name: string;
  readonly count: number;
}

/**
 * What one node tells a trusted asker at level 1; which members stand in it follows from the type
 * of the query.
 */
export type AnswerSummary = Partial<Pick<NodeSummary, 'patterns' | 'activity' | 'safety' | 'families'>> & {
  readonly tools?: NodeSummary['tools'];
  /** Commands per tool, most frequent first. */
  readonly toolCounts?: readonly NamedCount[];
  readonly coverage?: NodeSummary['coverage'];
  readonly anomalies?: readonly { readonly kind: AnomalyKind; readonly count: number }[];
  readonly catalogueVersion?: number;
};

/**
 * Figures of one node. `cells` is the vector whose places `layout` names (`safety-posture/1`);
 * level 1 adds the node's own summary, level 2 has the vector alone.
 */
export type AnsweredBody = {
  readonly result: 'answered';
  readonly type: QueryType;
  readonly level: 1 | 2;
  readonly spanHours: SpanHours;
  readonly layout: string;
  /** Integers from 0 to `MOST_IN_A_CELL`. */
  readonly cells: readonly number[];
  readonly summary?: AnswerSummary;
};

/**
 * Why there are no figures. A denial says that much and no more: the rule behind it is the owner's
 * own business.
 */
export const REFUSALS = ['no_data', 'access_denied', 'suppressed', 'error'] as const;
export type RefusedBody = { readonly result: (typeof REFUSALS)[number]; readonly type: QueryType };

/** Body of a `response` message. */
export type ResponseBody = AnsweredBody | RefusedBody;

/** So that the sum over any number of nodes stays an exact integer. */
export const MAX_CELL_VALUE = 1e12;

export interface QueryTarget {
  readonly id: string;
  readonly name: string | null;
  readonly state: TargetState;
  readonly elapsedMs: number;
  /** Only of a node that answered at level 1. */
  readonly summary?: AnswerSummary;
}

/** Answer of `caro mesh query` (design.md §8, §10). `counts` add up to the number of targets. */
export interface QueryResult {
  readonly type: QueryType;
  /** The span that was asked for, snapped to 24 h, 7 d or 30 d. */
  readonly since: string;
  readonly until: string;
  readonly targets: readonly QueryTarget[];
  readonly counts: Readonly<Record<TargetState, number>>;
  /** Nodes whose figures stand in the aggregate, or would if it were not withheld. */
  readonly contributors: number;
  readonly withheld: 'cohort_too_small' | null;
  readonly withheldCells: readonly string[];
  /** Cell name → sum; null for a withheld cell. */
  readonly aggregate: Readonly<Record<string, number | null>> | null;
  readonly elapsedMs: number;
}

/**
 * Notice while a query runs: states only, never figures (design.md §8). `pending` targets have not
 * ended yet.
 */
export interface QueryProgress {
  readonly query: string;
  readonly type: QueryType;
  readonly pending: number;
  readonly targets: readonly { readonly id: string; readonly name: string | null; readonly state: TargetState }[];
}

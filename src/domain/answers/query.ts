import type { AnomalyKind } from '../anomalies/anomaly.ts';
import type { ErrorCode } from '../errors.ts';
import type { QueryType, Silence, TargetState } from '../policy/trust.ts';
import type { NodeSummary } from '../summaries/summary.ts';

/**
 * The only spans of time that a query may have (docs/design.md §8): fewer possible queries allow
 * fewer conclusions from their differences.
 */
export const SPANS_HOURS = [24, 168, 720] as const;
export type SpanHours = (typeof SPANS_HOURS)[number];
export const LONGEST_SPAN: SpanHours = 720;

/** Time limits that the page offers. */
export const TIME_LIMITS_MS = [500, 2_000, 5_000] as const;
export type TimeLimitMs = (typeof TIME_LIMITS_MS)[number];

const HOUR_MS = 3_600_000;
/** Time that may pass between computing `since` for the last 24 h and snapping it. */
const SLACK_MS = 60_000;

/**
 * The shortest span that covers `since` … `now` except for a minute, in hours; the longest span
 * where none does.
 * @param sinceMs since the epoch
 * @param nowMs since the epoch
 */
export function snapSpan(sinceMs: number, nowMs: number): SpanHours {
  return SPANS_HOURS.find((hours) => nowMs - sinceMs <= hours * HOUR_MS + SLACK_MS) ?? LONGEST_SPAN;
}

/** First instant of the span that ends at `nowMs`, in ms. */
export const spanStart = (hours: SpanHours, nowMs: number): number => nowMs - hours * HOUR_MS;

/**
 * Body of a `query` message. The span is a length rather than two times, so that a skewed clock
 * cannot move it.
 */
export type QueryBody = {
  readonly type: QueryType;
  readonly spanHours: SpanHours;
};

/**
 * What became of asking one peer: its answer, whose schema and signature are checked, or why there
 * is none.
 */
export type PeerAnswer =
  | { readonly ok: true; readonly body: ResponseBody }
  | { readonly ok: false; readonly code: ErrorCode };

export interface NamedCount {
  readonly name: string;
  readonly count: number;
}

/** What one node tells a trusted asker at level 1; its members depend on the type of the query. */
export type AnswerSummary = Partial<Pick<NodeSummary, 'patterns' | 'activity' | 'safety' | 'families'>> & {
  readonly tools?: NodeSummary['tools'];
  /** Commands per tool, most frequent first. */
  readonly toolCounts?: readonly NamedCount[];
  readonly coverage?: NodeSummary['coverage'];
  readonly anomalies?: readonly { readonly kind: AnomalyKind; readonly count: number }[];
  readonly catalogueVersion?: number;
};

/** Figures of one node. Level 1 has the node's summary and the vector, level 2 the vector alone. */
export type AnsweredBody = {
  readonly result: 'answered';
  readonly type: QueryType;
  readonly level: 1 | 2;
  readonly spanHours: SpanHours;
  /** Name of the schema of `cells`, e.g. `safety-posture/4`. */
  readonly layout: string;
  /** Integers from 0 to `MAX_CELL_VALUE`. */
  readonly cells: readonly number[];
  readonly summary?: AnswerSummary;
};

/** An answer at level 2 as it would leave, with the names of its cells in their order. */
export interface VectorPreview {
  readonly body: AnsweredBody;
  readonly cellNames: readonly string[];
}

/** Why there are no figures. A denial does not name its rule, which is private to the owner. */
export const REFUSALS = ['no_data', 'access_denied', 'suppressed', 'error'] as const;
export type RefusedBody = { readonly result: (typeof REFUSALS)[number]; readonly type: QueryType };

/** Body of a `response` message. */
export type ResponseBody = AnsweredBody | RefusedBody;

/** Keeps the sum over any number of nodes an exact integer. */
export const MAX_CELL_VALUE = 1e12;

export interface QueryTarget {
  readonly id: string;
  readonly name: string | null;
  readonly state: TargetState;
  readonly elapsedMs: number;
  /** Present only with `no_response`, where it is known. */
  readonly silence?: Silence;
  /** Present only for a node that answered at level 1. */
  readonly summary?: AnswerSummary;
}

/**
 * - `floor`: fewer nodes than the floor contributed.
 * - `companion`: the cell is withheld so that nobody can compute another one.
 * - `group`: one of the two. To say which would reveal a figure, since so little was counted. Also
 *   of authors of a level: they are shown together or not at all.
 */
export type WithheldRule = 'floor' | 'companion' | 'group';

/** Answer of `caro mesh query` (docs/design.md §8). `counts` add up to the number of targets. */
export interface QueryResult {
  readonly type: QueryType;
  /** The requested span, snapped to 24 h, 7 d or 30 d. */
  readonly since: string;
  readonly until: string;
  readonly targets: readonly QueryTarget[];
  readonly counts: Readonly<Record<TargetState, number>>;
  /** Nodes whose figures are in the aggregate, or would be if it were not withheld. */
  readonly contributors: number;
  readonly withheld: 'cohort_too_small' | null;
  readonly withheldCells: readonly string[];
  /** Withheld cell → the rule that withholds it. */
  readonly withheldBy: Readonly<Record<string, WithheldRule>>;
  /** Cell name → sum; null for a withheld cell. */
  readonly aggregate: Readonly<Record<string, number | null>> | null;
  readonly elapsedMs: number;
}

/**
 * Notice while a query runs: states only, never figures (docs/design.md §8). `pending` counts the
 * targets that have not ended yet.
 */
export interface QueryProgress {
  readonly query: string;
  readonly type: QueryType;
  readonly pending: number;
  readonly targets: readonly { readonly id: string; readonly name: string | null; readonly state: TargetState }[];
}

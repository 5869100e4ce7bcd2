import type { QueryBody, QueryProgress, QueryResult, ResponseBody, VectorPreview } from '../../domain/answers/query.ts';
import type { SavedAnswer, SavedAnswerFilter, SavedAnswerLine } from '../../domain/answers/saved-answer.ts';
import type { TotalAnswer, TotalQuestion, TotalSeries } from '../../domain/blind/total-series.ts';
import type { RollCall } from '../../domain/fleet/roll-call.ts';
import type { Asker } from '../../domain/policy/policy.ts';
import type { QueryType } from '../../domain/policy/trust.ts';
import type { SummaryLine, SummaryPreview, SummaryResult } from '../../domain/summaries/summary.ts';
import type { ReceivedSummary } from '../../domain/summaries/summary-intake.ts';
import type { PeriodKind } from '../../domain/time/period.ts';
import type { Mark } from '../../domain/trends/mark.ts';
import type { TechniqueGuide } from '../../domain/trends/technique-guide.ts';
import type { Nothing } from './empty-body.ts';

/** Messages about summaries, questions to the mesh, their answers and trends. */
export interface AnswerMessages {
  'summary.preview': { readonly period: PeriodKind };
  /**
   * Whether the preview of this digest was shown in the last hour, and still shows what would
   * leave.
   */
  'summary.shown': { readonly digest: string };
  /** What a supervisor would be answered now, for the longest span. */
  'aggregates.preview': Nothing;
  /** As `summary.shown`, of the vectors. */
  'aggregates.shown': { readonly digest: string };
  /** Those of this node, or those received from the node `from`. */
  'summary.list': { readonly limit?: number; readonly from?: string };
  /** A peer delivered a summary; signature, author and schema have been checked. */
  'summary.received': ReceivedSummary;
  'summary.made': { readonly id: string };
  /** `query`: the id of its `query.partial` notices, 16 hex digits. */
  'mesh.query': {
    readonly type: QueryType;
    readonly since?: string;
    readonly timeoutMs?: number;
    readonly query?: string;
  };
  /** Sums that passed the floor, as they were stored. */
  'answers.list': SavedAnswerFilter;
  'answers.show': { readonly seq: number };
  /** Asks every member whether it is there. */
  'fleet.ask': { readonly timeoutMs: number };
  /** Released totals of blind tasks (docs/queries.md "Released totals"). */
  'totals.list': Nothing;
  'totals.read': TotalQuestion;
  /** Events on the time axis of trends. */
  'marks.add': Omit<Mark, 'id'>;
  'marks.remove': { readonly id: number };
  /** ATT&CK techniques that rules name; one of them with its rules. */
  'techniques.list': { readonly technique?: string };
  /** From the query router to itself: a daily question may be due. */
  'questions.ask': Nothing;
  'query.answer': { readonly asker: Asker; readonly query: QueryBody };
  /** As `query.answer` for a peer, but without a record and a limit: MUST NOT leave this node. */
  'query.rehearse': QueryBody;
  'query.partial': QueryProgress;
}

export interface AnswerReplies {
  'summary.preview': SummaryPreview;
  'summary.shown': boolean;
  'aggregates.preview': { readonly vectors: readonly VectorPreview[]; readonly digest: string };
  'aggregates.shown': boolean;
  'summary.list': readonly SummaryLine[];
  'summary.received': SummaryResult;
  'mesh.query': QueryResult;
  'answers.list': readonly SavedAnswerLine[];
  'answers.show': SavedAnswer;
  'fleet.ask': RollCall;
  'totals.list': readonly TotalSeries[];
  'totals.read': TotalAnswer;
  'marks.add': Mark;
  'marks.remove': null;
  'techniques.list': readonly TechniqueGuide[];
  'questions.ask': null;
  'query.answer': ResponseBody;
  'query.rehearse': ResponseBody;
}

import type { QueryType } from '../policy/trust.ts';
import type { QueryResult, QueryTarget, SpanHours } from './query.ts';

/** Who asked: a person, or this node by itself (`analyst.daily`). */
export const ASKED_BY = ['person', 'daily'] as const;
export type AskedBy = (typeof ASKED_BY)[number];

/** A result as it is kept: with the state of each target, without the summaries of single nodes. */
export type KeptResult = Omit<QueryResult, 'targets'> & {
  readonly targets: readonly Omit<QueryTarget, 'summary'>[];
};

/** An aggregate that passed the floor. */
export interface SavedAnswer {
  /** Grows with each answer. */
  readonly seq: number;
  readonly askedBy: AskedBy;
  readonly spanHours: SpanHours;
  /** `privacy.min_contributors` when it was asked. */
  readonly floor: number;
  readonly result: KeptResult;
}

export type SavedAnswerLine = Pick<SavedAnswer, 'seq' | 'askedBy' | 'spanHours' | 'floor'> & {
  readonly type: QueryType;
  /** End of the span, ISO 8601 UTC. */
  readonly until: string;
  /** Nodes asked, and how many of them are in the sum. */
  readonly targets: number;
  readonly contributors: number;
};

export interface SavedAnswerFilter {
  readonly type?: QueryType;
  readonly spanHours?: SpanHours;
  readonly before?: number;
  readonly limit?: number;
}

/** What is kept of a result; null where nothing passed the floor. */
export function keptResult({ targets, ...result }: QueryResult): KeptResult | null {
  if (result.aggregate === null) return null;
  return {
    ...result,
    targets: targets.map(({ id, name, state, elapsedMs, silence }) => ({
      id,
      name,
      state,
      elapsedMs,
      ...(silence ? { silence } : {}),
    })),
  };
}

/** One cell of two answers; null where it is withheld. */
export interface CellChange {
  readonly cell: string;
  readonly before: number | null;
  readonly after: number | null;
  /** Null where one of them is withheld: an unknown change is no zero. */
  readonly change: number | null;
}

/** The cells of two answers to the same question, in the order of the later one. */
export function compareCells(before: KeptResult, after: KeptResult): readonly CellChange[] {
  return Object.entries(after.aggregate ?? {}).map(([cell, now]) => {
    const then = before.aggregate?.[cell] ?? null;
    return { cell, before: then, after: now, change: then === null || now === null ? null : now - then };
  });
}

/** A saved answer without its figures. */
export const savedLine = ({ result, ...rest }: SavedAnswer): SavedAnswerLine => ({
  ...rest,
  type: result.type,
  until: result.until,
  targets: result.targets.length,
  contributors: result.contributors,
});

const CSV_TITLES = 'number,until,query,span_hours,asked_by,floor,asked,in_sum,cell,value,withheld';

/** One line for each cell. A withheld value is empty. Words of the vocabulary need no quotes. */
export function* answersCsv(answers: readonly SavedAnswer[]): Generator<string> {
  yield CSV_TITLES;
  for (const saved of answers) {
    const { seq, until, type, spanHours, askedBy, floor, targets, contributors } = savedLine(saved);
    for (const [cell, value] of Object.entries(saved.result.aggregate ?? {}))
      yield [
        ...[seq, until, type, spanHours, askedBy, floor, targets, contributors],
        ...[cell, value ?? '', saved.result.withheldBy[cell] ?? ''],
      ].join(',');
  }
}

import { type AnsweredBody, type AnswerSummary, MAX_CELL_VALUE, type QueryBody, type ResponseBody } from './query.ts';
import { QUERY_TYPE_SPECS, type SummaryContext } from './query-types.ts';
import { type VectorSchema, vectorSchemaOf } from './vector-schema.ts';

/**
 * The answer of this node at a level: level 1 its summary and the vector, level 2 the vector alone
 * (FR-705). At level 1 it is `no_data` where nothing was observed in the span, or for anomalies
 * where the history is too short to judge. At level 2 that is a vector of zeros: the state of a
 * node is shown to the asker, who could otherwise date the first command.
 */
export function answerOf(query: QueryBody, level: 1 | 2, context: SummaryContext): ResponseBody {
  const hasAnswer = level === 2 || QUERY_TYPE_SPECS[query.type].hasData(context.figures);
  return hasAnswer ? figuresOf(query, level, context) : { result: 'no_data', type: query.type };
}

/** The figures of this node at a level, even where there are none. */
export function figuresOf({ type, spanHours }: QueryBody, level: 1 | 2, context: SummaryContext): AnsweredBody {
  const spec = QUERY_TYPE_SPECS[type];
  const schema = vectorSchemaOf(type, context.vocabulary);
  const summary: AnswerSummary = spec.summaryOf(context);
  return {
    result: 'answered',
    type,
    level,
    spanHours,
    layout: schema.name,
    cells: vectorOf(schema, spec.cellsOf(summary, context)),
    ...(level === 1 ? { summary } : {}),
  };
}

function vectorOf(schema: VectorSchema, cells: Readonly<Record<string, number>>): readonly number[] {
  const vector = schema.cells.map((cell) => Math.min(MAX_CELL_VALUE, cells[cell] ?? 0));
  for (const { total, parts } of [...schema.splits, ...schema.partitions]) {
    vector[total] = parts.reduce((sum, part) => sum + (vector[part] ?? 0), 0);
  }
  return vector;
}

import type { AnswerFigures } from './answer-figures.ts';
import { type SummaryContext, summaryOf } from './answer-summary.ts';
import { vectorOf } from './answer-vector.ts';
import type { NamedCount, QueryBody, ResponseBody } from './query.ts';
import { vectorSchemaOf } from './vector-schema.ts';

/**
 * What this node answers at a level: level 1 its own summary with the vector, level 2 the vector
 * alone (FR-705). `no_data` where nothing was observed in the span, or for anomalies where the
 * history is too short to judge.
 */
export function answerOf({ type, spanHours }: QueryBody, level: 1 | 2, context: SummaryContext): ResponseBody {
  if (!hasData(type, context.figures)) return { result: 'no_data', type };
  const layout = vectorSchemaOf(type, context.vocabulary);
  const summary = summaryOf(type, context);
  return {
    result: 'answered',
    type,
    level,
    spanHours,
    layout: layout.name,
    cells: vectorOf(layout, type, summary, context),
    ...(level === 1 ? { summary } : {}),
  };
}

/** `git: 45 commands` */
export const phrase = ({ name, count }: NamedCount): string =>
  `${name}: ${count} ${count === 1 ? 'command' : 'commands'}`;

function hasData(type: QueryBody['type'], figures: AnswerFigures): boolean {
  if (type === 'node-health') return true;
  if (type === 'anomalies') return figures.anomalies().judged;
  // Whichever of the figures the answer is made of anyway.
  if (type === 'safety-posture') return figures.levels().some((count) => count > 0);
  return (type === 'activity-patterns' ? figures.slots() : figures.usage()).length > 0;
}

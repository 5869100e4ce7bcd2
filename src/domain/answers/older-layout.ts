/*
 * Answers in the layout before ours (docs/queries.md "Vectors"). It has all cells of ours in the
 * same order, except the parts of splits, which come last.
 */

import type { AnsweredBody, ResponseBody } from './query.ts';
import { LAYOUT_VERSION, type VectorSchema } from './vector-schema.ts';

const olderName = (type: AnsweredBody['type']): string => `${type}/${LAYOUT_VERSION - 1}`;
const olderLength = ({ cells, splits }: VectorSchema): number =>
  cells.length - splits.reduce((sum, { parts }) => sum + parts.length, 0);

/** An answer for an asker of the older layout. */
export function inOlderLayout(body: AnsweredBody, schema: VectorSchema): AnsweredBody {
  return { ...body, layout: olderName(body.type), cells: body.cells.slice(0, olderLength(schema)) };
}

/**
 * An answer of an older node in our layout: the last part of each split holds what the node cannot
 * split. Another answer is returned as it is, also one that does not fit the older layout.
 */
export function inOurLayout(body: AnsweredBody, schema: VectorSchema): AnsweredBody {
  const length = olderLength(schema);
  if (body.layout !== olderName(body.type) || body.cells.length !== length) return body;
  const cells = [...body.cells, ...schema.cells.slice(length).map(() => 0)];
  for (const { total, parts } of schema.splits) cells[parts.at(-1) ?? total] = cells[total] ?? 0;
  return { ...body, layout: schema.name, cells };
}

/**
 * An answer as its asker understands it.
 * @param layout newest version that the asker knows
 */
export const answerFor = (body: ResponseBody, layout: number, schema: VectorSchema): ResponseBody =>
  body.result === 'answered' && layout < LAYOUT_VERSION ? inOlderLayout(body, schema) : body;

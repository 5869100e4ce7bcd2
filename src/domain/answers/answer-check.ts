import type { NodeSummary } from '../summaries/summary.ts';
import type { AnsweredBody, QueryBody, ResponseBody } from './query.ts';
import { type VectorSchema, vectorSchemaOf } from './vector-schema.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * Why an answer must not leave, or null: a word that is not in the vocabulary, a vector that does
 * not fit its layout, a summary at level 2. The schema has been checked before; this is what a
 * schema cannot say. The text holds no word of the answer.
 */
export function answerFault(body: ResponseBody, vocabulary: Vocabulary): string | null {
  if (body.result !== 'answered') return null;
  const fault = layoutFault(body, vectorSchemaOf(body.type, vocabulary));
  if (fault !== null) return fault;
  const { patterns = [], toolCounts = [], tools = [], safety } = body.summary ?? {};
  if (patterns.some(({ name }) => !vocabulary.isPattern(name))) return 'a pattern is not in the catalogue';
  if ([...toolCounts, ...tools].some(({ name }) => !isToolWord(name, vocabulary)))
    return 'a tool is not in the catalogue';
  if (safety?.techniques.some(({ name }) => !techniquesOf(vocabulary).has(name))) return UNKNOWN_TECHNIQUE;
  return null;
}

/**
 * Why a summary must not leave, or null: a word that is not in the vocabulary, or a tool that the
 * owner keeps back (canonical names). The text holds no word of the summary.
 */
export function summaryFault(
  summary: Pick<NodeSummary, 'patterns' | 'tools' | 'families' | 'safety'>,
  vocabulary: Vocabulary,
  denied: ReadonlySet<string>,
): string | null {
  const { patterns, tools, families, safety } = summary;
  if (patterns.some(({ name }) => !vocabulary.isPattern(name))) return 'a pattern is not in the catalogue';
  if (tools.some(({ name }) => !isToolWord(name, vocabulary))) return 'a tool is not in the catalogue';
  if (tools.some(({ name }) => denied.has(name))) return 'a tool is kept back by the owner';
  if (patterns.some(({ name }) => denied.has(name.split(' ')[0] ?? ''))) return 'a pattern is kept back by the owner';
  if (families.some(({ name }) => !vocabulary.families.includes(name))) return 'a family is not in the catalogue';
  if (safety.families.some(({ name }) => !vocabulary.ruleFamilies.includes(name))) return 'a rule family is unknown';
  return safety.techniques.every(({ name }) => techniquesOf(vocabulary).has(name)) ? null : UNKNOWN_TECHNIQUE;
}

/**
 * Whether a body answers the question that was asked (`layout` is the one of its type), so that its
 * vector may be added to others. Its words may be newer than ours: see `withKnownWords`.
 */
export function isAnswerTo(query: QueryBody, body: AnsweredBody, layout: VectorSchema): boolean {
  return body.type === query.type && body.spanHours === query.spanHours && layoutFault(body, layout) === null;
}

/**
 * An answer as it may be shown: what our own vocabulary does not have is left out, whoever sent it.
 */
export function withKnownWords(body: AnsweredBody, vocabulary: Vocabulary): AnsweredBody {
  const { summary } = body;
  if (!summary) return body;
  const { patterns, toolCounts, tools } = summary;
  const isTool = ({ name }: { readonly name: string }): boolean => isToolWord(name, vocabulary);
  return {
    ...body,
    summary: {
      ...summary,
      ...(patterns ? { patterns: patterns.filter(({ name }) => vocabulary.isPattern(name)) } : {}),
      ...(toolCounts ? { toolCounts: toolCounts.filter(isTool) } : {}),
      ...(tools ? { tools: tools.filter(isTool) } : {}),
    },
  };
}

function layoutFault(body: AnsweredBody, layout: VectorSchema): string | null {
  if (body.layout !== layout.name) return 'the layout has another version';
  if (body.cells.length !== layout.cells.length) return 'the vector does not fit its layout';
  const isSum = layout.partitions.every(
    ({ total, parts }) => body.cells[total] === parts.reduce((sum, part) => sum + (body.cells[part] ?? 0), 0),
  );
  if (!isSum) return 'a total is not the sum of its parts';
  return (body.level === 1) === (body.summary !== undefined) ? null : 'a summary belongs to level 1 and to no other';
}

const UNKNOWN_TECHNIQUE = 'a technique is not in the table of rules';

const techniquesOf = (vocabulary: Vocabulary): ReadonlySet<string | null> =>
  new Set(Object.values(vocabulary.rules).map(({ technique }) => technique));

const isToolWord = (name: string, vocabulary: Vocabulary): boolean =>
  name === 'other' || vocabulary.canonicalTool(name) === name;

import type { NodeSummary } from '../summaries/summary.ts';
import { inOurLayout } from './older-layout.ts';
import type { AnsweredBody, QueryBody, ResponseBody } from './query.ts';
import { type VectorSchema, vectorSchemaOf } from './vector-schema.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * Why an answer must not leave this node, or null: a word outside the vocabulary, a vector that
 * does not fit its schema, a summary at level 2. MUST be called after `responseSchema` was checked,
 * which cannot express these rules. The text contains no word of the answer.
 */
export function answerFault(body: ResponseBody, vocabulary: Vocabulary): string | null {
  if (body.result !== 'answered') return null;
  const schema = vectorSchemaOf(body.type, vocabulary);
  const fault = vectorFault(inOurLayout(body, schema), schema);
  if (fault !== null) return fault;
  const { patterns = [], toolCounts = [], tools = [], safety } = body.summary ?? {};
  if (patterns.some(({ name }) => !vocabulary.isPattern(name))) return 'a pattern is not in the catalogue';
  if ([...toolCounts, ...tools].some(({ name }) => !isToolWord(name, vocabulary)))
    return 'a tool is not in the catalogue';
  if (safety?.techniques.some(({ name }) => !techniquesOf(vocabulary).has(name))) return UNKNOWN_TECHNIQUE;
  return null;
}

/**
 * Why a summary must not leave this node, or null: a word outside the vocabulary, or a denied tool.
 * The text contains no word of the summary.
 * @param denied canonical names of tools
 */
export function summaryFault(
  summary: Pick<NodeSummary, 'patterns' | 'tools' | 'families' | 'safety'>,
  vocabulary: Vocabulary,
  denied: ReadonlySet<string>,
): string | null {
  const { patterns, tools, families, safety } = summary;
  if (patterns.some(({ name }) => !vocabulary.isPattern(name))) return 'a pattern is not in the catalogue';
  if (tools.some(({ name }) => !isToolWord(name, vocabulary))) return 'a tool is not in the catalogue';
  if (tools.some(({ name }) => denied.has(name))) return 'a tool is denied by the owner';
  if (patterns.some(({ name }) => denied.has(name.split(' ')[0] ?? ''))) return 'a pattern is denied by the owner';
  if (families.some(({ name }) => !vocabulary.families.includes(name))) return 'a family is not in the catalogue';
  if (safety.families.some(({ name }) => !vocabulary.ruleFamilies.includes(name))) return 'a rule family is unknown';
  return safety.techniques.every(({ name }) => techniquesOf(vocabulary).has(name)) ? null : UNKNOWN_TECHNIQUE;
}

/**
 * Whether a body answers this query, so that its vector may be added to others. An older one MUST
 * be converted by `inOurLayout` first. Its words may be newer than ours: see `withKnownWords`.
 * @param schema of the type that was asked for
 */
export function isAnswerTo(query: QueryBody, body: AnsweredBody, schema: VectorSchema): boolean {
  return body.type === query.type && body.spanHours === query.spanHours && vectorFault(body, schema) === null;
}

/** An answer as it may be shown: words outside our own vocabulary are left out. */
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

function vectorFault(body: AnsweredBody, schema: VectorSchema): string | null {
  if (body.layout !== schema.name) return 'the layout has another version';
  if (body.cells.length !== schema.cells.length) return 'the vector does not fit its layout';
  const isSum = [...schema.partitions, ...schema.splits].every(
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

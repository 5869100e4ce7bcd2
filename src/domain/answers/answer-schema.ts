import { ANOMALY_KINDS } from '../anomalies/anomaly.ts';
import { RISK_LEVELS } from '../events/risk-level.ts';
import { SHELLS } from '../events/shell-kind.ts';
import { QUERY_TYPES } from '../policy/trust.ts';
import { DURATION_BUCKETS } from '../summaries/summary.ts';
import { type AnswerSummary, MAX_CELL_VALUE, REFUSALS, SPANS_HOURS } from './query.ts';
import type { Vocabulary } from './vocabulary.ts';

/** A JSON Schema (draft-07). */
export type AnswerSchema = Readonly<Record<string, unknown>>;

const closed = (
  properties: Readonly<Record<string, AnswerSchema>>,
  required: readonly string[] = Object.keys(properties),
): AnswerSchema => ({ type: 'object', additionalProperties: false, required, properties });

const list = (items: AnswerSchema, maxItems: number, minItems = 0): AnswerSchema => ({
  type: 'array',
  minItems,
  maxItems,
  items,
});

const count: AnswerSchema = { type: 'integer', minimum: 0, maximum: MAX_CELL_VALUE };
const counts = (length: number): AnswerSchema => list(count, length, length);
const word = (values: readonly (string | number)[]): AnswerSchema => ({ enum: values });

/** The form of catalogue words; `answerFault` checks that a word is in the catalogue. */
const TOOL: AnswerSchema = { type: 'string', pattern: '^[a-z0-9][a-z0-9._+-]{0,31}$' };
const PATTERN: AnswerSchema = {
  type: 'string',
  pattern: '^[a-z0-9][a-z0-9._+-]{0,31}( [A-Za-z0-9][A-Za-z0-9._:+-]{0,31})?$',
};
const TECHNIQUE: AnswerSchema = { type: 'string', pattern: '^T\\d{4}(\\.\\d{3})?$' };
const MAX_NAMES = 4_000;
const MAX_CELLS = 1_024;

const named = (name: AnswerSchema): AnswerSchema => list(closed({ name, count }), MAX_NAMES);
const usage = (name: AnswerSchema): AnswerSchema =>
  list(
    closed({ name, count, failures: count, durationMsSum: count, durationBuckets: counts(DURATION_BUCKETS) }),
    MAX_NAMES,
  );

/** Body of a `query` message: a type and one of three spans; there is no filter. */
export const QUERY_SCHEMA: AnswerSchema = closed({ type: word(QUERY_TYPES), spanHours: word(SPANS_HOURS) });

/**
 * Body of a `response` message. The schema bounds form and size; senders also check `answerFault`,
 * receivers `isAnswerTo`.
 * @param words closed lists of the families
 */
export function responseSchema(words: Pick<Vocabulary, 'families' | 'ruleFamilies'>): AnswerSchema {
  const family = word(words.families);
  const levels = closed(Object.fromEntries(RISK_LEVELS.map((level) => [level, count])));
  const summary = closed(
    {
      patterns: named(PATTERN),
      toolCounts: named(TOOL),
      tools: usage(TOOL),
      families: usage(family),
      activity: closed({ hours: counts(24), weekdays: counts(7) }),
      safety: closed({ levels, families: named(word(words.ruleFamilies)), techniques: named(TECHNIQUE) }),
      coverage: closed({
        observed: count,
        redacted: count,
        dropped: count,
        shells: { ...list(word(SHELLS), SHELLS.length), uniqueItems: true },
      }),
      anomalies: list(closed({ kind: word(ANOMALY_KINDS), count }), ANOMALY_KINDS.length),
      catalogueVersion: count,
    } satisfies Required<Record<keyof AnswerSummary, AnswerSchema>>,
    [],
  );
  const figures = {
    result: { const: 'answered' },
    type: word(QUERY_TYPES),
    spanHours: word(SPANS_HOURS),
    layout: { type: 'string', pattern: '^[a-z-]{1,32}/\\d{1,6}$' },
    cells: list(count, MAX_CELLS, 1),
  };
  return {
    oneOf: [
      closed({ result: word(REFUSALS), type: word(QUERY_TYPES) }),
      closed({ ...figures, level: { const: 1 }, summary }),
      closed({ ...figures, level: { const: 2 } }),
    ],
  };
}

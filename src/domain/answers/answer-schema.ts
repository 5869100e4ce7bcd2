import { ANOMALY_KINDS } from '../anomalies/anomaly.ts';
import { closed, type JsonSchema, list, text } from '../encoding/json-schema.ts';
import { RISK_LEVELS } from '../events/risk-level.ts';
import { SHELLS } from '../events/shell-kind.ts';
import { QUERY_TYPES } from '../policy/trust.ts';
import { DURATION_BUCKETS } from '../summaries/summary.ts';
import { type AnswerSummary, MAX_CELL_VALUE, REFUSALS, SPANS_HOURS } from './query.ts';
import type { Vocabulary } from './vocabulary.ts';

const count: JsonSchema = { type: 'integer', minimum: 0, maximum: MAX_CELL_VALUE };
const counts = (length: number): JsonSchema => list(count, length, length);
const word = (values: readonly (string | number)[]): JsonSchema => ({ enum: values });

/** The form of catalogue words; `answerFault` checks that a word is in the catalogue. */
const TOOL: JsonSchema = text('^[a-z0-9][a-z0-9._+-]{0,31}$');
const PATTERN: JsonSchema = text('^[a-z0-9][a-z0-9._+-]{0,31}( [A-Za-z0-9][A-Za-z0-9._:+-]{0,31})?$');
const TECHNIQUE: JsonSchema = text('^T\\d{4}(\\.\\d{3})?$');
const MAX_NAMES = 4_000;
const MAX_CELLS = 1_024;

const named = (name: JsonSchema): JsonSchema => list(closed({ name, count }), 0, MAX_NAMES);
const usage = (name: JsonSchema): JsonSchema =>
  list(
    closed({
      name,
      count,
      ended: count,
      failures: count,
      durationMsSum: count,
      durationBuckets: counts(DURATION_BUCKETS),
    }),
    0,
    MAX_NAMES,
  );

/** Body of a `query` message: a type and one of three spans; there is no filter. */
export const QUERY_SCHEMA: JsonSchema = closed({ type: word(QUERY_TYPES), spanHours: word(SPANS_HOURS) });

/**
 * Body of a `response` message. The schema bounds form and size; senders also check `answerFault`,
 * receivers `isAnswerTo`.
 * @param words closed lists of the families
 */
export function responseSchema(words: Pick<Vocabulary, 'families' | 'ruleFamilies'>): JsonSchema {
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
        shells: { ...list(word(SHELLS), 0, SHELLS.length), uniqueItems: true },
      }),
      anomalies: list(closed({ kind: word(ANOMALY_KINDS), count }), 0, ANOMALY_KINDS.length),
      catalogueVersion: count,
    } satisfies Required<Record<keyof AnswerSummary, JsonSchema>>,
    [],
  );
  const figures = {
    result: { const: 'answered' },
    type: word(QUERY_TYPES),
    spanHours: word(SPANS_HOURS),
    layout: text('^[a-z-]{1,32}/\\d{1,6}$'),
    cells: list(count, 1, MAX_CELLS),
  };
  return {
    oneOf: [
      closed({ result: word(REFUSALS), type: word(QUERY_TYPES) }),
      closed({ ...figures, level: { const: 1 }, summary }),
      closed({ ...figures, level: { const: 2 } }),
    ],
  };
}

import { ADVISORY_ENVELOPE, ADVISORY_RESULTS } from '../../domain/advisories/advisory.ts';
import { QUERY_SCHEMA, responseSchema } from '../../domain/answers/answer-schema.ts';
import type { Vocabulary } from '../../domain/answers/vocabulary.ts';
import { CHECKPOINT_SCHEMA, COSIGNATURE_SCHEMA } from '../../domain/audit/tlog.ts';
import { closed, type JsonSchema, list, orNull, text } from '../../domain/encoding/json-schema.ts';
import { RISK_LEVELS } from '../../domain/events/risk-level.ts';
import { SHELLS } from '../../domain/events/shell-kind.ts';
import { MAX_ROTATIONS } from '../../domain/identity/key-statement.ts';
import {
  BASE64_32,
  envelopeSchema,
  NODE_ID,
  NONCE,
  REVOCATION_ENVELOPE,
  ROTATION_ENVELOPE,
  TIME,
} from '../../domain/identity/key-statement-schemas.ts';
import { DURATION_BUCKETS, SUMMARY_RESULTS, SUMMARY_TYPE } from '../../domain/summaries/summary.ts';
import { PERIOD_KINDS } from '../../domain/time/period.ts';
import { BLIND_SCHEMAS } from './blind-schemas.ts';
import { GOODBYE_REASONS, MAX_TOLD_SKEW_MS, type MessageType } from './messages.ts';
import { ORG_SCHEMAS } from './org-schemas.ts';

/** Endpoints in a hello. */
export const MAX_LISTEN = 8;
const PROGRAM_VERSION = text('^[0-9]{1,4}\\.[0-9]{1,4}\\.[0-9]{1,4}$');
const SKEW: JsonSchema = { type: 'integer', minimum: -MAX_TOLD_SKEW_MS, maximum: MAX_TOLD_SKEW_MS };
const SUMMARY_ID = text('^[0-9a-f]{32}$');
const SUMMARY_CHARACTERS = 700_000;
const SUMMARY_DOCUMENT = envelopeSchema(SUMMARY_TYPE, 1, SUMMARY_CHARACTERS);

/** Payload of every message. The body may be any object, since unknown types are skipped. */
export const PAYLOAD_SCHEMA: JsonSchema = closed({
  version: { const: 1 },
  type: text('^[a-z][a-z-]{0,31}$'),
  sender: NODE_ID,
  recipient: NODE_ID,
  session: text(`^${BASE64_32}$`),
  sequence: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
  time: TIME,
  nonce: NONCE,
  inReplyTo: orNull(NONCE),
  body: { type: 'object' },
});

/** Payload of a message over a relay. */
export const RELAY_PAYLOAD_SCHEMA: JsonSchema = closed({
  version: { const: 1 },
  type: text('^[a-z][a-z-]{0,31}$'),
  sender: NODE_ID,
  recipient: { anyOf: [NODE_ID, { const: 'all' }] },
  time: TIME,
  nonce: NONCE,
  inReplyTo: orNull(NONCE),
  box: orNull(text(`^${BASE64_32}$`)),
  body: { type: 'object' },
});

/** Body of each message type. `words` are the families that answers may name. */
export function messageBodySchemas(
  words: Pick<Vocabulary, 'families' | 'ruleFamilies'>,
): Readonly<Record<MessageType, JsonSchema>> {
  return {
    hello: closed(
      {
        rotations: list(ROTATION_ENVELOPE, 0, MAX_ROTATIONS),
        revocations: list(REVOCATION_ENVELOPE, 1, MAX_ROTATIONS),
        version: PROGRAM_VERSION,
        listen: list(text('^([0-9.]{7,15}|\\[[0-9a-f:.]{2,45}\\]):[1-9][0-9]{0,4}$'), 1, MAX_LISTEN),
      },
      ['rotations'],
    ),
    summary: closed({ document: SUMMARY_DOCUMENT }),
    'summary-ack': closed({ id: SUMMARY_ID, result: { enum: SUMMARY_RESULTS } }),
    layout: closed({ answers: { type: 'integer', minimum: 1, maximum: 9_999 } }),
    query: QUERY_SCHEMA,
    response: responseSchema(words),
    rotation: closed({ statement: ROTATION_ENVELOPE }),
    revocation: closed({ statement: REVOCATION_ENVELOPE }),
    checkpoint: CHECKPOINT_SCHEMA,
    cosignature: COSIGNATURE_SCHEMA,
    pair: closed({
      name: text('^[a-z0-9-]{1,32}$'),
      port: orNull({ type: 'integer', minimum: 1, maximum: 65_535 }),
      proof: text(`^${BASE64_32}$`),
    }),
    ...BLIND_SCHEMAS,
    advisory: closed({ document: ADVISORY_ENVELOPE }),
    'advisory-ack': closed({ result: { enum: ADVISORY_RESULTS } }),
    ...ORG_SCHEMAS,
    goodbye: closed({ reason: { enum: GOODBYE_REASONS } }),
    'roll-call': closed({}),
    present: closed({ version: PROGRAM_VERSION, skewMs: SKEW }, ['version']),
  };
}

const count: JsonSchema = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const MAX_NAMES = 4_000;
/**
 * The form of words from closed lists. The lists depend on the version of the catalogue, so the
 * sender's egress gate checks them, not the schema.
 */
const WORD = text('^[a-z0-9][a-z0-9._+-]{0,31}$');
const PATTERN = text('^[a-z0-9][a-z0-9._+-]{0,31}( [A-Za-z0-9][A-Za-z0-9._:+-]{0,31})?$');
const counts = (length: number): JsonSchema => list(count, length, length);
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

/** The signed document inside a `summary` message (`NodeSummary`). */
export const SUMMARY_SCHEMA: JsonSchema = closed({
  type: { const: 'caro.summary' },
  version: { const: 1 },
  id: SUMMARY_ID,
  replaces: orNull(SUMMARY_ID),
  node: NODE_ID,
  createdAt: TIME,
  nonce: SUMMARY_ID,
  catalogueVersion: count,
  period: closed({ kind: { enum: PERIOD_KINDS }, start: TIME, end: TIME }),
  patterns: named(PATTERN),
  tools: usage(WORD),
  families: usage(WORD),
  activity: closed({ hours: counts(24), weekdays: counts(7) }),
  safety: closed({
    levels: closed(Object.fromEntries(RISK_LEVELS.map((level) => [level, count]))),
    families: named(WORD),
    techniques: named(text('^T\\d{4}(\\.\\d{3})?$')),
  }),
  coverage: closed({
    observed: count,
    redacted: count,
    dropped: count,
    shells: { ...list({ enum: SHELLS }, 0, SHELLS.length), uniqueItems: true },
  }),
});

import { QUERY_SCHEMA, responseSchema } from '../../domain/answers/answer-schema.ts';
import type { Vocabulary } from '../../domain/answers/vocabulary.ts';
import { RISK_LEVELS } from '../../domain/events/risk-level.ts';
import { SHELLS } from '../../domain/events/shell-kind.ts';
import { MAX_KEYS, MAX_REVOKED, MAX_ROTATIONS } from '../../domain/identity/key-statement.ts';
import { DURATION_BUCKETS, SUMMARY_RESULTS } from '../../domain/summaries/summary.ts';
import { PERIOD_KINDS } from '../../domain/time/period.ts';
import { GOODBYE_REASONS, type MessageType } from './messages.ts';

/** A JSON Schema (draft-07). Strings are bounded by their patterns. */
type Schema = Readonly<Record<string, unknown>>;

const closed = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
});
const text = (pattern: string): Schema => ({ type: 'string', pattern });
const orNull = (schema: Schema): Schema => ({ anyOf: [{ type: 'null' }, schema] });
const list = (items: Schema, minItems: number, maxItems: number): Schema => ({
  type: 'array',
  minItems,
  maxItems,
  items,
});

/** Base64 of 32 bytes, 16 bytes, 64 bytes (RFC 4648 §4). */
const BASE64_32 = '[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=';
const BASE64_16 = '[A-Za-z0-9+/]{21}[AQgw]==';
const BASE64_64 = '[A-Za-z0-9+/]{85}[AQgw]==';
const NODE_ID = text(`^caro:ed25519:${BASE64_32}$`);
const NONCE = text(`^${BASE64_16}$`);
const TIME = text('^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$');
const SUMMARY_ID = text('^[0-9a-f]{32}$');
const signatures = (count: number): Schema =>
  list(closed({ keyid: text('^[0-9a-f]{16}$'), sig: text(`^${BASE64_64}$`) }), count, count);
const envelope = (mediaType: string, signers: number, longest: number): Schema =>
  closed({
    payloadType: { const: mediaType },
    payload: text(`^[A-Za-z0-9+/]{0,${longest}}={0,2}$`),
    signatures: signatures(signers),
  });

const STATEMENT_CHARACTERS = 2_048;
const SUMMARY_CHARACTERS = 700_000;
const ROTATION = envelope('application/vnd.caro.rotation.v1+json', 2, STATEMENT_CHARACTERS);
const REVOCATION = envelope('application/vnd.caro.revocation.v1+json', 1, STATEMENT_CHARACTERS);
const SUMMARY_DOCUMENT = envelope('application/vnd.caro.summary.v1+json', 1, SUMMARY_CHARACTERS);

/**
 * Every payload, whatever its type: types that are not known yet are skipped, so their bodies are
 * any object.
 */
export const PAYLOAD_SCHEMA: Schema = closed({
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

/** Body of each type of message. `words` closes the lists of families in answers. */
export function messageBodySchemas(
  words: Pick<Vocabulary, 'families' | 'ruleFamilies'>,
): Readonly<Record<MessageType, Schema>> {
  return {
    hello: {
      ...closed({ rotations: list(ROTATION, 0, MAX_ROTATIONS), revocations: list(REVOCATION, 1, MAX_ROTATIONS) }),
      required: ['rotations'],
    },
    summary: closed({ document: SUMMARY_DOCUMENT }),
    'summary-ack': closed({ id: SUMMARY_ID, result: { enum: SUMMARY_RESULTS } }),
    query: QUERY_SCHEMA,
    response: responseSchema(words),
    rotation: closed({ statement: ROTATION }),
    revocation: closed({ statement: REVOCATION }),
    pair: closed({
      name: text('^[a-z0-9-]{1,32}$'),
      port: orNull({ type: 'integer', minimum: 1, maximum: 65_535 }),
      proof: text(`^${BASE64_32}$`),
    }),
    goodbye: closed({ reason: { enum: GOODBYE_REASONS } }),
  };
}

const count: Schema = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const MAX_NAMES = 4_000;
/**
 * The form of closed words. Which words there are depends on the catalogue's version, so the
 * sender's gate checks that, not the schema.
 */
const WORD = text('^[a-z0-9][a-z0-9._+-]{0,31}$');
const PATTERN = text('^[a-z0-9][a-z0-9._+-]{0,31}( [A-Za-z0-9][A-Za-z0-9._:+-]{0,31})?$');
const counts = (length: number): Schema => list(count, length, length);
const named = (name: Schema): Schema => list(closed({ name, count }), 0, MAX_NAMES);
const usage = (name: Schema): Schema =>
  list(
    closed({ name, count, failures: count, durationMsSum: count, durationBuckets: counts(DURATION_BUCKETS) }),
    0,
    MAX_NAMES,
  );

/** The signed document inside a `summary` message (`NodeSummary`). */
export const SUMMARY_SCHEMA: Schema = closed({
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

/** Payload of a `DualEnvelope` of type rotation: `RotationStatement`. */
export const ROTATION_SCHEMA: Schema = closed({
  type: { const: 'caro.rotation' },
  version: { const: 1 },
  old: NODE_ID,
  new: NODE_ID,
  createdAt: TIME,
  from: TIME,
  until: TIME,
  nonce: NONCE,
});

/** Payload of a revocation: `RevocationStatement`. */
export const REVOCATION_SCHEMA: Schema = closed({
  type: { const: 'caro.revocation' },
  version: { const: 1 },
  key: NODE_ID,
  createdAt: TIME,
  nonce: NONCE,
});

/** The file with what a node has said about its own keys: `OwnStatements`. */
export const OWN_STATEMENTS_SCHEMA: Schema = closed({
  rotations: list(ROTATION, 0, MAX_KEYS),
  revocations: list(REVOCATION, 0, MAX_KEYS),
});

/** The file with what a node knows about the keys of others: `KeyBook`. */
export const KEY_BOOK_SCHEMA: Schema = closed({
  rotations: list(
    closed({
      old: NODE_ID,
      new: NODE_ID,
      firstSeenMs: { type: 'number' },
      confirmed: { type: 'boolean' },
      shown: { type: 'boolean' },
      recorded: { type: 'boolean' },
      statement: ROTATION,
    }),
    0,
    4 * MAX_KEYS,
  ),
  revoked: list(NODE_ID, 0, MAX_REVOKED + 8 * MAX_KEYS),
});

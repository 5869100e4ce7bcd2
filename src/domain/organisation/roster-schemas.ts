/** JSON Schemas of the documents of a roster; `npm run build` makes validators of them. */
import { FLOOR } from '../blind/terms.ts';
import { closed, type JsonSchema, list, orNull, text } from '../encoding/json-schema.ts';
import { BASE64_32, BASE64_64, envelopeSchema, NODE_ID, TIME } from '../identity/key-statement-schemas.ts';
import {
  ENDORSEMENT_TYPE,
  HEAD_TYPE,
  MAX_AGGREGATORS,
  MAX_MEMBERS,
  MAX_OFFICERS,
  MAX_RELAYS,
  MAX_SIGNATURES,
  REQUEST_TYPE,
  ROSTER_LAYOUTS,
  WINDOW_HOURS,
} from './roster.ts';

/** A hash or a public key. */
export const BYTES_32 = text(`^${BASE64_32}$`);
const DAY = text('^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$');
const NAME = text('^[a-z0-9-]{1,32}$');
export const ORG_NAME = text('^[a-z0-9][a-z0-9.-]{0,63}$');
export const UNIT = text('^[a-z0-9][a-z0-9/._-]{0,63}$');
export const ADDRESS = text('^([0-9.]{7,15}|\\[[0-9a-f:.]{2,45}\\]):[1-9][0-9]{0,4}$');
export const RELAY_URL = text('^tls://([0-9.]{7,15}|\\[[0-9a-f:.]{2,45}\\]):[1-9][0-9]{0,4}$');
const MAX_ADDRESSES = 8;
const MAX_PATH = 32;
const HEAD_CHARACTERS = 131_072;

const integer = (minimum: number, maximum: number): JsonSchema => ({ type: 'integer', minimum, maximum });
const VERSION = integer(1, Number.MAX_SAFE_INTEGER);
const CARD = closed({ sealingKey: BYTES_32, connectionKey: BYTES_32 });
const ENDORSEMENT_ENVELOPE = envelopeSchema(ENDORSEMENT_TYPE, 1, 2_048);
const NODE = { id: NODE_ID, name: NAME, card: CARD, addresses: list(ADDRESS, 0, MAX_ADDRESSES) };

/** Payload of a head: `RosterHead`. */
export const HEAD_SCHEMA: JsonSchema = closed({
  type: { const: 'caro.roster' },
  version: VERSION,
  org: ORG_NAME,
  previous: orNull(BYTES_32),
  createdAt: TIME,
  expires: TIME,
  officers: list(closed({ name: NAME, id: NODE_ID }), 1, MAX_OFFICERS),
  threshold: integer(1, MAX_OFFICERS),
  supervisors: list(closed(NODE), 0, MAX_AGGREGATORS),
  trustees: list(closed({ ...NODE, endorsement: orNull(ENDORSEMENT_ENVELOPE) }), 0, MAX_AGGREGATORS),
  relays: list(closed({ url: RELAY_URL, key: BYTES_32 }), 0, MAX_RELAYS),
  level: { enum: [1, 2] },
  floor: integer(FLOOR.least, FLOOR.most),
  windowHours: integer(WINDOW_HOURS.least, WINDOW_HOURS.most),
  layouts: { ...list({ enum: ROSTER_LAYOUTS }, 0, ROSTER_LAYOUTS.length), uniqueItems: true },
  members: closed({ size: integer(0, MAX_MEMBERS), root: BYTES_32 }),
});

/** A head with the signatures of its officers, sorted by key id. */
export const HEAD_ENVELOPE: JsonSchema = closed({
  payloadType: { const: HEAD_TYPE },
  payload: text(`^[A-Za-z0-9+/]{0,${HEAD_CHARACTERS}}={0,2}$`),
  signatures: list(closed({ keyid: text('^[0-9a-f]{16}$'), sig: text(`^${BASE64_64}$`) }), 0, MAX_SIGNATURES),
});

/** Payload of an endorsement: `Endorsement`. */
export const ENDORSEMENT_SCHEMA: JsonSchema = closed({
  type: { const: 'caro.roster-trustee' },
  org: ORG_NAME,
  previous: BYTES_32,
  by: NODE_ID,
  trustee: NODE_ID,
  sealingKey: BYTES_32,
});

/** Payload of a request: `JoinRequest`. */
export const REQUEST_SCHEMA: JsonSchema = closed({
  type: { const: 'caro.roster-request' },
  org: ORG_NAME,
  node: NODE_ID,
  name: NAME,
  unit: UNIT,
  card: CARD,
  predecessor: orNull(NAME),
  createdAt: TIME,
});
export const REQUEST_ENVELOPE = envelopeSchema(REQUEST_TYPE, 1, 4_096);

export const MEMBER_SCHEMA: JsonSchema = closed({ id: NODE_ID, name: NAME, unit: UNIT, card: CARD, since: DAY });

/** `MemberProof` */
export const PROOF_SCHEMA: JsonSchema = closed({
  member: MEMBER_SCHEMA,
  index: integer(0, MAX_MEMBERS),
  path: list(BYTES_32, 0, MAX_PATH),
});

/** `RosterDelta` */
export const DELTA_SCHEMA: JsonSchema = closed({
  type: { const: 'caro.roster-delta' },
  org: ORG_NAME,
  from: integer(0, Number.MAX_SAFE_INTEGER),
  to: VERSION,
  add: list(MEMBER_SCHEMA, 0, MAX_MEMBERS),
  remove: list(NODE_ID, 0, MAX_MEMBERS),
});

/** JSON Schemas of the documents of blind totals; `npm run build` makes validators of them. */
import { COMPLETE_PERCENT, FLOOR, NOISE_SD, SEASON_DAYS, WINDOW_HOURS } from '../domain/blind/terms.ts';
import { closed, type JsonSchema, list, text } from '../domain/encoding/json-schema.ts';
import { BASE64_32, envelopeSchema, NODE_ID, NONCE, TIME } from '../domain/identity/key-statement-schemas.ts';
import { RECEIPT_TYPE, REPORT_TYPE, TASK_TYPE } from './documents.ts';
import { DAY_LAYOUT } from './layout/day-1.ts';
import { AGGREGATOR_ROLES } from './vdaf/vdaf.ts';

/** SHA-256, an X25519 public key. */
const BYTES_32 = text(`^${BASE64_32}$`);
/** A UTC day, `2026-11-20`; `dayStart` refuses days that do not exist. */
const DAY = text('^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$');
const WORD = text('^[a-z][a-z0-9-]{0,31}$');
const TECHNIQUE = text('^T[0-9]{4}(\\.[0-9]{3})?$');
const MAX_WORDS = 256;

const integer = ({ least, most }: { readonly least: number; readonly most: number }): JsonSchema => ({
  type: 'integer',
  minimum: least,
  maximum: most,
});
const words = (word: JsonSchema): JsonSchema => ({ ...list(word, 0, MAX_WORDS), uniqueItems: true });
const base64 = (characters: number): JsonSchema => text(`^[A-Za-z0-9+/]{0,${characters}}={0,2}$`);
const AGGREGATOR = closed({ node: NODE_ID, sealingKey: BYTES_32 });

/** What a leader proposes. */
const TERMS = {
  version: { const: 1 },
  name: text('^[a-z0-9-]{1,32}$'),
  createdAt: TIME,
  layout: { const: DAY_LAYOUT },
  words: closed({ families: words(WORD), ruleFamilies: words(WORD), techniques: words(TECHNIQUE) }),
  leader: AGGREGATOR,
  floor: integer(FLOOR),
  windowHours: integer(WINDOW_HOURS),
  completePercent: integer(COMPLETE_PERCENT),
  seasonDays: integer(SEASON_DAYS),
  noiseSd: integer(NOISE_SD),
};

/** Payload of a draft: `BlindDraft`. */
export const DRAFT_SCHEMA: JsonSchema = closed({ ...TERMS, type: { const: 'caro.blind-draft' }, trustee: NODE_ID });

/** Payload of a task: `BlindTask`. */
export const TASK_SCHEMA: JsonSchema = closed({
  ...TERMS,
  type: { const: 'caro.blind-task' },
  trustee: AGGREGATOR,
  verifyKeyHash: BYTES_32,
});
export const TASK_ENVELOPE = envelopeSchema(TASK_TYPE, 2, 32_768);

/** Head of a report: `BlindReport`. */
export const REPORT_SCHEMA: JsonSchema = closed({
  type: { const: 'caro.blind-report' },
  version: { const: 1 },
  task: BYTES_32,
  day: DAY,
  node: NODE_ID,
  role: { enum: AGGREGATOR_ROLES },
  nonce: NONCE,
  publicShare: base64(64),
});
/** With the head and the box: 30 kB for the leader. */
export const REPORT_ENVELOPE = envelopeSchema(REPORT_TYPE, 1, 262_144);

/** Payload of a receipt: `BlindReceipt`. */
export const RECEIPT_SCHEMA: JsonSchema = closed({
  type: { const: 'caro.blind-receipt' },
  version: { const: 1 },
  task: BYTES_32,
  day: DAY,
  node: NODE_ID,
  role: { enum: AGGREGATOR_ROLES },
  report: BYTES_32,
  receivedAt: TIME,
});
export const RECEIPT_ENVELOPE = envelopeSchema(RECEIPT_TYPE, 1, 2_048);

/** `BlindOffer`, whose task has the trustee's signature only. */
export const OFFER_SCHEMA: JsonSchema = closed({
  type: { const: 'caro.blind-offer' },
  version: { const: 1 },
  task: envelopeSchema(TASK_TYPE, 1, 32_768),
  verifyKey: base64(128),
});

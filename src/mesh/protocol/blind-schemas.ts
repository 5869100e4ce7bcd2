import { RECEIPT_ENVELOPE, REPORT_ENVELOPE } from '../../blind/schemas.ts';
import {
  BLIND_REFUSALS,
  type BlindBodies,
  MAX_ENTRIES_SENT,
  MAX_LOG,
  MAX_PREPARED,
} from '../../domain/blind/exchange.ts';
import { BLOCK_NAME, DAY, RELEASE_ENVELOPE } from '../../domain/blind/release.ts';
import { closed, type JsonSchema, list, orNull, text } from '../../domain/encoding/json-schema.ts';
import { BASE64_32, NODE_ID, NONCE } from '../../domain/identity/key-statement-schemas.ts';

const TASK = text(`^${BASE64_32}$`);
const base64 = (characters: number): JsonSchema => text(`^[A-Za-z0-9+/]{0,${characters}}={0,2}$`);
const count = (maximum: number): JsonSchema => ({ type: 'integer', minimum: 0, maximum });
const MAX_PATH = 32;
const CODE: JsonSchema = { enum: BLIND_REFUSALS };

/** Body of each message type of blind totals. Shares and boxes are opaque without their keys. */
export const BLIND_SCHEMAS: Readonly<Record<keyof BlindBodies, JsonSchema>> = {
  'blind-report': closed({ report: REPORT_ENVELOPE }),
  'blind-receipt': closed({ receipt: RECEIPT_ENVELOPE }),
  'blind-prepare': closed({
    task: TASK,
    day: DAY,
    reports: list(closed({ node: NODE_ID, publicShare: base64(64), share: base64(8_192) }), 1, MAX_PREPARED),
  }),
  'blind-prepared': closed({
    answers: list(
      { anyOf: [closed({ node: NODE_ID, message: NONCE }), closed({ node: NODE_ID, code: CODE })] },
      1,
      MAX_PREPARED,
    ),
  }),
  'blind-log': closed({ task: TASK, from: count(MAX_LOG) }),
  'blind-entries': closed({
    size: count(MAX_LOG),
    entries: list(
      closed({
        entry: RELEASE_ENVELOPE,
        contribution: orNull(
          closed({ block: BLOCK_NAME, index: count(MAX_LOG), path: list(text(`^${BASE64_32}$`), 0, MAX_PATH) }),
        ),
      }),
      0,
      MAX_ENTRIES_SENT,
    ),
  }),
  'blind-total': closed({ task: TASK, day: DAY, block: BLOCK_NAME }),
  'blind-share': closed({ nodes: base64(650_000), box: base64(65_536) }),
  'blind-refusal': closed({ code: CODE }),
};

import { closed, type JsonSchema, list, orNull } from '../../domain/encoding/json-schema.ts';
import { TIME } from '../../domain/identity/key-statement-schemas.ts';
import { JOIN_RESULTS, MAX_ADDED_SENT, MAX_HEADS_SENT, type OrgBodies } from '../../domain/organisation/exchange.ts';
import { PASS_ENVELOPE } from '../../domain/organisation/relay-pass.ts';
import {
  DELTA_SCHEMA,
  HEAD_ENVELOPE,
  ORG_NAME,
  PROOF_SCHEMA,
  REQUEST_ENVELOPE,
} from '../../domain/organisation/roster-schemas.ts';

const VERSION: JsonSchema = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const { properties } = DELTA_SCHEMA as { readonly properties: Readonly<Record<string, JsonSchema>> };
const SENT_DELTA = closed({ ...properties, add: { ...properties['add'], maxItems: MAX_ADDED_SENT } });

/** Body of each message type of a roster. */
export const ORG_SCHEMAS: Readonly<Record<keyof OrgBodies, JsonSchema>> = {
  'org-ask': closed({ org: ORG_NAME, version: VERSION, list: orNull(VERSION), pass: orNull(TIME) }),
  'org-news': closed({
    heads: list(HEAD_ENVELOPE, 0, MAX_HEADS_SENT),
    proof: orNull(PROOF_SCHEMA),
    delta: orNull(SENT_DELTA),
    pass: orNull(PASS_ENVELOPE),
  }),
  'org-join': closed({ request: REQUEST_ENVELOPE }),
  'org-joined': closed({ result: { enum: JOIN_RESULTS } }),
};

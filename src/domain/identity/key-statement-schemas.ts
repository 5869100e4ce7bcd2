/** JSON Schemas of signed documents and of statements about keys. */
import { closed, type JsonSchema, list, text } from '../encoding/json-schema.ts';
import { REVOCATION_TYPE, ROTATION_TYPE } from './key-statement.ts';
import { NODE_ID_PATTERN } from './node-id.ts';

/** Base64 of 32 bytes, 16 bytes, 64 bytes (RFC 4648 §4). */
export const BASE64_32 = '[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=';
const BASE64_16 = '[A-Za-z0-9+/]{21}[AQgw]==';
export const BASE64_64 = '[A-Za-z0-9+/]{85}[AQgw]==';
export const NODE_ID = text(NODE_ID_PATTERN);
export const NONCE = text(`^${BASE64_16}$`);
export const TIME = text('^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$');

/** A DSSE envelope with this many signatures and at most `maxCharacters` of base64 payload. */
export const envelopeSchema = (mediaType: string, signers: number, maxCharacters: number): JsonSchema =>
  closed({
    payloadType: { const: mediaType },
    payload: text(`^[A-Za-z0-9+/]{0,${maxCharacters}}={0,2}$`),
    signatures: list(closed({ keyid: text('^[0-9a-f]{16}$'), sig: text(`^${BASE64_64}$`) }), signers, signers),
  });

const STATEMENT_CHARACTERS = 2_048;
export const ROTATION_ENVELOPE = envelopeSchema(ROTATION_TYPE, 2, STATEMENT_CHARACTERS);
export const REVOCATION_ENVELOPE = envelopeSchema(REVOCATION_TYPE, 1, STATEMENT_CHARACTERS);

/** Payload of a rotation: `RotationStatement`. */
export const ROTATION_SCHEMA: JsonSchema = closed({
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
export const REVOCATION_SCHEMA: JsonSchema = closed({
  type: { const: 'caro.revocation' },
  version: { const: 1 },
  key: NODE_ID,
  createdAt: TIME,
  nonce: NONCE,
});

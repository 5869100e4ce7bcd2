import { closed, type JsonSchema, orNull, text } from '../encoding/json-schema.ts';
import { BASE64_32, envelopeSchema, NODE_ID, TIME } from '../identity/key-statement-schemas.ts';
import { ORG_NAME } from './roster-schemas.ts';

/** DSSE payload type. */
export const PASS_TYPE = 'application/vnd.caro.relay-pass.v1+json';

/** What one node needs to use the relay, signed by an officer and sealed to the node. */
export type RelayPass = {
  readonly type: 'caro.relay-pass';
  readonly org: string;
  /** Node id. */
  readonly node: string;
  readonly createdAt: string;
  readonly expires: string;
  /** `PassContent`, sealed to the key of the node's card; base64. */
  readonly box: string;
};

export type PassContent = {
  /** Credential (JWT) for the account of the fleet. Worth nothing without the connection key. */
  readonly fleet: string;
  /** For the account of documents: of supervisors and trustees only. */
  readonly docs: string | null;
  /** Key of questions to all members, base64. Secret. */
  readonly questionKey: string;
};

const BOX_CHARACTERS = 5_000;
const JWT = text('^[A-Za-z0-9_-]{1,200}\\.[A-Za-z0-9_-]{1,1500}\\.[A-Za-z0-9_-]{80,100}$');

/** Payload of a pass: `RelayPass`. */
export const PASS_SCHEMA: JsonSchema = closed({
  type: { const: 'caro.relay-pass' },
  org: ORG_NAME,
  node: NODE_ID,
  createdAt: TIME,
  expires: TIME,
  box: text(`^[A-Za-z0-9+/]{64,${BOX_CHARACTERS}}={0,2}$`),
});
export const PASS_ENVELOPE = envelopeSchema(PASS_TYPE, 1, 8_192);

/** What is sealed in a pass: `PassContent`. */
export const PASS_CONTENT_SCHEMA: JsonSchema = closed({
  fleet: JWT,
  docs: orNull(JWT),
  questionKey: text(`^${BASE64_32}$`),
});

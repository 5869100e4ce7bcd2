import { canonical, type Json } from '../../domain/encoding/canonical.ts';
import type { Validator } from '../../domain/encoding/validator.ts';
import { CaroError } from '../../domain/errors.ts';
import { parseNodeId } from '../../domain/identity/node-id.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { MESSAGE_VALIDATORS, validateRelayPayload } from '../../generated/message-validators.js';
import { decodeEnvelope, encodeEnvelope, openEnvelope, seal } from '../../identity/envelope.ts';
import type { Identity } from '../../identity/identity.ts';
import { isCanonical, malformed, parse } from '../protocol/message-codec.ts';
import type { MessageType, RelayHeader, Typed } from '../protocol/messages.ts';

/**
 * DSSE payload type of a message over a relay. It differs from that of a connection: a message of
 * one is worth nothing in the other.
 */
export const RELAY_TYPE = 'application/vnd.caro.relay.v1+json';

/** The types that may travel over a relay; the rest needs a connection. */
export const RELAYED = [
  ...(['blind-report', 'blind-receipt', 'blind-prepare', 'blind-prepared', 'blind-log', 'blind-entries'] as const),
  ...(['blind-total', 'blind-share', 'blind-refusal'] as const),
  ...(['query', 'response', 'roll-call', 'present', 'org-ask', 'org-news'] as const),
] as const satisfies readonly MessageType[];
type Relayed = (typeof RELAYED)[number];

/** A message whose signature by `sender` was checked. */
export type RelayMessage = Typed<Relayed> & RelayHeader;

/** The text of a signed message. */
export function encodeRelayMessage(
  header: RelayHeader,
  { type, body }: Typed,
  signer: Pick<Identity, 'sign' | 'fingerprint'>,
): string {
  const payload = canonical({ ...header, type, body: body as unknown as Json });
  return encodeEnvelope(seal(RELAY_TYPE, Buffer.from(payload), signer));
}

/**
 * Whether the sender may send it, to whom it is and how old it is are for the caller to check.
 * @throws CaroError `message_malformed`, `message_forged`, `message_unexpected`, `message_schema`
 */
export function decodeRelayMessage(text: string): RelayMessage {
  const envelope = envelopeIn(text);
  const bytes = Buffer.from(envelope.payload, 'base64');
  const payload = parse(bytes.toString('utf8'));
  if (!validateRelayPayload(payload)) throw malformed('expected a payload of version 1 for a relay');
  const key = parseNodeId(payload.sender);
  try {
    openEnvelope(envelope, key ?? new Uint8Array());
  } catch {
    throw new CaroError('message_forged', 'expected a signature by the sender, got none that verifies');
  }
  if (!isCanonical(payload as unknown as Json, bytes)) throw malformed('expected canonical JSON (RFC 8785)');
  const ms = Date.parse(payload.time);
  if (Number.isNaN(ms) || isoTime(ms) !== payload.time) throw malformed('expected a valid date and time');
  return checked(payload);
}

function checked(payload: RelayHeader & { readonly type: string; readonly body: object }): RelayMessage {
  const { type, body } = payload;
  const known = RELAYED.find((one) => one === type);
  if (known === undefined) throw new CaroError('message_unexpected', 'expected a message that may be relayed');
  const validate: Validator<unknown> = MESSAGE_VALIDATORS[known];
  if (!validate(body)) throw new CaroError('message_schema', `expected a body that fits "${known}"`);
  return payload as unknown as RelayMessage;
}

function envelopeIn(text: string): ReturnType<typeof decodeEnvelope> {
  let envelope: ReturnType<typeof decodeEnvelope>;
  try {
    envelope = decodeEnvelope(text);
  } catch {
    throw malformed('expected a DSSE envelope');
  }
  if (envelope.payloadType !== RELAY_TYPE || encodeEnvelope(envelope) !== text)
    throw malformed('expected a message for a relay in canonical JSON');
  return envelope;
}

import { canonical, type Json } from '../../domain/encoding/canonical.ts';
import { CaroError } from '../../domain/errors.ts';
import type { Envelope } from '../../domain/identity/signed-envelope.ts';
import { validateMessagePayload } from '../../generated/message-validators.js';
import { decodeEnvelope, encodeEnvelope } from '../../identity/envelope.ts';
import { MESSAGE_TYPE, type MessageHeader, type Typed } from './messages.ts';

/** A decoded payload; the body is checked after the header. */
export type Payload = MessageHeader & { readonly type: string; readonly body: object };

/** The bytes to sign: the payload in canonical JSON (RFC 8785), in UTF-8. */
export function encodePayload(header: MessageHeader, { type, body }: Typed): Uint8Array {
  return Buffer.from(canonical({ ...header, type, body: body as unknown as Json }));
}

/**
 * Reads exactly what `encodePayload` writes. Another spelling of the same JSON is refused, so that
 * the same form is checked, stored and shown.
 *
 * @throws CaroError `message_malformed`
 */
export function decodePayload(bytes: Uint8Array): Payload {
  const text = Buffer.from(bytes).toString('utf8');
  const value = parse(text);
  if (!validateMessagePayload(value)) {
    const { keyword, instancePath } = validateMessagePayload.errors?.[0] ?? { keyword: 'type', instancePath: '' };
    throw malformed(`expected a payload of version 1, got one that breaks "${keyword}" at "${instancePath}"`);
  }
  if (!isCanonical(value as unknown as Json, bytes)) throw malformed('expected canonical JSON (RFC 8785)');
  return value;
}

/** A message on the wire: the DSSE envelope as one line of canonical JSON. */
export const encodeMessage = encodeEnvelope;

/** @throws CaroError `message_malformed` */
export function decodeMessage(text: string): Envelope {
  const envelope = envelopeIn(text);
  if (envelope.payloadType !== MESSAGE_TYPE)
    throw malformed('expected the payload type of a mesh message, got another');
  if (encodeEnvelope(envelope) !== text) throw malformed('expected canonical JSON (RFC 8785)');
  return envelope;
}

function envelopeIn(text: string): Envelope {
  try {
    return decodeEnvelope(text);
  } catch (error) {
    throw malformed(error instanceof CaroError ? error.message : 'expected a DSSE envelope');
  }
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('expected JSON');
  }
}

/** JSON that is nested too deeply for the stack has no canonical form either. */
export function isCanonical(value: Json, bytes: Uint8Array): boolean {
  try {
    return Buffer.from(canonical(value)).equals(bytes);
  } catch {
    return false;
  }
}

export const malformed = (message: string): CaroError => new CaroError('message_malformed', message);

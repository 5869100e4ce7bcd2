import { decodeBase64 } from '../domain/encoding/base64.ts';
import { canonical, type Json } from '../domain/encoding/canonical.ts';
import { CaroError } from '../domain/errors.ts';
import type { Envelope } from '../domain/identity/signed-envelope.ts';
import type { Identity } from './identity.ts';
import { verify } from './signature.ts';

const MEDIA_TYPE = /^[\x21-\x7e]{1,255}$/;
const KEY_ID = /^[0-9a-f]{16}$/;
const SIGNATURE_BYTES = 64;

/**
 * The signed bytes: DSSE v1 pre-authentication encoding, `DSSEv1 LEN(type) type LEN(body) body`
 * with lengths as decimal byte counts. It binds the payload to its type, and no two pairs share an
 * encoding.
 */
export function preAuthentication(payloadType: string, payload: Uint8Array): Uint8Array {
  const header = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(header), payload]);
}

/** Signs `payload` as it is: the recipient gets exactly these bytes (FR-304). */
export function seal(
  payloadType: string,
  payload: Uint8Array,
  signer: Pick<Identity, 'sign' | 'fingerprint'>,
): Envelope {
  if (!MEDIA_TYPE.test(payloadType))
    throw new RangeError('expected a payload type of 1 to 255 visible ASCII characters');
  const sig = Buffer.from(signer.sign(preAuthentication(payloadType, payload))).toString('base64');
  const signatures = [{ keyid: signer.fingerprint, sig }];
  return { payloadType, payload: Buffer.from(payload).toString('base64'), signatures };
}

/**
 * Checks the signature with `publicKey` and returns the signed bytes. The key id is not signed and
 * therefore ignored. The payload MUST NOT be read before this returns.
 *
 * @throws CaroError `signature_invalid`
 */
export function openEnvelope(envelope: Envelope, publicKey: Uint8Array): Uint8Array {
  const payload = fromBase64(envelope.payload, 'payload');
  const signed = preAuthentication(envelope.payloadType, payload);
  if (!envelope.signatures.some(({ sig }) => verify(publicKey, signed, fromBase64(sig, 'sig')))) {
    throw invalid('expected a signature by the sender over these very bytes, got none that matches');
  }
  return payload;
}

/** One line of canonical JSON (RFC 8785). */
export function encodeEnvelope(envelope: Envelope): string {
  return canonical({ ...envelope, signatures: envelope.signatures.map((signature) => ({ ...signature })) });
}

/**
 * Reads what `encodeEnvelope` writes, and any other spelling of the same JSON. Strict: no other
 * members, padded base64, exactly one signature of 64 bytes.
 *
 * @throws CaroError `signature_invalid` that names the member, never its content
 */
export function decodeEnvelope(text: string): Envelope {
  const { payloadType, payload, signatures } = members(parse(text), ['payload', 'payloadType', 'signatures']);
  if (typeof payloadType !== 'string' || !MEDIA_TYPE.test(payloadType)) {
    throw invalid('payloadType: expected 1 to 255 visible ASCII characters');
  }
  if (typeof payload !== 'string') throw invalid('payload: expected base64');
  fromBase64(payload, 'payload');
  if (!Array.isArray(signatures) || signatures.length !== 1) throw invalid('signatures: expected exactly one');
  const { keyid, sig } = members(signatures[0] as Json, ['keyid', 'sig']);
  if (typeof keyid !== 'string' || !KEY_ID.test(keyid)) throw invalid('keyid: expected 16 hex digits');
  if (typeof sig !== 'string' || fromBase64(sig, 'sig').length !== SIGNATURE_BYTES) {
    throw invalid(`sig: expected base64 of ${SIGNATURE_BYTES} bytes`);
  }
  return { payloadType, payload, signatures: [{ keyid, sig }] };
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw invalid('expected a DSSE envelope in JSON, got something else');
  }
}

function members<K extends string>(value: Json, names: readonly K[]): Readonly<Record<K, Json>> {
  const found = typeof value === 'object' && value !== null ? Object.keys(value).sort() : [];
  if (Array.isArray(value) || found.join() !== [...names].sort().join()) {
    throw invalid(`expected an object with exactly the members ${names.join(', ')}`);
  }
  return value as Readonly<Record<K, Json>>;
}

function fromBase64(text: string, member: string): Uint8Array {
  const bytes = decodeBase64(text);
  if (!bytes) throw invalid(`${member}: expected padded base64 (RFC 4648 §4)`);
  return bytes;
}

const invalid = (message: string): CaroError => new CaroError('signature_invalid', message);

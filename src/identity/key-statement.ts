import { decodeBase64 } from '../domain/encoding/base64.ts';
import { canonical, type Json } from '../domain/encoding/canonical.ts';
import type { Validator } from '../domain/encoding/validator.ts';
import { CaroError } from '../domain/errors.ts';
import type { RevocationStatement, RotationStatement } from '../domain/identity/key-statement.ts';
import { REVOCATION_TYPE, ROTATION_TYPE } from '../domain/identity/key-statement.ts';
import { parseNodeId } from '../domain/identity/node-id.ts';
import type { DualEnvelope, Envelope } from '../domain/identity/signed-envelope.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import { validateRevocationStatement, validateRotationStatement } from '../generated/statement-validators.js';
import { openEnvelope, preAuthentication, seal } from './envelope.ts';
import type { Identity } from './identity.ts';
import { verify } from './signature.ts';

type Signer = Pick<Identity, 'id' | 'fingerprint' | 'sign'>;

/**
 * How long a statement may be accepted for the first time. The owner of a peer that was offline for
 * longer must trust the new key by hand.
 */
export const ROTATION_VALID_MS = 30 * 86_400_000;

export interface StatementFacts {
  readonly nowMs: number;
  /** 16 random bytes. */
  readonly nonce: Uint8Array;
}

/** The statement that the key `to` replaces `from`, signed by both (FR-104). */
export function signRotation(from: Signer, to: Signer, { nowMs, nonce }: StatementFacts): DualEnvelope {
  const statement: RotationStatement = {
    type: 'caro.rotation',
    version: 1,
    old: from.id,
    new: to.id,
    createdAt: isoTime(nowMs),
    from: isoTime(nowMs),
    until: isoTime(nowMs + ROTATION_VALID_MS),
    nonce: Buffer.from(nonce).toString('base64'),
  };
  const payload = Buffer.from(canonical(statement));
  const { signatures } = seal(ROTATION_TYPE, payload, from);
  const envelope = seal(ROTATION_TYPE, payload, to);
  return { ...envelope, signatures: [...signatures, ...envelope.signatures] };
}

/**
 * The statement in an envelope that both keys signed, in this order.
 * @throws CaroError `rotation_invalid`
 */
export function openRotation({ payloadType, payload, signatures }: DualEnvelope): RotationStatement {
  if (payloadType !== ROTATION_TYPE) throw invalid('expected a rotation, got another type');
  const bytes = fromBase64(payload);
  const statement = parse(bytes, validateRotationStatement);
  const keys = [statement.old, statement.new].map((id) => parseNodeId(id));
  const signed = preAuthentication(payloadType, bytes);
  const isSigned =
    signatures.length === keys.length &&
    keys.every((key, index) => key !== undefined && verify(key, signed, fromBase64(signatures[index]?.sig ?? '')));
  if (!isSigned) throw invalid('expected signatures of the old and the new key, in this order');
  if (statement.old === statement.new) throw invalid('expected another key than the old one');
  if (!(Date.parse(statement.from) < Date.parse(statement.until))) throw invalid('expected a period of validity');
  return statement;
}

/** The statement that `key` must not be trusted any more, signed by that key. */
export function signRevocation(key: Signer, { nowMs, nonce }: StatementFacts): Envelope {
  const statement: RevocationStatement = {
    type: 'caro.revocation',
    version: 1,
    key: key.id,
    createdAt: isoTime(nowMs),
    nonce: Buffer.from(nonce).toString('base64'),
  };
  return seal(REVOCATION_TYPE, Buffer.from(canonical(statement)), key);
}

/**
 * The statement in an envelope that the revoked key signed.
 * @throws CaroError `rotation_invalid`
 */
export function openRevocation(envelope: Envelope): RevocationStatement {
  if (envelope.payloadType !== REVOCATION_TYPE) throw invalid('expected a revocation, got another type');
  const statement = parse(fromBase64(envelope.payload), validateRevocationStatement);
  const key = parseNodeId(statement.key);
  if (!key) throw invalid('expected the id of the revoked key');
  try {
    openEnvelope(envelope, key);
  } catch {
    throw invalid('expected the signature of the key that is revoked');
  }
  return statement;
}

/** Canonical JSON only, so that a statement has one spelling. */
function parse<T extends Json>(bytes: Uint8Array, validate: Validator<T>): T {
  const text = Buffer.from(bytes).toString('utf8');
  const value = parsed(text);
  if (!validate(value) || canonical(value) !== text) throw invalid('expected a canonical statement of version 1');
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('expected JSON');
  }
}

function fromBase64(text: string): Uint8Array {
  const bytes = decodeBase64(text);
  if (!bytes) throw invalid('expected padded base64 (RFC 4648 §4)');
  return bytes;
}

const invalid = (message: string): CaroError => new CaroError('rotation_invalid', message);

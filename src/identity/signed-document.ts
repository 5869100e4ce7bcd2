/* What signed documents have in common: canonical JSON in a DSSE envelope. */

import { createHash } from 'node:crypto';
import { decodeBase64 } from '../domain/encoding/base64.ts';
import { canonical, type Json } from '../domain/encoding/canonical.ts';
import type { Validator } from '../domain/encoding/validator.ts';
import { CaroError, type ErrorCode } from '../domain/errors.ts';
import { parseNodeId } from '../domain/identity/node-id.ts';
import type { Envelope } from '../domain/identity/signed-envelope.ts';
import { preAuthentication } from './envelope.ts';
import type { Identity } from './identity.ts';
import { verify } from './signature.ts';

export type Signer = Pick<Identity, 'id' | 'fingerprint' | 'sign'>;

export interface DocumentKind<T> {
  /** DSSE payload type. */
  readonly type: string;
  /** `task`, as an error names it. */
  readonly noun: string;
  /** Code of every error about such a document. */
  readonly code: ErrorCode;
  readonly validate: Validator<T>;
}

/** SHA-256 of the signed bytes of an envelope, in base64: the name of the document. */
export const documentHash = ({ payload }: Envelope): string => hashOf(Buffer.from(payload, 'base64'));

/** SHA-256 in base64. */
export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64');

/**
 * The document in an envelope. The signatures MUST be checked with `checkSignatures` before any of
 * it is used.
 *
 * @throws CaroError `kind.code` unless it is canonical JSON that fits the closed schema
 */
export function readDocument<T>(envelope: Envelope, kind: DocumentKind<T>): T {
  return readText(payloadOf(envelope, kind).toString('utf8'), kind);
}

/**
 * The signed bytes of an envelope.
 * @throws CaroError `kind.code` for another payload type, or another encoding of the bytes
 */
export function payloadOf<T>({ payloadType, payload }: Envelope, kind: DocumentKind<T>): Buffer {
  if (payloadType !== kind.type) throw invalid(kind, `expected a ${kind.noun}, got another document`);
  const bytes = Buffer.from(payload, 'base64');
  if (bytes.toString('base64') !== payload) throw invalid(kind, `expected a ${kind.noun} in padded base64`);
  return bytes;
}

/** As `readDocument`, from the signed text. */
export function readText<T>(text: string, kind: DocumentKind<T>): T {
  const value = parsed(text, kind);
  if (!kind.validate(value)) {
    const { instancePath } = kind.validate.errors?.[0] ?? { instancePath: '' };
    throw invalid(kind, `expected a ${kind.noun} of version 1, got one that breaks its schema at "${instancePath}"`);
  }
  if (canonical(value as Json) !== text) throw invalid(kind, `expected a ${kind.noun} in canonical JSON (RFC 8785)`);
  return value;
}

/**
 * Checks that exactly these nodes have signed, in this order.
 * @throws CaroError `kind.code`
 */
export function checkSignatures<T>(envelope: Envelope, signers: readonly string[], kind: DocumentKind<T>): void {
  const signed = preAuthentication(envelope.payloadType, Buffer.from(envelope.payload, 'base64'));
  const isSigned =
    envelope.signatures.length === signers.length &&
    signers.every((signer, index) => {
      const key = parseNodeId(signer);
      const signature = decodeBase64(envelope.signatures[index]?.sig ?? '');
      return key !== undefined && signature !== undefined && verify(key, signed, signature);
    });
  if (!isSigned) throw invalid(kind, `expected a ${kind.noun} signed by ${signers.join(' and ')}`);
}

function parsed<T>(text: string, kind: DocumentKind<T>): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(kind, `expected a ${kind.noun} in JSON`);
  }
}

const invalid = <T>(kind: DocumentKind<T>, message: string): CaroError => new CaroError(kind.code, message);

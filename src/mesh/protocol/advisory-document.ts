import { ADVISORY_TYPE, type Advisory } from '../../domain/advisories/advisory.ts';
import { canonical } from '../../domain/encoding/canonical.ts';
import { CaroError } from '../../domain/errors.ts';
import { parseNodeId } from '../../domain/identity/node-id.ts';
import type { Envelope } from '../../domain/identity/signed-envelope.ts';
import { validateAdvisory } from '../../generated/message-validators.js';
import { openEnvelope, seal } from '../../identity/envelope.ts';
import type { Identity } from '../../identity/identity.ts';

/** Signs an advisory. `author` MUST be the id of `signer`. */
export const sealAdvisory = (advisory: Advisory, signer: Pick<Identity, 'sign' | 'fingerprint'>): Envelope =>
  seal(ADVISORY_TYPE, Buffer.from(canonical(advisory)), signer);

/**
 * The content of a document that `author` has signed.
 * @throws CaroError `signature_invalid`: another author, no signature by it, or content that is
 *   not canonical or does not fit the closed schema
 */
export function openAdvisory(document: Envelope, author: string): Advisory {
  const key = parseNodeId(author);
  if (document.payloadType !== ADVISORY_TYPE || !key) throw invalid('expected an advisory of version 1');
  const advisory = parseAdvisory(openEnvelope(document, key));
  if (advisory.author !== author) throw invalid('expected an advisory by its sender, got one of another node');
  return advisory;
}

/** @throws CaroError `signature_invalid` */
export function parseAdvisory(bytes: Uint8Array): Advisory {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw invalid('expected JSON');
  }
  if (validateAdvisory(value) && Buffer.from(canonical(value)).equals(bytes)) return value;
  throw invalid('expected a canonical advisory that fits its closed schema');
}

const invalid = (message: string): CaroError => new CaroError('signature_invalid', message);

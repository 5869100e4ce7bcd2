/* Passes to the relay: an officer makes them, the node that is named opens its own. */

import { openBox, type SealingKey, sealBox } from '../blind/sealing.ts';
import { canonical } from '../domain/encoding/canonical.ts';
import { CaroError } from '../domain/errors.ts';
import type { Envelope } from '../domain/identity/signed-envelope.ts';
import { PASS_TYPE, type PassContent, type RelayPass } from '../domain/organisation/relay-pass.ts';
import type { RosterHead } from '../domain/organisation/roster.ts';
import {
  validateRelayPass,
  validateRelayPassContent,
  validateRelayPassEnvelope,
} from '../generated/roster-validators.js';
import { encodeEnvelope, seal } from '../identity/envelope.ts';
import { checkSignatures, type DocumentKind, readDocument, type Signer } from '../identity/signed-document.ts';
import { fingerprintOf } from './terms.ts';

const PASS: DocumentKind<RelayPass> = {
  type: PASS_TYPE,
  noun: 'pass to the relay',
  code: 'roster_invalid',
  validate: validateRelayPass,
};
const INFO = Buffer.from('caro-relay-pass-v1');

export interface PassTerms extends Pick<RelayPass, 'org' | 'node' | 'createdAt' | 'expires'> {
  /** X25519 public key of the node's card, base64. */
  readonly sealingKey: string;
  readonly content: PassContent;
}

export interface OpenedPass {
  readonly pass: RelayPass;
  readonly envelope: Envelope;
}

export function signPass(terms: PassTerms, signer: Signer): OpenedPass {
  const { org, node, createdAt, expires, sealingKey, content } = terms;
  const box = sealBox({
    recipient: new Uint8Array(Buffer.from(sealingKey, 'base64')),
    info: INFO,
    associatedData: placeOf({ org, node }),
    plaintext: Buffer.from(canonical(content)),
  });
  const pass: RelayPass = {
    type: 'caro.relay-pass',
    org,
    node,
    createdAt,
    expires,
    box: Buffer.from(box).toString('base64'),
  };
  return { pass, envelope: seal(PASS_TYPE, Buffer.from(canonical(pass)), signer) };
}

/**
 * @param document parsed JSON from outside
 * @throws CaroError `roster_invalid` unless one of these officers has signed it for this
 * organization
 */
export function openPass(document: unknown, { org, officers }: Pick<RosterHead, 'org' | 'officers'>): OpenedPass {
  const opened = readPass(document);
  const [signature] = opened.envelope.signatures;
  const signer = officers.find(({ id }) => fingerprintOf(id) === signature?.keyid);
  if (signer === undefined || opened.pass.org !== org)
    throw new CaroError('roster_invalid', `expected a pass to the relay of ${org}, signed by one of its officers`);
  checkSignatures(opened.envelope, [signer.id], PASS);
  return opened;
}

/**
 * As `openPass`, without a look at the signature: for a pass that was checked before it was stored,
 * and for officers, who read what they have written.
 */
export function readPass(document: unknown): OpenedPass {
  if (!validateRelayPassEnvelope(document))
    throw new CaroError('roster_invalid', 'expected a pass to the relay in its envelope');
  return { pass: readDocument(document, PASS), envelope: document };
}

/** @throws CaroError `roster_invalid`, `blind_box_invalid` with another key than the card's */
export function unsealPass({ org, node, box }: RelayPass, key: SealingKey): PassContent {
  const bytes = new Uint8Array(Buffer.from(box, 'base64'));
  const text = openBox({ key, info: INFO, associatedData: placeOf({ org, node }), box: bytes });
  // The text of an error could quote a secret, so none is passed on.
  const content = parsed(Buffer.from(text).toString('utf8'));
  if (validateRelayPassContent(content)) return content;
  throw new CaroError('roster_invalid', 'expected the content of a pass to the relay, got something else');
}

/** The text of a pass's file: one line of canonical JSON. */
export const encodePass = ({ envelope }: Pick<OpenedPass, 'envelope'>): string => `${encodeEnvelope(envelope)}\n`;

/** The document in the text of a pass's file. @throws CaroError `roster_invalid` */
export function decodePass(text: string): unknown {
  const document = parsed(text);
  if (document !== undefined) return document;
  throw new CaroError('roster_invalid', 'expected a pass to the relay in JSON');
}

const placeOf = ({ org, node }: Pick<RelayPass, 'org' | 'node'>): Buffer => Buffer.from(`${org} ${node}`);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { canonical } from '../domain/encoding/canonical.ts';
import { CaroError } from '../domain/errors.ts';
import type { Envelope } from '../domain/identity/signed-envelope.ts';
import { ENDORSEMENT_TYPE, type Endorsement, type JoinRequest, REQUEST_TYPE } from '../domain/organisation/roster.ts';
import {
  validateEndorsement,
  validateJoinRequest,
  validateJoinRequestEnvelope,
} from '../generated/roster-validators.js';
import { encodeEnvelope, seal } from '../identity/envelope.ts';
import { checkSignatures, type DocumentKind, readDocument, type Signer } from '../identity/signed-document.ts';

/* What trustees and nodes sign. Officers sign nothing but heads. */

const ENDORSEMENT: DocumentKind<Endorsement> = {
  type: ENDORSEMENT_TYPE,
  noun: 'endorsement of a trustee',
  code: 'roster_invalid',
  validate: validateEndorsement,
};

const REQUEST: DocumentKind<JoinRequest> = {
  type: REQUEST_TYPE,
  noun: 'request to join',
  code: 'roster_invalid',
  validate: validateJoinRequest,
};

/** The statement of a trustee that another node may be one. */
export function endorseTrustee(
  { org, previous, trustee, sealingKey }: Omit<Endorsement, 'type' | 'by'>,
  signer: Signer,
): Envelope {
  const endorsement: Endorsement = { type: 'caro.roster-trustee', org, previous, by: signer.id, trustee, sealingKey };
  return seal(ENDORSEMENT_TYPE, Buffer.from(canonical(endorsement)), signer);
}

/** @throws CaroError `roster_invalid` unless the node that it names has signed it */
export function openEndorsement(envelope: Envelope): Endorsement {
  const endorsement = readDocument(envelope, ENDORSEMENT);
  checkSignatures(envelope, [endorsement.by], ENDORSEMENT);
  return endorsement;
}

export interface OpenedRequest {
  readonly request: JoinRequest;
  readonly envelope: Envelope;
}

export function signRequest(request: Omit<JoinRequest, 'type' | 'node'>, signer: Signer): OpenedRequest {
  const { org, name, unit, card, predecessor, createdAt } = request;
  const all: JoinRequest = {
    type: 'caro.roster-request',
    org,
    node: signer.id,
    name,
    unit,
    card,
    predecessor,
    createdAt,
  };
  return openRequest(seal(REQUEST_TYPE, Buffer.from(canonical(all)), signer));
}

/**
 * @param document parsed JSON from outside
 * @throws CaroError `roster_invalid` unless the node that it names has signed it
 */
export function openRequest(document: unknown): OpenedRequest {
  if (!validateJoinRequestEnvelope(document))
    throw new CaroError('roster_invalid', 'expected a request to join in its envelope');
  const request = readDocument(document, REQUEST);
  checkSignatures(document, [request.node], REQUEST);
  return { request, envelope: document };
}

/** The text of a request's file: one line of canonical JSON. */
export const encodeRequest = ({ envelope }: Pick<OpenedRequest, 'envelope'>): string => `${encodeEnvelope(envelope)}\n`;

/** As `openRequest`, from the text of a file. */
export function decodeRequest(text: string): OpenedRequest {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new CaroError('roster_invalid', 'expected a request to join in JSON');
  }
  return openRequest(document);
}

import { decodeBase64 } from '../domain/encoding/base64.ts';
import { canonical, type Json } from '../domain/encoding/canonical.ts';
import { CaroError } from '../domain/errors.ts';
import { parseNodeId } from '../domain/identity/node-id.ts';
import type { Envelope } from '../domain/identity/signed-envelope.ts';
import { HEAD_TYPE, type Officer, type RosterHead, VALID_DAYS } from '../domain/organisation/roster.ts';
import { validateRosterEnvelope, validateRosterHead } from '../generated/roster-validators.js';
import { encodeEnvelope, preAuthentication, seal } from '../identity/envelope.ts';
import { fingerprint } from '../identity/fingerprint.ts';
import { verify } from '../identity/signature.ts';
import { type DocumentKind, documentHash, readDocument, type Signer } from '../identity/signed-document.ts';

const DAY_MS = 86_400_000;

export interface OpenedHead {
  readonly head: RosterHead;
  /** SHA-256 of the signed bytes, base64. The next head names it. */
  readonly hash: string;
  readonly envelope: Envelope;
}

const KIND: DocumentKind<RosterHead> = {
  type: HEAD_TYPE,
  noun: 'roster head',
  code: 'roster_invalid',
  validate: validateRosterHead,
};

/** A draft: a head that nobody has signed yet. @throws CaroError `roster_invalid` */
export function draftHead(head: RosterHead): OpenedHead {
  const payload = Buffer.from(canonical(head as unknown as Json)).toString('base64');
  return readHead({ payloadType: HEAD_TYPE, payload, signatures: [] });
}

/**
 * Adds the signature of an officer. A second one with the same key replaces the first. Whether it
 * counts is decided by `hasQuorum`.
 */
export function signHead(
  { head, hash, envelope }: OpenedHead,
  signer: Pick<Signer, 'fingerprint' | 'sign'>,
): OpenedHead {
  const { signatures } = seal(HEAD_TYPE, Buffer.from(envelope.payload, 'base64'), signer);
  const others = envelope.signatures.filter(({ keyid }) => keyid !== signer.fingerprint);
  return { head, hash, envelope: { ...envelope, signatures: sorted([...others, ...signatures]) } };
}

/** One head with the signatures of several copies of it. @throws CaroError `roster_invalid` */
export function joinHeads(first: OpenedHead, ...others: readonly OpenedHead[]): OpenedHead {
  if (others.some(({ hash }) => hash !== first.hash)) throw invalid('expected signatures over the same head');
  const all = [first, ...others].flatMap(({ envelope }) => envelope.signatures);
  const signatures = [...new Map(all.map((signature) => [signature.keyid, signature])).values()];
  return { ...first, envelope: { ...first.envelope, signatures: sorted(signatures) } };
}

/**
 * A head without a check of its signatures, for officers who collect them.
 * @param document parsed JSON from outside
 * @throws CaroError `roster_invalid`
 */
export function readHead(document: unknown): OpenedHead {
  if (!validateRosterEnvelope(document))
    throw invalid('expected the head of a roster in its envelope; ask your officers for the file again');
  const keys = document.signatures.map(({ keyid }) => keyid);
  if (!isStrictlySorted(keys)) throw invalid('expected each signature once, sorted by key id');
  const head = readDocument(document, KIND);
  checkContent(head);
  return { head, hash: documentHash(document), envelope: document };
}

/**
 * A head that enough of its own officers have signed. Whether it follows another is decided by
 * `follow`.
 * @throws CaroError `roster_invalid`, `roster_unsigned`
 */
export function openHead(document: unknown): OpenedHead {
  const opened = readHead(document);
  if (!hasQuorum(opened.envelope, opened.head)) throw unsigned(opened.head);
  return opened;
}

/** As `openHead`, from the text of a file. */
export const decodeHead = (text: string): OpenedHead => openHead(parsed(text));

/** As `readHead`, from the text of a file. */
export const decodeDraft = (text: string): OpenedHead => readHead(parsed(text));

/** The text of a head's file: one line of canonical JSON. */
export const encodeHead = ({ envelope }: Pick<OpenedHead, 'envelope'>): string => `${encodeEnvelope(envelope)}\n`;

/** Officers of a head whose signature on the envelope verifies, each once. */
export function signersOf(envelope: Envelope, { officers }: Pick<RosterHead, 'officers'>): readonly Officer[] {
  const signed = preAuthentication(envelope.payloadType, Buffer.from(envelope.payload, 'base64'));
  return officers.filter(({ id }) => {
    const key = parseNodeId(id);
    if (key === undefined) return false;
    const keyid = fingerprint(key);
    const sig = envelope.signatures.find((signature) => signature.keyid === keyid)?.sig ?? '';
    const bytes = decodeBase64(sig);
    return bytes !== undefined && verify(key, signed, bytes);
  });
}

/** Whether enough officers of `head` have signed the envelope, which may hold another head. */
export const hasQuorum = (envelope: Envelope, head: Pick<RosterHead, 'officers' | 'threshold'>): boolean =>
  signersOf(envelope, head).length >= head.threshold;

export const unsigned = ({ version, threshold }: RosterHead): CaroError =>
  new CaroError(
    'roster_unsigned',
    `expected version ${version} of the roster with the signatures of ${threshold} officers, got fewer that verify; ask your officers for the published file`,
  );

/** What a schema cannot express. */
function checkContent(head: RosterHead): void {
  const { version, previous, threshold, officers, supervisors, trustees } = head;
  if ((version === 1) !== (previous === null)) throw invalid('expected a previous hash in every version but the first');
  if (threshold > officers.length)
    throw invalid(
      `expected a threshold of at most ${officers.length}, the number of officers, got ${threshold}; name more officers, or lower the threshold`,
    );
  const keys = officers.map(({ id }) => fingerprint(parseNodeId(id) ?? new Uint8Array()));
  checkUnique(keys, 'key of an officer');
  checkUnique(
    officers.map(({ name }) => name),
    'name of an officer',
  );
  // A node that is both could read every report alone.
  const nodes = [...supervisors, ...trustees];
  checkUnique(
    nodes.map(({ id }) => id),
    'supervisor or trustee',
  );
  checkUnique(
    nodes.map(({ name }) => name),
    'name of a supervisor or trustee',
  );
  checkUnique(
    nodes.map(({ card }) => card.sealingKey),
    'sealing key',
  );
  const validMs = Date.parse(head.expires) - Date.parse(head.createdAt);
  if (!(validMs >= VALID_DAYS.least * DAY_MS && validMs <= VALID_DAYS.most * DAY_MS))
    throw invalid(`expected a head that is valid for ${VALID_DAYS.least} to ${VALID_DAYS.most} days`);
}

function checkUnique(values: readonly string[], what: string): void {
  const again = values.find((value, at) => values.indexOf(value) !== at);
  if (again !== undefined) throw invalid(`expected each ${what} once, got ${again} twice`);
}

const sorted = (signatures: Envelope['signatures']): Envelope['signatures'] =>
  [...signatures].sort((a, b) => (a.keyid < b.keyid ? -1 : 1));

const isStrictlySorted = (values: readonly string[]): boolean =>
  values.every((value, index) => index === 0 || (values[index - 1] ?? '') < value);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('expected the head of a roster in JSON; ask your officers for the file again');
  }
}

const invalid = (message: string): CaroError => new CaroError('roster_invalid', message);

/*
 * How a task comes about. The leader writes a draft with its terms and its sealing key. The trustee
 * makes the verify key, completes the task and signs it: the offer. It holds the verify key, sealed
 * to the leader. The leader signs too, and the task with both signatures goes to the nodes.
 */
import { canonical } from '../../domain/encoding/canonical.ts';
import type { Validator } from '../../domain/encoding/validator.ts';
import { CaroError } from '../../domain/errors.ts';
import type { Envelope } from '../../domain/identity/signed-envelope.ts';
import { validateBlindDraft, validateBlindOffer, validateBlindTask } from '../../generated/blind-validators.js';
import { seal } from '../../identity/envelope.ts';
import { checkSignatures, documentHash, hashOf, readDocument, type Signer } from '../../identity/signed-document.ts';
import type { BlindTask } from '../documents.ts';
import { type BlindDraft, type BlindOffer, DRAFT_TYPE } from '../documents.ts';
import type { Sealing, SealingKey } from '../sealing.ts';
import { isVerifyKeyOf, joinSignatures, type OpenedTask, signTask } from '../task.ts';

const INFO = Buffer.from('caro-blind-verify-key-v1');
const DRAFT = {
  type: DRAFT_TYPE,
  noun: 'draft of a blind task',
  code: 'blind_task_invalid',
  validate: validateBlindDraft,
} as const;

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** The leader's draft, as the text of a file. */
export const encodeDraft = (draft: BlindDraft, leader: Signer): string =>
  fileText(seal(DRAFT_TYPE, Buffer.from(canonical(draft)), leader));

/**
 * The draft in a file; undefined if it is another document.
 * @throws CaroError `blind_task_invalid`
 */
export function decodeDraft(text: string): BlindDraft | undefined {
  const envelope = parsed(text) as Envelope;
  if (envelope.payloadType !== DRAFT_TYPE) return undefined;
  const draft = readDocument(envelope, DRAFT);
  checkSignatures(envelope, [draft.leader.node], DRAFT);
  return draft;
}

export interface OfferInput {
  readonly draft: BlindDraft;
  readonly trustee: Signer;
  readonly sealingKey: SealingKey;
  /** 16 new random bytes. */
  readonly verifyKey: Uint8Array;
}

/** The trustee's offer: the task that it signs, and the verify key for the leader. */
export async function makeOffer(
  { draft, trustee, sealingKey, verifyKey }: OfferInput,
  sealing: Sealing,
): Promise<{ readonly task: OpenedTask; readonly text: string }> {
  const document: BlindTask = {
    ...draft,
    type: 'caro.blind-task',
    trustee: { node: trustee.id, sealingKey: base64(sealingKey.publicKey) },
    verifyKeyHash: hashOf(verifyKey),
  };
  const envelope = signTask(document, trustee);
  const id = documentHash(envelope);
  const box = await sealing.seal({
    recipient: Buffer.from(draft.leader.sealingKey, 'base64'),
    info: INFO,
    associatedData: Buffer.from(id),
    plaintext: verifyKey,
  });
  const offer: BlindOffer = { type: 'caro.blind-offer', version: 1, task: envelope, verifyKey: base64(box) };
  return { task: { task: document, id, envelope }, text: fileText(offer) };
}

/**
 * The task in an offer; undefined if it is another document. The trustee's signature is checked by
 * `acceptOffer`.
 *
 * @throws CaroError `blind_task_invalid`
 */
export function decodeOffer(text: string): { readonly offer: BlindOffer; readonly task: BlindTask } | undefined {
  const offer = parsed(text);
  if ((offer as { readonly type?: unknown }).type !== 'caro.blind-offer') return undefined;
  const validate: Validator<BlindOffer> = validateBlindOffer;
  if (!validate(offer)) throw invalid('expected the offer of a trustee; ask for the file again');
  const task: unknown = JSON.parse(Buffer.from(offer.task.payload, 'base64').toString('utf8'));
  if (!validateBlindTask(task)) throw invalid('expected a task in the offer of the trustee; ask for the file again');
  return { offer, task };
}

/**
 * The leader signs the task of an offer.
 * @throws CaroError `blind_task_invalid` unless the trustee signed it and the verify key is its
 *   own; `blind_box_invalid`
 */
export async function acceptOffer(
  { offer, task }: { readonly offer: BlindOffer; readonly task: BlindTask },
  leader: Signer,
  sealingKey: SealingKey,
  sealing: Sealing,
): Promise<{ readonly task: OpenedTask; readonly verifyKey: Uint8Array }> {
  if (task.leader.node !== leader.id || task.leader.sealingKey !== base64(sealingKey.publicKey))
    throw invalid('expected an offer for the draft of this node, got one for another');
  const opened = joinSignatures(signTask(task, leader), offer.task);
  const verifyKey = await sealing.open({
    key: sealingKey,
    info: INFO,
    associatedData: Buffer.from(opened.id),
    box: Buffer.from(offer.verifyKey, 'base64'),
  });
  if (!isVerifyKeyOf(task, verifyKey)) throw invalid('expected the verify key that the task promises, got another');
  return { task: opened, verifyKey };
}

const fileText = (document: object): string => `${canonical(structuredClone(document) as never)}\n`;

function parsed(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('expected a draft, an offer or a task in JSON');
  }
  if (typeof value !== 'object' || value === null) throw invalid('expected a draft, an offer or a task');
  return value;
}

const invalid = (message: string): CaroError => new CaroError('blind_task_invalid', message);

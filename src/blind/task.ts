import { canonical } from '../domain/encoding/canonical.ts';
import { CaroError } from '../domain/errors.ts';
import type { DualEnvelope, Envelope } from '../domain/identity/signed-envelope.ts';
import { validateBlindTask, validateBlindTaskEnvelope } from '../generated/blind-validators.js';
import { encodeEnvelope, seal } from '../identity/envelope.ts';
import {
  checkSignatures,
  type DocumentKind,
  documentHash,
  hashOf,
  readDocument,
  type Signer,
} from '../identity/signed-document.ts';
import { type BlindTask, TASK_TYPE } from './documents.ts';
import type { AggregatorRole } from './vdaf/vdaf.ts';

export interface OpenedTask {
  readonly task: BlindTask;
  /** SHA-256 of the signed bytes, base64. Reports, receipts and releases name the task by it. */
  readonly id: string;
  readonly envelope: DualEnvelope;
}

const KIND: DocumentKind<BlindTask> = {
  type: TASK_TYPE,
  noun: 'blind task',
  code: 'blind_task_invalid',
  validate: validateBlindTask,
};

/**
 * The envelope of a task with one signature. Leader and trustee both sign the same task; then
 * `joinSignatures` makes the document of it.
 *
 * @throws CaroError `blind_task_invalid`
 */
export function signTask(task: BlindTask, signer: Signer): Envelope {
  const envelope = seal(TASK_TYPE, Buffer.from(canonical(task)), signer);
  checkContent(readDocument(envelope, KIND));
  return envelope;
}

/**
 * The document of a task from the envelopes of its leader and its trustee.
 * @throws CaroError `blind_task_invalid` unless both signed the same task
 */
export function joinSignatures(leader: Envelope, trustee: Envelope): OpenedTask {
  if (leader.payload !== trustee.payload) throw invalid('expected two signatures over the same task');
  return openTask({ ...leader, signatures: [...leader.signatures, ...trustee.signatures] });
}

/**
 * The task in a document that its leader and its trustee have signed, in this order.
 * @param document parsed JSON from outside
 * @throws CaroError `blind_task_invalid`
 */
export function openTask(document: unknown): OpenedTask {
  if (!validateBlindTaskEnvelope(document)) {
    throw invalid('expected the document of a blind task with two signatures; ask the analyst for the file again');
  }
  const task = readDocument(document, KIND);
  checkSignatures(document, [task.leader.node, task.trustee.node], KIND);
  checkContent(task);
  return { task, id: documentHash(document), envelope: document };
}

/** As `openTask`, from the text of a file. */
export function decodeTask(text: string): OpenedTask {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw invalid('expected the document of a blind task in JSON; ask the analyst for the file again');
  }
  return openTask(document);
}

/** The text of a task's file: one line of canonical JSON. */
export const encodeTask = ({ envelope }: Pick<OpenedTask, 'envelope'>): string => `${encodeEnvelope(envelope)}\n`;

/**
 * The role that a node has in a task; null for a node that only reports.
 * @param node node id
 */
export function roleIn({ leader, trustee }: BlindTask, node: string): AggregatorRole | null {
  if (node === leader.node) return 'leader';
  return node === trustee.node ? 'trustee' : null;
}

/** Whether the task promises this verify key. */
export const isVerifyKeyOf = ({ verifyKeyHash }: BlindTask, verifyKey: Uint8Array): boolean =>
  hashOf(verifyKey) === verifyKeyHash;

/** What a schema cannot express: the aggregators are two. */
function checkContent({ leader, trustee }: BlindTask): void {
  if (leader.node === trustee.node || leader.sealingKey === trustee.sealingKey) {
    throw invalid('expected another node with another key as trustee than as leader');
  }
}

const invalid = (message: string): CaroError => new CaroError('blind_task_invalid', message);

import { canonical } from '../domain/encoding/canonical.ts';
import { CaroError } from '../domain/errors.ts';
import type { Envelope } from '../domain/identity/signed-envelope.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import { validateBlindReceipt, validateBlindReport } from '../generated/blind-validators.js';
import { seal } from '../identity/envelope.ts';
import {
  checkSignatures,
  type DocumentKind,
  documentHash,
  readDocument,
  type Signer,
} from '../identity/signed-document.ts';
import { dayStart } from './day.ts';
import { type BlindReceipt, type BlindReport, RECEIPT_TYPE, REPORT_TYPE } from './documents.ts';
import type { Sealing, SealingKey } from './sealing.ts';
import type { OpenedTask } from './task.ts';
import type { AggregatorRole, Vdaf } from './vdaf/vdaf.ts';

/** Random bytes of one report. They, the cells and the node's key determine every byte of it. */
export interface ReportRandomness {
  /** 16 bytes. */
  readonly nonce: Uint8Array;
  /** 80 bytes (`Vdaf.randomBytes`). */
  readonly shares: Uint8Array;
  /** 32 bytes for each box. */
  readonly boxes: Readonly<Record<AggregatorRole, Uint8Array>>;
}

export interface PayloadInput {
  readonly task: OpenedTask;
  readonly day: string;
  /** Values of the cells of the task's layout. */
  readonly cells: readonly number[];
  readonly randomness: ReportRandomness;
  /** Node id that reports. */
  readonly node: string;
}

export interface ReportInput extends Omit<PayloadInput, 'node'> {
  readonly signer: Signer;
}

const REPORT: DocumentKind<BlindReport> = {
  type: REPORT_TYPE,
  noun: 'blind report',
  code: 'blind_report_invalid',
  validate: validateBlindReport,
};
const RECEIPT: DocumentKind<BlindReceipt> = {
  type: RECEIPT_TYPE,
  noun: 'receipt of a blind report',
  code: 'blind_report_invalid',
  validate: validateBlindReceipt,
};
const INFO = Buffer.from('caro-blind-report-v1');

/**
 * The two envelopes of a report. The same input gives the same bytes.
 * @throws RangeError if a cell does not fit the layout
 */
export async function makeReport(
  { signer, ...input }: ReportInput,
  parts: ReportParts,
): Promise<Readonly<Record<AggregatorRole, Envelope>>> {
  const payloads = await reportPayloads({ ...input, node: signer.id }, parts);
  return signReport(payloads, signer);
}

interface ReportParts {
  readonly vdaf: Vdaf;
  readonly sealing: Sealing;
}

/** The bytes of both envelopes that are to be signed. */
export type ReportPayloads = Readonly<Record<AggregatorRole, Uint8Array>>;

/** The envelopes around the payloads of a report. */
export const signReport = ({ leader, trustee }: ReportPayloads, signer: Signer) => ({
  leader: seal(REPORT_TYPE, leader, signer),
  trustee: seal(REPORT_TYPE, trustee, signer),
});

/**
 * What `makeReport` signs, made without the node's key.
 * @throws RangeError if a cell does not fit the layout
 */
export async function reportPayloads(input: PayloadInput, { vdaf, sealing }: ReportParts): Promise<ReportPayloads> {
  const { task, day, cells, randomness, node } = input;
  const { publicShare, inputShares } = await vdaf.shard(cells, randomness.nonce, randomness.shares);
  const payload = async (role: AggregatorRole): Promise<Uint8Array> => {
    const head: ReportHead = {
      type: 'caro.blind-report',
      version: 1,
      task: task.id,
      day,
      node,
      role,
      nonce: base64(randomness.nonce),
      publicShare: base64(publicShare),
    };
    const box = await sealing.seal({
      recipient: Buffer.from(task.task[role].sealingKey, 'base64'),
      info: INFO,
      associatedData: associatedData(head),
      plaintext: inputShares[role],
      ephemeral: randomness.boxes[role],
    });
    return Buffer.from(canonical({ ...head, box: base64(box) }));
  };
  return { leader: await payload('leader'), trustee: await payload('trustee') };
}

/**
 * A report for an aggregator of this task, signed by the node that it names. Whether that node may
 * report, the day and repetitions are for the caller to check.
 *
 * @throws CaroError `blind_report_invalid`
 */
export function openReport(envelope: Envelope, task: OpenedTask, role: AggregatorRole): BlindReport {
  const report = readDocument(envelope, REPORT);
  checkSignatures(envelope, [report.node], REPORT);
  if (report.task !== task.id || report.role !== role) {
    throw new CaroError('blind_report_invalid', `expected a report for the ${role} of this task, got one for another`);
  }
  dayStart(report.day);
  return report;
}

/**
 * The input share in a report.
 * @param key the aggregator's sealing key
 * @throws CaroError `blind_box_invalid`
 */
export function openShare(report: BlindReport, key: SealingKey, sealing: Sealing): Promise<Uint8Array> {
  const { box, ...head } = report;
  return sealing.open({ key, info: INFO, associatedData: associatedData(head), box: Buffer.from(box, 'base64') });
}

/** The receipt of a report, signed by the aggregator that has stored it. */
export function signReceipt(report: Envelope, nowMs: number, aggregator: Signer): Envelope {
  const { task, day, node, role } = readDocument(report, REPORT);
  const receipt: BlindReceipt = {
    type: 'caro.blind-receipt',
    version: 1,
    task,
    day,
    node,
    role,
    report: documentHash(report),
    receivedAt: isoTime(nowMs),
  };
  return seal(RECEIPT_TYPE, Buffer.from(canonical(receipt)), aggregator);
}

/**
 * The receipt of one of this task's aggregators.
 * @throws CaroError `blind_report_invalid` unless that aggregator signed it
 */
export function openReceipt(envelope: Envelope, { task, id }: OpenedTask): BlindReceipt {
  const receipt = readDocument(envelope, RECEIPT);
  checkSignatures(envelope, [task[receipt.role].node], RECEIPT);
  if (receipt.task !== id) {
    throw new CaroError('blind_report_invalid', 'expected a receipt of this task, got one of another');
  }
  return receipt;
}

/** Fresh randomness for one report. */
export const drawRandomness = (randomBytes: (count: number) => Uint8Array): ReportRandomness => ({
  nonce: randomBytes(NONCE_BYTES),
  shares: randomBytes(SHARE_BYTES),
  boxes: { leader: randomBytes(BOX_BYTES), trustee: randomBytes(BOX_BYTES) },
});

/** The randomness of a report in one piece, as it is stored. */
export const joinRandomness = ({ nonce, boxes, shares }: ReportRandomness): Uint8Array =>
  Uint8Array.from([...nonce, ...boxes.leader, ...boxes.trustee, ...shares]);

/** The inverse of `joinRandomness`. */
export function splitRandomness(bytes: Uint8Array): ReportRandomness {
  const [leaderAt, trusteeAt, sharesAt] = [NONCE_BYTES, NONCE_BYTES + BOX_BYTES, NONCE_BYTES + 2 * BOX_BYTES];
  return {
    nonce: bytes.slice(0, leaderAt),
    boxes: { leader: bytes.slice(leaderAt, trusteeAt), trustee: bytes.slice(trusteeAt, sharesAt) },
    shares: bytes.slice(sharesAt),
  };
}

type ReportHead = Omit<BlindReport, 'box'>;

/** What `Vdaf.shard` takes with two aggregators, and a box. `shard` refuses other lengths. */
const NONCE_BYTES = 16;
const SHARE_BYTES = 80;
const BOX_BYTES = 32;

/** Everything that a report says but its box. */
const associatedData = (head: ReportHead): Uint8Array => Buffer.from(canonical(head));

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

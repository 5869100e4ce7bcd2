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
  payloadOf,
  readDocument,
  readText,
  type Signer,
} from '../identity/signed-document.ts';
import { dayStart } from './day.ts';
import { type BlindReceipt, type BlindReport, RECEIPT_TYPE, REPORT_TYPE } from './documents.ts';
import {
  headBytes,
  type PayloadInput,
  REPORT_INFO,
  type ReportParts,
  type ReportPayloads,
  reportPayloads,
  splitReport,
} from './report-bytes.ts';
import type { Sealing, SealingKey } from './sealing.ts';
import type { OpenedTask } from './task.ts';
import type { AggregatorRole } from './vdaf/vdaf.ts';

interface ReportInput extends Omit<PayloadInput, 'node' | 'task'> {
  readonly task: OpenedTask;
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

/** A report whose signature and head have been checked. */
export interface OpenedReport extends BlindReport {
  /** The input share, sealed to the aggregator's key with the head as associated data. */
  readonly box: Uint8Array;
}

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

/** The envelopes around the payloads of a report. */
export const signReport = ({ leader, trustee }: ReportPayloads, signer: Signer) => ({
  leader: seal(REPORT_TYPE, leader, signer),
  trustee: seal(REPORT_TYPE, trustee, signer),
});

/**
 * A report for an aggregator of this task, signed by the node that it names. Whether that node may
 * report, the day and repetitions are for the caller to check.
 *
 * @throws CaroError `blind_report_invalid`
 */
export function openReport(envelope: Envelope, task: OpenedTask, role: AggregatorRole): OpenedReport {
  const report = readReport(envelope);
  checkSignatures(envelope, [report.node], REPORT);
  if (report.task !== task.id || report.role !== role) {
    throw new CaroError('blind_report_invalid', `expected a report for the ${role} of this task, got one for another`);
  }
  dayStart(report.day);
  return report;
}

function readReport(envelope: Envelope): OpenedReport {
  const { head, box } = splitReport(payloadOf(envelope, REPORT));
  return { ...readText(head, REPORT), box };
}

/**
 * The input share in a report.
 * @param key the aggregator's sealing key
 * @throws CaroError `blind_box_invalid`
 */
export function openShare({ box, ...head }: OpenedReport, key: SealingKey, sealing: Sealing): Promise<Uint8Array> {
  return sealing.open({ key, info: REPORT_INFO, associatedData: headBytes(head), box });
}

/** The receipt of a report, signed by the aggregator that has stored it. */
export function signReceipt(report: Envelope, nowMs: number, aggregator: Signer): Envelope {
  const { task, day, node, role } = readReport(report);
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

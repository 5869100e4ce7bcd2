/*
 * The signed documents of blind totals, their media types and limits. `schemas.ts` has their
 * schemas.
 */

import type { Envelope } from '../domain/identity/signed-envelope.ts';
import type { DAY_LAYOUT, LayoutWords } from './layout/day-1.ts';
import type { AggregatorRole } from './vdaf/vdaf.ts';

/** DSSE payload type of a task. */
export const TASK_TYPE = 'application/vnd.caro.blind-task.v1+json';

/** DSSE payload types of a report and of its receipt. */
export const REPORT_TYPE = 'application/vnd.caro.blind-report.v1';
export const RECEIPT_TYPE = 'application/vnd.caro.blind-receipt.v1+json';

export type Aggregator = {
  /** Node id. */
  readonly node: string;
  /** X25519 public key for reports to this aggregator, base64. */
  readonly sealingKey: string;
};

/**
 * What both aggregators and every node agree on. The SHA-256 of its signed bytes is associated data
 * of every share, so a report for one task is of no use in another one.
 */
export type BlindTask = {
  readonly type: 'caro.blind-task';
  readonly version: 1;
  /** Chosen by the leader, for people. */
  readonly name: string;
  readonly createdAt: string;
  readonly layout: typeof DAY_LAYOUT;
  /** What the cells of the layout are named after. */
  readonly words: LayoutWords;
  readonly leader: Aggregator;
  readonly trustee: Aggregator;
  /** Smallest number of nodes behind a total. */
  readonly floor: number;
  /** How long after the end of a day its reports are accepted. */
  readonly windowHours: number;
  /** Share of the reports that the trustee received which the leader must present. */
  readonly completePercent: number;
  /** Days for which a node must have been a member to count towards the floor. */
  readonly seasonDays: number;
  /** Standard deviation of the noise on each total; 0 for exact totals. */
  readonly noiseSd: number;
  /** SHA-256 of the verify key, which the trustee makes before the first report. */
  readonly verifyKeyHash: string;
};

/**
 * The head of what a node sends to one aggregator about one UTC day. A line feed and the bytes of
 * the box follow: the input share, sealed to the aggregator's key with the head as associated data.
 * The box is not base64 in the JSON, because its envelope is base64 already. The report of a day
 * consists of two of them with the same nonce and public share. Neither contains a figure that its
 * reader can use without the other aggregator.
 */
export type BlindReport = {
  readonly type: 'caro.blind-report';
  readonly version: 1;
  /** Id of the task. */
  readonly task: string;
  readonly day: string;
  /** The node that reports and has signed this. */
  readonly node: string;
  /** For whom the box is. */
  readonly role: AggregatorRole;
  /** Base64 of 16 bytes. */
  readonly nonce: string;
  /** Base64. */
  readonly publicShare: string;
};

/** Says that an aggregator has stored a report; from then on the node need not send it again. */
export type BlindReceipt = {
  readonly type: 'caro.blind-receipt';
  readonly version: 1;
  readonly task: string;
  readonly day: string;
  readonly node: string;
  /** Who signed it. */
  readonly role: AggregatorRole;
  /** SHA-256 of the signed bytes of the report, base64. */
  readonly report: string;
  readonly receivedAt: string;
};

/** DSSE payload type of a draft. */
export const DRAFT_TYPE = 'application/vnd.caro.blind-draft.v1+json';

/** What a leader proposes: a task without what the trustee adds. */
export type BlindDraft = Omit<BlindTask, 'type' | 'trustee' | 'verifyKeyHash'> & {
  readonly type: 'caro.blind-draft';
  /** Node id. */
  readonly trustee: string;
};

/** The task as the trustee has signed it, for the leader. */
export type BlindOffer = {
  readonly type: 'caro.blind-offer';
  readonly version: 1;
  /** A task with one signature. */
  readonly task: Envelope;
  /** The verify key, sealed to the leader, base64. */
  readonly verifyKey: string;
};

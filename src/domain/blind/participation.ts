/* What the owner of a node sees of its part in blind totals. */
import type { ErrorCode } from '../errors.ts';

/** The terms of a task, for its owner's consent. */
export interface TaskView {
  /** SHA-256 of its signed bytes, base64. */
  readonly id: string;
  readonly name: string;
  readonly layout: string;
  /** Node ids. */
  readonly leader: string;
  readonly trustee: string;
  readonly floor: number;
  readonly windowHours: number;
  readonly completePercent: number;
  readonly seasonDays: number;
  readonly noiseSd: number;
}

/** What would leave, or left, about one day. */
export interface DayCells {
  /** UTC, `2026-11-20`. */
  readonly day: string;
  /** Whether the day is over; otherwise these are its figures so far. */
  readonly closed: boolean;
  /** Every cell of the layout in order. */
  readonly cells: readonly { readonly name: string; readonly bits: number; readonly value: number }[];
}

/** The setting that keeps reports from leaving. */
export const REPORT_STOPS = ['mesh.enabled', 'sharing.level', 'blind.report', 'blind.floor'] as const;
export type ReportStop = (typeof REPORT_STOPS)[number];

/** A report that waits to be sent. */
export interface PendingReport {
  /** Node id of its aggregator, as the task names it, and what that is in the task. */
  readonly recipient: string;
  readonly role: 'leader' | 'trustee';
  /** Id and floor of its task. */
  readonly task: string;
  readonly floor: number;
}

/** One of the two envelopes of a report. */
export interface Delivery {
  /** When the aggregator confirmed that it has it; null: not yet. */
  readonly receivedAt: string | null;
  /** Code with which the aggregator refused it for good. */
  readonly refused: ErrorCode | null;
}

/** One day of this node's reports. */
export interface ReportedDay {
  readonly day: string;
  /** Id of the task. */
  readonly task: string;
  /** When its report is or was due. */
  readonly dueAt: string;
  /** When it was made, from when on the day is spent; null before. */
  readonly madeAt: string | null;
  /** Whether no report was made before the window of the day was over. */
  readonly givenUp: boolean;
  /** Null before the report is made. */
  readonly leader: Delivery | null;
  readonly trustee: Delivery | null;
  /** After the window. `contributors`: in a total of how many nodes; null: in none. */
  readonly release: { readonly contributors: number | null; readonly withheld: string | null } | null;
}

/** A report, made once more from what the ledger keeps of it. */
export interface RemadeReport {
  /** Base64 of the signed bytes. */
  readonly payload: string;
  readonly cells: DayCells['cells'];
}

export interface BlindStatus {
  /** Null for a node without a task. `mayConnect`: whether the policy lets both connect. */
  readonly task:
    | (TaskView & { readonly joinedAt: string; readonly mayConnect: Record<'leader' | 'trustee', boolean> })
    | null;
  /** Whether supervisors get figures of this node alone (`sharing.live`). */
  readonly live: boolean;
  /** Null while reports may leave. */
  readonly stoppedBy: ReportStop | null;
  /** The next report that is not made yet. */
  readonly next: { readonly day: string; readonly dueAt: string } | null;
  /** Envelopes that wait for a receipt. */
  readonly waiting: number;
  /** Code with which the last exchange with each of them failed; null if it did not. */
  readonly trouble: Readonly<Record<'leader' | 'trustee', ErrorCode | null>>;
  /** Whether the trustee's release log contradicted itself. */
  readonly forked: boolean;
}

/** What joining a task would mean for this node. */
export interface TaskOffer {
  readonly task: TaskView;
  readonly mayConnect: Record<'leader' | 'trustee', boolean>;
  /** What would keep reports from leaving after joining. */
  readonly stoppedBy: ReportStop | null;
  /** The first report, as it would be with the figures so far. */
  readonly preview: DayCells;
}

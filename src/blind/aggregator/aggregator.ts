/** What leader and trustee have in common: the task, its keys, their ports, and the intake. */
import type { AuditEntry } from '../../domain/audit/audit-record.ts';
import { CaroError } from '../../domain/errors.ts';
import type { Envelope } from '../../domain/identity/signed-envelope.ts';
import { documentHash, type Signer } from '../../identity/signed-document.ts';
import type { AggregatorStore } from '../../storage/blind/aggregator-store.ts';
import { dayEnd, windowEnd } from '../day.ts';
import type { BlindTask } from '../documents.ts';
import { openReport, signReceipt } from '../report.ts';
import type { SealingKey } from '../sealing.ts';
import type { OpenedTask } from '../task.ts';
import type { AggregatorRole } from '../vdaf/vdaf.ts';

/** A task in which this node is an aggregator. */
export interface AggregatorTask {
  readonly opened: OpenedTask;
  readonly role: AggregatorRole;
  readonly verifyKey: Uint8Array;
  readonly sealingKey: SealingKey;
}

/** Nodes whose reports count, as the owner of the aggregator has named them. */
export interface Group {
  /** The same for all keys of one node. */
  readonly account: (node: string) => string;
  readonly isMember: (node: string) => boolean;
  /** Part of the organization; null where none is named. */
  readonly unit: (node: string) => string | null;
}

/** One report for a thread to prepare. */
export interface PrepareJob {
  /** Of the stored report, which the thread reads itself: it takes up 40 kB. */
  readonly id: number;
  /** For the trustee: the leader's preparation share. */
  readonly theirs: Uint8Array | null;
}

export interface PreparedShare {
  /** Code of a report that is refused; then the rest is null. */
  readonly code: string | null;
  /** The leader's preparation share. */
  readonly share: Uint8Array | null;
  /** The trustee's preparation message. */
  readonly message: Uint8Array | null;
  /** State of the VDAF at the leader, output share at the trustee. */
  readonly output: Uint8Array | null;
}

/** Work in threads. */
export interface AggregatorThreads {
  /** In the order of `jobs`; does not reject because of a report. */
  readonly prepare: (task: AggregatorTask, jobs: readonly PrepareJob[]) => Promise<readonly PreparedShare[]>;
  /** Sum of the output shares of these nodes, all of which are `ready`. */
  readonly sum: (task: AggregatorTask, day: string, nodes: readonly string[]) => Promise<Uint8Array>;
}

/** Records what a peer was refused, unless it was recorded not long ago. */
export type RecordRefusal = (
  peer: string,
  details: { readonly code: string } & Readonly<Record<string, string | number>>,
) => Promise<void>;

export interface AggregatorPorts {
  readonly store: AggregatorStore;
  readonly threads: AggregatorThreads;
  readonly group: () => Group;
  readonly signer: () => Signer;
  readonly audit: (entry: AuditEntry) => Promise<unknown>;
  readonly refused: RecordRefusal;
  readonly now: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
}

/** A UTC day that is open for reports for this long is released at the earliest. */
export const windowOver = (task: BlindTask, day: string, nowMs: number): boolean => nowMs >= windowEnd(task, day);

/**
 * Takes a report of a node and returns the receipt. The same report again gets the same receipt,
 * whenever it comes.
 *
 * @param peer node id of the connection
 * @throws CaroError `blind_report_invalid`, `report_not_member`, `report_early`, `report_late`,
 *   `report_duplicate`, `day_closed`
 */
export function takeReport(
  { opened, role }: AggregatorTask,
  { store, group, signer, now }: AggregatorPorts,
  peer: string,
  document: Envelope,
): Envelope {
  const { day, node, publicShare } = openReport(document, opened, role);
  const { account, isMember } = group();
  if (account(node) !== account(peer)) {
    throw new CaroError('blind_report_invalid', 'expected a report of the node that sends it, got one of another node');
  }
  if (!isMember(node)) throw new CaroError('report_not_member', 'expected a node that this aggregator counts');
  const key = { task: opened.id, day, account: account(node) };
  const hash = documentHash(document);
  const known = store.find(key);
  if (known?.hash === hash) return known.receipt;
  const nowMs = now();
  if (nowMs < dayEnd(day)) throw new CaroError('report_early', `expected a day that is over, got ${day}`);
  if (windowOver(opened.task, day, nowMs)) {
    throw new CaroError('report_late', `expected a report within ${opened.task.windowHours} hours of its day`);
  }
  if (known) throw new CaroError('report_duplicate', `expected one report for ${day}, got a second one`);
  // A clock that was set back opens the window once more.
  if (store.isReleased(opened.id, day)) throw new CaroError('day_closed', `expected a day that is open, got ${day}`);
  const receipt = signReceipt(document, nowMs, signer());
  store.add({
    ...key,
    node,
    hash,
    document,
    publicShare: Buffer.from(publicShare, 'base64'),
    receipt,
    receivedMs: nowMs,
  });
  return receipt;
}

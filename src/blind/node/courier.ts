import type { AuditEntry } from '../../domain/audit/audit-record.ts';
import type { BlindReplyTo, BlindRequest } from '../../domain/blind/exchange.ts';
import { CaroError, type ErrorCode } from '../../domain/errors.ts';
import type { Envelope } from '../../domain/identity/signed-envelope.ts';
import type { OutboxRow, ReportStore } from '../../storage/blind/report-store.ts';
import { openReceipt } from '../report.ts';
import type { OpenedTask } from '../task.ts';
import { createTries } from '../tries.ts';
import type { AggregatorRole } from '../vdaf/vdaf.ts';

/** The report is lost for this day; sending it again cannot help. */
const FINAL: ReadonlySet<ErrorCode> = new Set([
  'report_late',
  'report_duplicate',
  'day_closed',
  'blind_report_invalid',
  'blind_box_invalid',
  'blind_share_invalid',
]);

export interface CourierPorts {
  readonly store: ReportStore;
  /**
   * Sends through the egress gate.
   * @throws CaroError while the peer is away, or if the gate refuses
   */
  readonly exchange: <T extends BlindRequest['type']>(
    peer: string,
    request: Extract<BlindRequest, { readonly type: T }>,
  ) => Promise<BlindReplyTo<T>>;
  readonly audit: (entry: AuditEntry) => Promise<unknown>;
}

/**
 * Sends what waits for an aggregator, oldest first, until all of it has a receipt or is refused for
 * good. The same bytes are sent again until then.
 * @throws CaroError while the aggregator is away or refuses for now
 */
export async function deliverReports(task: OpenedTask, role: AggregatorRole, ports: CourierPorts): Promise<void> {
  const { attempt, end } = createTries();
  for (const row of ports.store.outbox(task.id, role)) await attempt(() => deliver(task, row, ports));
  end();
}

async function deliver(task: OpenedTask, row: OutboxRow, ports: CourierPorts): Promise<void> {
  const { recipient, document } = row;
  const reply = await ports.exchange(recipient, { type: 'blind-report', body: { report: document } });
  if (reply.type === 'blind-receipt') await take(task, row, reply.body.receipt, ports);
  else await refused(row, reply.body.code, ports);
}

/** A receipt that does not name this very report is none: the report stays in the outbox. */
async function take(
  task: OpenedTask,
  row: OutboxRow,
  envelope: Envelope,
  { store, audit }: CourierPorts,
): Promise<void> {
  const { day, role, hash, recipient } = row;
  const receipt = openReceipt(envelope, task);
  if (receipt.report !== hash || receipt.role !== role || receipt.day !== day) {
    throw new CaroError('blind_report_invalid', `expected the receipt of the report for ${day}, got another one`);
  }
  await audit({ type: 'report.sent', peer: recipient, details: { day, role, result: 'received' } });
  store.receive(day, role, envelope, Date.parse(receipt.receivedAt));
}

async function refused(
  { day, role, recipient }: OutboxRow,
  code: ErrorCode,
  { store, audit }: CourierPorts,
): Promise<void> {
  if (!FINAL.has(code)) throw new CaroError(code, `the ${role} does not take reports now`);
  await audit({ type: 'report.sent', peer: recipient, details: { day, role, result: code } });
  store.refuse(day, role, code);
}

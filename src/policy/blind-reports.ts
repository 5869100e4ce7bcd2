import type { PendingReport, ReportStop } from '../domain/blind/participation.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { Decision } from '../domain/policy/policy.ts';

/**
 * The setting that keeps reports for blind totals from leaving; null if they may leave. The egress
 * gate asks this at the moment of sending. Pure.
 *
 * @param floor of the task
 */
export function reportStop(
  { mesh, sharing, blind }: Pick<Configuration, 'mesh' | 'sharing' | 'blind'>,
  floor: number,
): ReportStop | null {
  if (!mesh.enabled) return 'mesh.enabled';
  if (sharing.level === 0) return 'sharing.level';
  if (!blind.report) return 'blind.report';
  return floor < blind.floor ? 'blind.floor' : null;
}

/**
 * Whether a node may be the trustee of a task. In an organization its owner has agreed to the
 * trustees of the roster; a further node of the analyst is none, unless the owner trusts it. Pure.
 */
export const mayBeTrustee = ({ trust }: Pick<Configuration, 'trust'>, id: string): boolean =>
  trust.roster === undefined || trust.roster.isTrustee(id) || (trust.nodes[id] ?? 'untrusted') !== 'untrusted';

const REFUSED: Readonly<Record<ReportStop, string>> = {
  'mesh.enabled': 'mesh.enabled is false',
  'sharing.level': 'sharing.level is 0: nothing leaves this node',
  'blind.report': 'blind.report is false',
  'blind.floor': 'the floor of the task is below blind.floor',
};

/**
 * Whether a report may leave. Only a document that this node has put into its outbox may, as it was
 * stored, for the task that its owner has joined, and to the aggregator that it was sealed for, as
 * long as that may be the trustee. Pure.
 *
 * @param pending the document in the outbox; null if there is no such document
 * @param peer id of the node at the other end
 * @param isRecipient whether `peer` is the aggregator of `pending`, perhaps with a later key
 */
export function decideReport(
  settings: Pick<Configuration, 'mesh' | 'sharing' | 'blind' | 'trust'>,
  pending: PendingReport | null,
  peer: string,
  isRecipient: (id: string) => boolean,
): Decision {
  const deny = (rule: string, reason: string): Decision => ({ allow: false, level: null, rule, reason });
  if (pending === null || pending.task !== settings.blind.task)
    return deny('blind.task', 'not a report that this node has made for the task that it takes part in');
  if (!isRecipient(pending.recipient)) return deny('blind.task', 'the report is for another node');
  if (pending.role === 'trustee' && ![pending.recipient, peer].some((id) => mayBeTrustee(settings, id)))
    return deny('blind.trustee', 'the roster does not name the trustee of the task');
  const stop = reportStop(settings, pending.floor);
  if (stop !== null) return deny(stop, REFUSED[stop]);
  return { allow: true, level: null, rule: 'blind.task', reason: 'the owner takes part in this task' };
}

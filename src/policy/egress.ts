import type { BlindBodies } from '../domain/blind/exchange.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { OrgBodies } from '../domain/organisation/exchange.ts';
import type { Asker, Decision, PolicyQuestion, PolicySettings } from '../domain/policy/policy.ts';
import { decide } from './decide.ts';

/** The part of an outgoing message that the policy depends on. */
export interface OutgoingMessage {
  /** Message type of the protocol. */
  readonly type: string;
  readonly body: unknown;
}

/** Sealed shares, and totals of many nodes. */
const BLIND_TYPES: readonly (keyof BlindBodies)[] = [
  ...(['blind-report', 'blind-receipt', 'blind-prepare', 'blind-prepared', 'blind-log', 'blind-entries'] as const),
  ...(['blind-total', 'blind-share', 'blind-refusal'] as const),
];
/** Heads, members and requests of a roster. */
const ORG_TYPES: readonly (keyof OrgBodies)[] = ['org-ask', 'org-news', 'org-join', 'org-joined'];
/** Messages and responses without figures of this node alone. */
const FIGURELESS_TYPES: readonly string[] = [
  ...['hello', 'query', 'summary-ack', 'rotation', 'revocation', 'pair', 'goodbye', 'checkpoint', 'cosignature'],
  ...['advisory', 'advisory-ack', 'roll-call', 'present', 'layout'],
  ...BLIND_TYPES,
  ...ORG_TYPES,
];
const FIGURELESS_RESULTS = ['access_denied', 'suppressed', 'error'];

const UNKNOWN: Decision = {
  allow: false,
  level: null,
  rule: 'egress.unknown',
  reason: 'what such a message may contain is unknown, so it does not leave this node',
};

/**
 * Decides about a message before it leaves. A summary has level 1, a response with figures the
 * level in its body. `no_data` tells of one node that it counted nothing, so it has level 1.
 * Messages without figures may go to any node that may connect. The lists are closed: any other
 * message is refused.
 */
export function decideEgress(settings: PolicySettings, message: OutgoingMessage, asker: Asker): Decision {
  const question = egressQuestion(message);
  return question === null ? UNKNOWN : decide(settings, { ...question, ...asker });
}

function egressQuestion({ type, body }: OutgoingMessage): Omit<PolicyQuestion, keyof Asker> | null {
  if (type === 'summary') return { action: 'receive-summary', level: 1 };
  if (FIGURELESS_TYPES.includes(type)) return { action: 'connect' };
  if (type !== 'response') return null;
  const { result, level } = body as { result?: unknown; level?: unknown };
  if (FIGURELESS_RESULTS.some((one) => one === result)) return { action: 'connect' };
  if (result !== 'answered' && result !== 'no_data') return null;
  // Anything that is not marked as an aggregate counts as the most detailed level.
  return { action: 'query', level: level === 2 ? 2 : 1 };
}

/**
 * The rule that keeps back a message about a log (docs/operations.md "Witnesses of the audit log"),
 * or null. Heads of this node's log go to its witnesses only; a cosignature needs a willing owner.
 * @param isSame whether an id of the configuration is that of the recipient
 */
export function witnessRefusal(
  { audit }: Pick<Configuration, 'audit'>,
  { type, body }: Pick<OutgoingMessage, 'type' | 'body'>,
  isSame: (id: string) => boolean,
): 'audit.witnesses' | 'audit.witness' | null {
  if (type === 'checkpoint') return audit.witnesses.some(isSame) ? null : 'audit.witnesses';
  if (type !== 'cosignature' || audit.witness) return null;
  return (body as { result?: unknown }).result === 'unwilling' ? null : 'audit.witness';
}

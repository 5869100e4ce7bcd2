/** What is checked of every message before it leaves, whatever carries it. */
import type { AuditEntry } from '../../domain/audit/audit-record.ts';
import { CaroError } from '../../domain/errors.ts';
import { SUMMARY_TYPE } from '../../domain/summaries/summary.ts';
import { validateSummaryDocument } from '../../generated/message-validators.js';
import { parseAdvisory } from '../protocol/advisory-document.ts';
import { schemaFault } from '../protocol/message-check.ts';
import type { MessageType, Typed } from '../protocol/messages.ts';

/** A message to send, as the policy sees it. */
export interface Outgoing {
  readonly recipient: string;
  readonly address: string;
  readonly type: MessageType;
  readonly body: Typed['body'];
}

export interface EgressDecision {
  readonly allow: boolean;
  /** Level of the figures in the message; null if it holds none. */
  readonly level: 1 | 2 | null;
  /** The rule that decided. */
  readonly rule: string;
}

/** One message that was sent, or was about to be sent when the connection broke. */
export interface LedgerEntry {
  /** ISO 8601 UTC. */
  readonly time: string;
  readonly recipient: string;
  readonly address: string;
  readonly type: MessageType;
  readonly level: 1 | 2 | null;
  readonly rule: string;
  /** The exact text of the WebSocket message. */
  readonly bytes: string;
}

export interface EgressPorts {
  readonly decide: (message: Outgoing) => EgressDecision;
  /**
   * Checks what a schema cannot express, such as words outside the vocabulary. Returns null, or why
   * the content must not leave. `content` is the body, or the summary or advisory in its document.
   */
  readonly check: (type: MessageType, content: unknown) => string | null;
  /**
   * MUST have stored all entries when it returns; if it throws, none of them is sent. One call
   * holds all messages of one turn of the event loop.
   */
  readonly record: (entries: readonly LedgerEntry[]) => void;
  readonly audit: (entry: AuditEntry) => void;
}

/**
 * The closed schema of a message, and the words in it.
 * @throws CaroError `egress_schema`
 */
export function checkContent(ports: EgressPorts, message: Typed): void {
  const fault = schemaFault(message);
  if (fault !== null)
    throw new CaroError('egress_schema', `expected a body that fits "${message.type}", got one that breaks ${fault}`);
  const reason = ports.check(message.type, contentOf(message));
  if (reason !== null)
    throw new CaroError('egress_schema', `expected only words of the vocabulary in a ${message.type}: ${reason}`);
}

/** Content that is signed as a document of its own is read from it. */
function contentOf(message: Typed): unknown {
  if (message.type === 'summary') return summaryIn(message.body.document);
  if (message.type !== 'advisory') return message.body;
  try {
    return parseAdvisory(Buffer.from(message.body.document.payload, 'base64'));
  } catch {
    throw new CaroError('egress_schema', 'expected an advisory that fits its closed schema, got another document');
  }
}

/** A summary document is sent as it was signed, so its content is checked again here. */
function summaryIn({ payloadType, payload }: { readonly payloadType: string; readonly payload: string }): unknown {
  const content: unknown = JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
  if (payloadType === SUMMARY_TYPE && validateSummaryDocument(content)) return content;
  throw new CaroError('egress_schema', 'expected a summary that fits its closed schema, got another document');
}

/** @throws CaroError `egress_denied` */
export const decideAbout = (
  ports: EgressPorts,
  { id, address }: { readonly id: string; readonly address: string },
  message: Typed,
): EgressDecision => allowed(ports.decide({ recipient: id, address, type: message.type, body: message.body }), message);

/** @throws CaroError `egress_denied` */
export function allowed(decision: EgressDecision, { type }: Typed): EgressDecision {
  if (decision.allow) return decision;
  throw new CaroError('egress_denied', `expected a ${type} that the policy allows, got a refusal by ${decision.rule}`);
}

export const asRefusal = (error: unknown): CaroError =>
  error instanceof CaroError
    ? error
    : new CaroError('egress_schema', 'expected a message that can be encoded as canonical JSON');

export const unrecorded = (cause: unknown): CaroError =>
  new CaroError('egress_unrecorded', 'the egress ledger could not be written, so nothing was sent; run: caro doctor', {
    cause,
  });

/** Records every refusal in the audit log, except for lost connections. */
export function noteRefusal(ports: EgressPorts, peer: string, { type }: Typed, { code }: CaroError): void {
  if (code !== 'peer_gone') ports.audit({ type: 'egress.refused', peer, details: { code, type } });
}

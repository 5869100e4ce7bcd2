import { WebSocket } from 'ws';
import type { AuditEntry } from '../../domain/audit/audit-record.ts';
import { CaroError, type ErrorCode } from '../../domain/errors.ts';
import { SUMMARY_TYPE } from '../../domain/summaries/summary.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { validateSummaryDocument } from '../../generated/message-validators.js';
import { seal } from '../../identity/envelope.ts';
import type { Identity } from '../../identity/identity.ts';
import { schemaFault } from '../protocol/message-check.ts';
import { encodeMessage, encodePayload } from '../protocol/message-codec.ts';
import {
  MESSAGE_TYPE,
  type MessageHeader,
  type MessageType,
  NONCE_BYTES,
  PAIRING_TYPES,
  type Typed,
} from '../protocol/messages.ts';
import type { MeshLimits } from './limits.ts';

/** A message that wants to leave, as the policy sees it. */
export interface Outgoing {
  readonly recipient: string;
  readonly address: string;
  readonly type: MessageType;
  readonly body: Typed['body'];
}

export interface EgressDecision {
  readonly allow: boolean;
  /** Level of what leaves; null where no figures of ours do. */
  readonly level: 1 | 2 | null;
  /** The rule that decided. */
  readonly rule: string;
}

/** One message that left, or was about to when the connection broke. */
export interface LedgerEntry {
  /** ISO 8601 UTC. */
  readonly time: string;
  readonly recipient: string;
  readonly address: string;
  readonly type: MessageType;
  readonly level: 1 | 2 | null;
  readonly rule: string;
  /** The text of the WebSocket message, exactly. */
  readonly bytes: string;
}

export interface EgressPorts {
  readonly decide: (message: Outgoing) => EgressDecision;
  /**
   * What a schema cannot say: words outside the vocabulary. Null, or why the content must not
   * leave. `content` is the body; of a `summary` it is the summary inside the document.
   */
  readonly check: (type: MessageType, content: unknown) => string | null;
  /**
   * MUST have stored all entries when it returns; what it throws keeps them from leaving. One call
   * holds all that left at once.
   */
  readonly record: (entries: readonly LedgerEntry[]) => void;
  readonly audit: (entry: AuditEntry) => void;
}

export interface GateOptions {
  readonly identity: Pick<Identity, 'id' | 'sign' | 'fingerprint'>;
  readonly now: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly ports: EgressPorts;
  readonly limits: Pick<MeshLimits, 'frameBytes' | 'backlogBytes'>;
}

/** One direction of one session. */
export interface Channel {
  /**
   * Sends a message, or refuses to: `egress_denied`, `egress_schema`, `egress_unrecorded`,
   * `egress_backlog`, `peer_gone`.
   * @param inReplyTo nonce of the message that it answers
   * @returns its nonce
   */
  readonly send: (message: Typed, inReplyTo?: string | null) => Promise<string>;
  /** WebSocket control frames: they hold none of our data. */
  readonly ping: () => void;
  readonly pong: (data: Buffer) => void;
  /**
   * Ends the session with a status (RFC 6455 §7.4) and a code of `src/domain/errors.ts` or nothing.
   */
  readonly end: (status: number, code?: ErrorCode) => void;
}

export interface Recipient {
  readonly id: string;
  readonly address: string;
  readonly session: string;
  /** Whether the other side is a stranger with whom the owner is pairing. */
  readonly isPairing: boolean;
}

export interface EgressGate {
  readonly open: (socket: WebSocket, recipient: Recipient) => Channel;
}

/** The rule for messages to the node that the owner pairs with; they hold no figures. */
const PAIRING_RULE = 'invite';

interface Pending {
  readonly socket: WebSocket;
  readonly recipient: Recipient;
  readonly message: Typed;
  readonly inReplyTo: string | null;
  /** Takes the next sequence number of the session. */
  readonly sequence: { next: number };
  readonly resolve: (nonce: string) => void;
  readonly reject: (error: CaroError) => void;
}

interface Sealed {
  readonly pending: Pending;
  readonly nonce: string;
  readonly entry: LedgerEntry;
}

/**
 * The only code that hands bytes to a peer: it asks the policy, checks the closed schema, signs,
 * writes the ledger, and only then sends (design.md §2). Messages handed in during one turn of the
 * event loop go into the ledger together, so that asking a hundred peers costs one transaction.
 */
export function createEgressGate(options: GateOptions): EgressGate {
  let waiting: Pending[] = [];
  const flush = (): void => {
    const batch = waiting;
    waiting = [];
    release(
      batch.flatMap((pending) => attempt(options, pending) ?? []),
      options.ports,
    );
  };
  const enqueue = (pending: Pending): void => {
    if (waiting.length === 0) queueMicrotask(flush);
    waiting.push(pending);
  };
  return {
    open: (socket, recipient) => {
      const sequence = { next: 0 };
      return {
        send: (message, inReplyTo = null) =>
          new Promise((resolve, reject) => {
            enqueue({ socket, recipient, message, inReplyTo, sequence, resolve, reject });
          }),
        ping: () => {
          if (socket.readyState === WebSocket.OPEN) socket.ping();
        },
        pong: (data) => {
          if (socket.readyState === WebSocket.OPEN && socket.bufferedAmount < options.limits.backlogBytes)
            socket.pong(data);
        },
        end: (status, code) => {
          socket.close(status, code);
        },
      };
    },
  };
}

/** The message in its final form, or undefined once its sender has been told why not. */
function attempt(options: GateOptions, pending: Pending): Sealed | undefined {
  try {
    return sealed(options, pending);
  } catch (error) {
    const refusal =
      error instanceof CaroError ? error : new CaroError('egress_schema', 'expected a message that can be encoded');
    refuse(options.ports, pending, refusal);
    return undefined;
  }
}

function sealed({ identity, now, randomBytes, ports, limits }: GateOptions, pending: Pending): Sealed {
  const { socket, recipient, message, inReplyTo, sequence } = pending;
  checkSocket(socket, limits);
  const decision = decide(ports, recipient, message);
  checkContent(ports, message);
  const time = isoTime(now());
  const nonce = Buffer.from(randomBytes(NONCE_BYTES)).toString('base64');
  const header: MessageHeader = {
    version: 1,
    sender: identity.id,
    recipient: recipient.id,
    session: recipient.session,
    sequence: sequence.next,
    time,
    nonce,
    inReplyTo,
  };
  const bytes = encodeMessage(seal(MESSAGE_TYPE, encodePayload(header, message), identity));
  if (Buffer.byteLength(bytes) > limits.frameBytes) {
    throw new CaroError('egress_schema', `expected a message of at most ${limits.frameBytes} bytes, got a longer one`);
  }
  sequence.next += 1;
  const { id, address } = recipient;
  const entry = { time, recipient: id, address, type: message.type, level: decision.level, rule: decision.rule, bytes };
  return { pending, nonce, entry };
}

function checkSocket(socket: WebSocket, limits: GateOptions['limits']): void {
  if (socket.readyState !== WebSocket.OPEN)
    throw new CaroError('peer_gone', 'expected a live connection, it has ended');
  if (socket.bufferedAmount > limits.backlogBytes) {
    throw new CaroError(
      'egress_backlog',
      `expected a peer that reads, got one with ${socket.bufferedAmount} bytes waiting`,
    );
  }
}

function decide(ports: EgressPorts, recipient: Recipient, { type, body }: Typed): EgressDecision {
  const decision: EgressDecision = recipient.isPairing
    ? { allow: PAIRING_TYPES.includes(type), level: null, rule: PAIRING_RULE }
    : ports.decide({ recipient: recipient.id, address: recipient.address, type, body });
  if (decision.allow) return decision;
  throw new CaroError('egress_denied', `expected leave to send a ${type}, got a refusal by ${decision.rule}`);
}

function checkContent(ports: EgressPorts, message: Typed): void {
  const fault = schemaFault(message);
  if (fault !== null)
    throw new CaroError('egress_schema', `expected a body that fits "${message.type}", got one that breaks ${fault}`);
  const reason = ports.check(
    message.type,
    message.type === 'summary' ? summaryIn(message.body.document) : message.body,
  );
  if (reason !== null)
    throw new CaroError('egress_schema', `expected a ${message.type} of closed words only: ${reason}`);
}

/** A summary leaves verbatim as it was signed, so what is inside is looked at here once more. */
function summaryIn({ payloadType, payload }: { readonly payloadType: string; readonly payload: string }): unknown {
  const content: unknown = JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
  if (payloadType === SUMMARY_TYPE && validateSummaryDocument(content)) return content;
  throw new CaroError('egress_schema', 'expected a summary that fits its closed schema, got another document');
}

/** Ledger first, bytes after. */
function release(batch: readonly Sealed[], ports: EgressPorts): void {
  if (batch.length === 0) return;
  try {
    ports.record(batch.map(({ entry }) => entry));
  } catch (cause) {
    const error = new CaroError(
      'egress_unrecorded',
      'expected to write the egress ledger, could not; nothing was sent',
      { cause },
    );
    for (const { pending } of batch) {
      pending.sequence.next -= 1;
      refuse(ports, pending, error);
    }
    return;
  }
  for (const { pending, nonce, entry } of batch) {
    pending.socket.send(entry.bytes);
    pending.resolve(nonce);
  }
}

/** A lost connection is no violation; everything else that was kept back goes on record. */
function refuse(ports: EgressPorts, { recipient, message, reject }: Pending, error: CaroError): void {
  if (error.code !== 'peer_gone') {
    ports.audit({ type: 'egress.refused', peer: recipient.id, details: { code: error.code, type: message.type } });
  }
  reject(error);
}

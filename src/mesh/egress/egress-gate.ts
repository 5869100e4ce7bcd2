import { WebSocket } from 'ws';
import { CaroError, type ErrorCode } from '../../domain/errors.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { seal } from '../../identity/envelope.ts';
import type { Identity } from '../../identity/identity.ts';
import { encodeMessage, encodePayload } from '../protocol/message-codec.ts';
import { MESSAGE_TYPE, type MessageHeader, NONCE_BYTES, PAIRING_TYPES, type Typed } from '../protocol/messages.ts';
import type { MeshLimits } from '../transport/limits.ts';
import {
  allowed,
  asRefusal,
  checkContent,
  decideAbout,
  type EgressDecision,
  type EgressPorts,
  type LedgerEntry,
  noteRefusal,
  unrecorded,
} from './egress-checks.ts';

export interface GateOptions {
  readonly identity: Pick<Identity, 'id' | 'sign' | 'fingerprint'>;
  readonly now: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly ports: EgressPorts;
  readonly limits: Pick<MeshLimits, 'frameBytes' | 'backlogBytes'>;
}

/** The sending direction of one session. */
export interface Channel {
  /**
   * Sends a message.
   * @param inReplyTo nonce of the message that this one answers
   * @returns nonce of the message
   * @throws CaroError `egress_denied`, `egress_schema`, `egress_unrecorded`, `egress_backlog`,
   *   `peer_gone`
   */
  readonly send: (message: Typed, inReplyTo?: string | null) => Promise<string>;
  /** WebSocket control frames, which hold no data of this node. */
  readonly ping: () => void;
  readonly pong: (data: Buffer) => void;
  /** Ends the session with a status (RFC 6455 §7.4) and an optional error code. */
  readonly end: (status: number, code?: ErrorCode) => void;
}

export interface Recipient {
  readonly id: string;
  readonly address: string;
  readonly session: string;
  /** Whether the connection is for pairing with an untrusted node. */
  readonly isPairing: boolean;
}

/** The part of a WebSocket that the gate writes to. */
export interface Outlet {
  readonly readyState: number;
  readonly bufferedAmount: number;
  readonly send: (text: string) => void;
  readonly ping: () => void;
  readonly pong: (data: Buffer) => void;
  readonly close: (status: number, reason?: string) => void;
}

export interface EgressGate {
  readonly open: (socket: Outlet, recipient: Recipient) => Channel;
}

/** The rule for messages to the node that the owner pairs with; they hold no figures. */
const PAIRING_RULE = 'invite';

interface Pending {
  readonly socket: Outlet;
  readonly recipient: Recipient;
  readonly message: Typed;
  readonly inReplyTo: string | null;
  /** Sequence number of the session's next message. */
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
 * The only code that sends bytes to a peer. It asks the policy, checks the closed schema, signs,
 * writes the ledger, and only then sends (docs/design.md §2). Messages of one turn of the event
 * loop are written to the ledger together, so that a query to a hundred peers costs one
 * transaction.
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

/** The signed message; undefined if it was refused, which rejects the sender's promise. */
function attempt(options: GateOptions, pending: Pending): Sealed | undefined {
  try {
    return sealed(options, pending);
  } catch (error) {
    refuse(options.ports, pending, asRefusal(error));
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
    throw new CaroError('egress_schema', `expected a message of at most ${limits.frameBytes} bytes, got a larger one`);
  }
  sequence.next += 1;
  const { id, address } = recipient;
  const entry = { time, recipient: id, address, type: message.type, level: decision.level, rule: decision.rule, bytes };
  return { pending, nonce, entry };
}

function checkSocket(socket: Outlet, limits: GateOptions['limits']): void {
  if (socket.readyState !== WebSocket.OPEN) throw new CaroError('peer_gone', 'the connection has ended');
  if (socket.bufferedAmount > limits.backlogBytes) {
    throw new CaroError('egress_backlog', `the peer does not read: ${socket.bufferedAmount} bytes wait to be sent`);
  }
}

function decide(ports: EgressPorts, recipient: Recipient, message: Typed): EgressDecision {
  if (!recipient.isPairing) return decideAbout(ports, recipient, message);
  return allowed({ allow: PAIRING_TYPES.includes(message.type), level: null, rule: PAIRING_RULE }, message);
}

/** The ledger MUST be written before any byte is sent. */
function release(batch: readonly Sealed[], ports: EgressPorts): void {
  if (batch.length === 0) return;
  try {
    ports.record(batch.map(({ entry }) => entry));
  } catch (cause) {
    const error = unrecorded(cause);
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

function refuse(ports: EgressPorts, { recipient, message, reject }: Pending, error: CaroError): void {
  noteRefusal(ports, recipient.id, message, error);
  reject(error);
}

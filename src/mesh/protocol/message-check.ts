import type { Validator } from '../../domain/encoding/validator.ts';
import { CaroError } from '../../domain/errors.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { MESSAGE_VALIDATORS } from '../../generated/message-validators.js';
import { openEnvelope } from '../../identity/envelope.ts';
import { decodeMessage, decodePayload, type Payload } from './message-codec.ts';
import { type Incoming, MAX_AGE_MS, MAX_SKEW_MS, type Typed } from './messages.ts';
import type { NonceCache } from './nonce-cache.ts';

/** What the reader knows about a session before the first message. */
export interface SessionFacts {
  /** Node id of the reader. */
  readonly self: string;
  /** Node id and key of the other side, as proven by TLS. */
  readonly peer: string;
  readonly publicKey: Uint8Array;
  /** Base64 of the TLS exporter value. */
  readonly session: string;
  /**
   * When the WebSocket opened, in ms since the epoch by the reader's clock. The other side's hello
   * is not older.
   */
  readonly openedMs: number;
}

export interface MessageReader {
  /**
   * Checks the next message in the order of docs/protocol.md §3. Null for an unknown type, which is
   * skipped.
   * @throws CaroError with the code of the first check that fails; then the session MUST end
   */
  readonly read: (text: string) => Incoming | null;
  /**
   * The other side's clock minus the reader's in ms, measured with the hello, even if the hello is
   * then refused; null before it.
   */
  readonly skewMs: () => number | null;
}

/** Null if a body fits the closed schema of its type, otherwise the broken rule and its place. */
export function schemaFault({ type, body }: Typed): string | null {
  const validate: Validator<unknown> = MESSAGE_VALIDATORS[type];
  if (validate(body)) return null;
  const { keyword, instancePath } = validate.errors?.[0] ?? { keyword: 'type', instancePath: '' };
  return `"${keyword}" at "${instancePath}"`;
}

/** Reads one direction of a session: holds its sequence number, clock skew and nonces. */
export function createMessageReader(facts: SessionFacts, nonces: NonceCache, now: () => number): MessageReader {
  let sequence = 0;
  let skewMs: number | null = null;
  return {
    read: (text) => {
      const envelope = decodeMessage(text);
      const payload = decodePayload(openSigned(envelope, facts.publicKey));
      checkAddressing(payload, facts);
      if (!nonces.add(facts.peer, payload.nonce))
        throw refused('message_replayed', 'expected a new nonce, got one that was used before');
      checkPlace(payload, facts, sequence);
      sequence += 1;
      const theirs = timeOf(payload);
      if (skewMs === null) {
        skewMs = measureSkew(theirs, facts.openedMs, now());
        checkSkew(skewMs);
      } else checkAge(now() - (theirs - skewMs));
      return checkBody(payload);
    },
    skewMs: () => skewMs,
  };
}

function openSigned(envelope: Parameters<typeof openEnvelope>[0], publicKey: Uint8Array): Uint8Array {
  try {
    return openEnvelope(envelope, publicKey);
  } catch {
    throw refused('message_forged', 'expected a signature by the key of this connection, got none that verifies');
  }
}

function checkAddressing({ sender, recipient }: Payload, { self, peer }: SessionFacts): void {
  if (sender !== peer)
    throw refused('message_sender', 'expected the node id of this connection as sender, got another');
  if (recipient !== self) throw refused('message_recipient', 'expected this node as recipient, got another');
}

/** The first message of each side, and no other, is a hello. */
function checkPlace({ session, sequence, type }: Payload, facts: SessionFacts, expected: number): void {
  if (session !== facts.session)
    throw refused('message_session', 'expected a message for this TLS session, got one for another');
  if (sequence !== expected) throw refused('message_sequence', `expected sequence ${expected}, got ${sequence}`);
  if ((type === 'hello') !== (expected === 0)) {
    throw refused('message_unexpected', 'expected a hello as the first message only');
  }
}

function timeOf({ time }: Payload): number {
  const ms = Date.parse(time);
  if (Number.isNaN(ms) || isoTime(ms) !== time) throw refused('message_malformed', 'expected a valid date and time');
  return ms;
}

/**
 * The hello was written between the opening of the WebSocket and now; the middle of the two is the
 * best estimate.
 */
const measureSkew = (theirs: number, openedMs: number, nowMs: number): number =>
  Math.round(theirs - (openedMs + nowMs) / 2);

function checkSkew(skewMs: number): void {
  if (Math.abs(skewMs) > MAX_SKEW_MS) throw refused('clock_skewed', skewText(skewMs));
}

/** @param age in ms, corrected for the skew; negative for a message from the future */
function checkAge(age: number): void {
  if (age > MAX_AGE_MS)
    throw refused('message_stale', `expected a message from the last 5 minutes, got one that is ${age} ms old`);
  if (age < -MAX_AGE_MS)
    throw refused('message_future', `expected a message from now, got one that is ${-age} ms ahead`);
}

const skewText = (skewMs: number): string =>
  `expected clocks that differ by at most ${MAX_SKEW_MS} ms, measured ${skewMs} ms (the peer's minus this node's); correct the clock of one of the two nodes`;

function checkBody({ type, body, nonce, inReplyTo }: Payload): Incoming | null {
  if (!Object.hasOwn(MESSAGE_VALIDATORS, type)) return null;
  const typed = { type, body } as unknown as Typed;
  const fault = schemaFault(typed);
  if (fault !== null)
    throw refused('message_schema', `expected a body that fits "${type}", got one that breaks ${fault}`);
  return { ...typed, nonce, inReplyTo };
}

const refused = (code: ConstructorParameters<typeof CaroError>[0], message: string): CaroError =>
  new CaroError(code, message);

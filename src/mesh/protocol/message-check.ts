import type { Validator } from '../../domain/encoding/validator.ts';
import { CaroError } from '../../domain/errors.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { MESSAGE_VALIDATORS } from '../../generated/message-validators.js';
import { openEnvelope } from '../../identity/envelope.ts';
import { decodeMessage, decodePayload, type Payload } from './message-codec.ts';
import { type Incoming, MAX_AGE_MS, MAX_SKEW_MS, type Typed } from './messages.ts';
import type { NonceCache } from './nonce-cache.ts';

/** What both ends of a session know, whoever reads. */
export interface SessionFacts {
  /** Node id of the reader. */
  readonly self: string;
  /** Node id and key of the other side, as TLS proved them. */
  readonly peer: string;
  readonly publicKey: Uint8Array;
  /** Base64 of the TLS exporter value. */
  readonly session: string;
  /**
   * Milliseconds since the epoch, by our clock, when the WebSocket opened: the other side's hello
   * is not older.
   */
  readonly openedMs: number;
}

export interface MessageReader {
  /**
   * Checks a message in the order of docs/protocol.md and takes it as read. Null for a type that is
   * not known (it is skipped).
   * @throws CaroError with the code of the first check that fails; the session MUST end then
   */
  readonly read: (text: string) => Incoming | null;
  /**
   * Their clock minus ours in ms, measured with the hello, even if it is then refused for it; null
   * before it.
   */
  readonly skewMs: () => number | null;
}

/** Null where a body fits the closed schema of its type, else which rule it breaks and where. */
export function schemaFault({ type, body }: Typed): string | null {
  const validate: Validator<unknown> = MESSAGE_VALIDATORS[type];
  if (validate(body)) return null;
  const { keyword, instancePath } = validate.errors?.[0] ?? { keyword: 'type', instancePath: '' };
  return `"${keyword}" at "${instancePath}"`;
}

/** The receiving end of one direction of a session: keeps the sequence, the skew and the nonces. */
export function createMessageReader(facts: SessionFacts, nonces: NonceCache, now: () => number): MessageReader {
  let sequence = 0;
  let skewMs: number | null = null;
  return {
    read: (text) => {
      const envelope = decodeMessage(text);
      const payload = decodePayload(openSigned(envelope, facts.publicKey));
      checkAddressing(payload, facts);
      if (!nonces.add(facts.peer, payload.nonce))
        throw refused('message_replayed', 'expected a fresh nonce, got a used one');
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
    throw refused('message_forged', 'expected a signature by the key of this connection, got none that fits');
  }
}

function checkAddressing({ sender, recipient }: Payload, { self, peer }: SessionFacts): void {
  if (sender !== peer)
    throw refused('message_sender', 'expected the node id of this connection as sender, got another');
  if (recipient !== self) throw refused('message_recipient', 'expected this node as recipient, got another');
}

/** The first message of a side is its hello, and it has no other. */
function checkPlace({ session, sequence, type }: Payload, facts: SessionFacts, expected: number): void {
  if (session !== facts.session) throw refused('message_session', 'expected a message made for this TLS session');
  if (sequence !== expected) throw refused('message_sequence', `expected sequence ${expected}, got ${sequence}`);
  if ((type === 'hello') !== (expected === 0)) {
    throw refused('message_unexpected', 'expected a hello as first message, and only as first');
  }
}

function timeOf({ time }: Payload): number {
  const ms = Date.parse(time);
  if (Number.isNaN(ms) || isoTime(ms) !== time) throw refused('message_malformed', 'expected a time that exists');
  return ms;
}

/**
 * The hello was written between the opening of the WebSocket and now: the middle of the two is the
 * best guess of when.
 */
const measureSkew = (theirs: number, openedMs: number, nowMs: number): number =>
  Math.round(theirs - (openedMs + nowMs) / 2);

function checkSkew(skewMs: number): void {
  if (Math.abs(skewMs) > MAX_SKEW_MS) throw refused('clock_skewed', skewText(skewMs));
}

/** @param age in ms, after correcting for the skew; negative for a message from the future */
function checkAge(age: number): void {
  if (age > MAX_AGE_MS)
    throw refused('message_stale', `expected a message of the last 5 minutes, got one ${age} ms old`);
  if (age < -MAX_AGE_MS) throw refused('message_future', `expected a message of now, got one ${-age} ms ahead`);
}

const skewText = (skewMs: number): string =>
  `expected clocks that differ by at most ${MAX_SKEW_MS} ms, measured ${skewMs} ms (theirs minus ours); set the clock of one of the two nodes`;

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

import type { ErrorCode } from '../../domain/errors.ts';
import { CaroError } from '../../domain/errors.ts';
import { ALL, RELAY_ADDRESS, SAY } from '../../domain/relay/subjects.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import type { Identity } from '../../identity/identity.ts';
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
} from '../egress/egress-checks.ts';
import { MAX_FRAME_BYTES, NONCE_BYTES, type RelayHeader, type Typed } from '../protocol/messages.ts';
import { sealFor, sealForAll } from './padded-box.ts';
import { encodeRelayMessage, RELAYED } from './relay-message.ts';

/** The rule for questions to all members; they hold no figures. */
const QUESTION_RULE = 'relay.connect';
const QUESTIONS = ['query', 'roll-call'] as const satisfies readonly Typed['type'][];
const ALL_NONCE_BYTES = 12;

/** The part of a connection with a relay, or of a visit of a folder, that the gate writes to. */
export interface RelayOutlet {
  readonly isOpen: () => boolean;
  /** Hands a box to the relay. */
  readonly publish: (subject: string, box: Uint8Array) => void;
  /** As `publish`; resolves when the relay has stored it. @throws CaroError `relay_…` */
  readonly store: (subject: string, box: Uint8Array) => Promise<void>;
}

export interface RelayRecipient {
  /** Node id. */
  readonly id: string;
  /** X25519 public key. */
  readonly box: Uint8Array;
  readonly subject: string;
}

export interface RelayGateOptions {
  readonly identity: Pick<Identity, 'id' | 'sign' | 'fingerprint'>;
  /** What answers are sealed to. */
  readonly box: Uint8Array;
  readonly ports: EgressPorts;
  readonly now: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  /** Of every recipient, in the ledger and in questions to the policy. */
  readonly address?: string;
}

export interface ToSend {
  readonly message: Typed;
  readonly to: RelayRecipient;
  /** Nonce of the message that this one answers. */
  readonly inReplyTo: string | null;
  /** 16 bytes in base64; a random one by default. */
  readonly nonce?: string;
}

/** The only way from this node to a relay (docs/architecture.md). */
export interface RelayGate {
  /**
   * @returns nonce of the message
   * @throws CaroError `egress_…`, `peer_gone`
   */
  readonly publish: (outlet: RelayOutlet, what: ToSend) => Promise<string>;
  /** As `publish`; resolves when the relay has stored it. @throws CaroError also `relay_…` */
  readonly store: (outlet: RelayOutlet, what: ToSend) => Promise<string>;
  /** A question to all members, sealed with the key that they share. */
  readonly ask: (outlet: RelayOutlet, key: Uint8Array, message: Typed, nonce: string) => Promise<string>;
}

interface Sealed {
  readonly entry: LedgerEntry;
  readonly nonce: string;
  readonly subject: string;
  readonly box: Uint8Array;
}

interface Waiting {
  readonly made: Sealed;
  readonly go: () => void;
  readonly fail: (error: CaroError) => void;
}

/**
 * Asks the policy, checks the closed schema, signs, writes the ledger, seals, and only then hands
 * the box to the relay: what `createEgressGate` does for connections. The ledger holds the signed
 * text. Messages of one turn of the event loop share one transaction.
 */
export function createRelayGate(options: RelayGateOptions): RelayGate {
  const { ports, randomBytes, address = RELAY_ADDRESS } = options;
  const recorded = createRecorder(ports);
  const toOne = (outlet: RelayOutlet, { message, to, inReplyTo, nonce }: ToSend): Promise<Sealed> =>
    recorded(to.id, message, () => {
      assertOpen(outlet);
      const decision = decideAbout(ports, { id: to.id, address }, message);
      const made = signed(
        options,
        message,
        { recipient: to.id, inReplyTo, ...(nonce === undefined ? {} : { nonce }) },
        decision,
      );
      const box = sealFor({ recipient: to.box, subject: to.subject }, made.entry.bytes);
      return { ...made, subject: to.subject, box };
    });
  return {
    publish: async (outlet, what) => {
      const { subject, box, nonce } = await toOne(outlet, what);
      outlet.publish(subject, box);
      return nonce;
    },
    store: async (outlet, what) => {
      const { subject, box, nonce } = await toOne(outlet, what);
      await outlet.store(subject, box);
      return nonce;
    },
    ask: async (outlet, key, message, nonce) => {
      const { subject, box } = await recorded(ALL, message, () => {
        assertOpen(outlet);
        const isQuestion = QUESTIONS.some((type) => type === message.type);
        const decision = allowed({ allow: isQuestion, level: null, rule: QUESTION_RULE }, message);
        const made = signed(options, message, { recipient: ALL, inReplyTo: null, nonce }, decision);
        return { ...made, subject: SAY, box: sealForAll(key, SAY, made.entry.bytes, randomBytes(ALL_NONCE_BYTES)) };
      });
      outlet.publish(subject, box);
      return nonce;
    },
  };
}

/**
 * Writes messages to the ledger, all of one turn of the event loop together. The ledger MUST be
 * written before any byte is sent.
 */
function createRecorder(ports: EgressPorts): (peer: string, message: Typed, make: () => Sealed) => Promise<Sealed> {
  let waiting: Waiting[] = [];
  const flush = (): void => {
    const batch = waiting;
    waiting = [];
    try {
      ports.record(batch.map(({ made }) => made.entry));
    } catch (cause) {
      for (const { fail } of batch) fail(unrecorded(cause));
      return;
    }
    for (const { go } of batch) go();
  };
  return (peer: string, message: Typed, make: () => Sealed): Promise<Sealed> =>
    new Promise((resolve, reject) => {
      const fail = (error: CaroError): void => {
        noteRefusal(ports, peer, message, error);
        reject(error);
      };
      try {
        const made = make();
        if (waiting.length === 0) queueMicrotask(flush);
        waiting.push({ made, go: () => resolve(made), fail });
      } catch (error) {
        fail(asRefusal(error));
      }
    });
}

function assertOpen(outlet: RelayOutlet): void {
  if (!outlet.isOpen()) throw new CaroError('peer_gone' satisfies ErrorCode, 'the connection with the relay has ended');
}

function signed(
  { identity, box, ports, now, randomBytes, address = RELAY_ADDRESS }: RelayGateOptions,
  message: Typed,
  {
    recipient,
    inReplyTo,
    nonce,
  }: { readonly recipient: string; readonly inReplyTo: string | null; readonly nonce?: string },
  { level, rule }: EgressDecision,
): Pick<Sealed, 'entry' | 'nonce'> {
  if (!RELAYED.some((type) => type === message.type))
    throw new CaroError(
      'egress_denied',
      `expected a message that may be relayed, a ${message.type} needs a connection`,
    );
  checkContent(ports, message);
  const header: RelayHeader = {
    version: 1,
    sender: identity.id,
    recipient,
    time: isoTime(now()),
    nonce: nonce ?? Buffer.from(randomBytes(NONCE_BYTES)).toString('base64'),
    inReplyTo,
    box: Buffer.from(box).toString('base64'),
  };
  const bytes = encodeRelayMessage(header, message, identity);
  if (Buffer.byteLength(bytes) > MAX_FRAME_BYTES)
    throw new CaroError('egress_schema', `expected a message of at most ${MAX_FRAME_BYTES} bytes, got a larger one`);
  const entry = { time: header.time, recipient, address, type: message.type, level, rule, bytes };
  return { entry, nonce: header.nonce };
}

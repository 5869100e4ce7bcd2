import type { AdvisoryBodies } from '../../domain/advisories/advisory.ts';
import type { QueryBody, ResponseBody } from '../../domain/answers/query.ts';
import type { CheckpointBody, CosignatureBody } from '../../domain/audit/tlog.ts';
import type { BlindBodies } from '../../domain/blind/exchange.ts';
import type { DualEnvelope, Envelope } from '../../domain/identity/signed-envelope.ts';
import type { OrgBodies } from '../../domain/organisation/exchange.ts';
import type { SummaryResult } from '../../domain/summaries/summary.ts';

/** WebSocket subprotocol; another version of the wire format has another name. */
export const SUBPROTOCOL = 'caro.mesh.v1';
/** Request target of the upgrade, which says what the connection is for. */
export const MESH_PATH = '/';
export const PAIRING_PATH = '/pair';
/** DSSE payload type of a message. */
export const MESSAGE_TYPE = 'application/vnd.caro.mesh.v1+json';
/**
 * Label, without context, of the exporter value that binds messages to their TLS connection
 * (RFC 5705, RFC 8446 §7.5).
 */
export const EXPORTER_LABEL = 'EXPORTER-caro-mesh-v1';
export const SESSION_BYTES = 32;
export const NONCE_BYTES = 16;
export const MAX_FRAME_BYTES = 1024 * 1024;
/** Maximum age of a message (NFR-204) and maximum difference of two clocks (E3). */
export const MAX_AGE_MS = 5 * 60_000;
export const MAX_SKEW_MS = 5 * 60_000;
/** A clock that is off by more than 1,000 days is told as this much. */
export const MAX_TOLD_SKEW_MS = 86_400_000_000;

export const GOODBYE_REASONS = ['shutdown', 'duplicate', 'untrusted', 'paired'] as const;
export type GoodbyeReason = (typeof GOODBYE_REASONS)[number];

/**
 * Body of each message type. Bodies are closed: they hold words from lists, integers, times, ids,
 * and signed documents with the same property.
 *
 * A new type also needs a schema, a handler and a row in docs/protocol.md; the compiler and a test
 * report what is missing.
 */
export interface MessageBodies extends BlindBodies, AdvisoryBodies, OrgBodies {
  /**
   * First message of each side. `rotations` lead from the sender's former keys to its current key
   * and on to its next, oldest first; `revocations` are of its former keys. `listen`: `IP:port`
   * where the sender listens.
   */
  readonly hello: {
    readonly rotations: readonly DualEnvelope[];
    readonly revocations?: readonly Envelope[];
    /** Version of the sender's program. */
    readonly version?: string;
    readonly listen?: readonly string[];
  };
  readonly summary: { readonly document: Envelope };
  /** `id` is the id of the summary. */
  readonly 'summary-ack': { readonly id: string; readonly result: SummaryResult };
  /** Newest layout of answers that the sender understands; sent before its first query. */
  readonly layout: { readonly answers: number };
  readonly query: QueryBody;
  readonly response: ResponseBody;
  readonly rotation: { readonly statement: DualEnvelope };
  readonly revocation: { readonly statement: Envelope };
  readonly checkpoint: CheckpointBody;
  readonly cosignature: CosignatureBody;
  /** `proof`: base64 HMAC-SHA256; `port`: on which the sender listens, null if it does not. */
  readonly pair: { readonly name: string; readonly port: number | null; readonly proof: string };
  readonly goodbye: { readonly reason: GoodbyeReason };
  /** Over a relay only: who hears this? */
  readonly 'roll-call': Readonly<Record<string, never>>;
  /**
   * The answer to a roll-call, or to a question that cannot be answered because the two clocks
   * differ by `skewMs` (the asker's minus this node's).
   */
  readonly present: { readonly version: string; readonly skewMs?: number };
}

export type MessageType = keyof MessageBodies;
/**
 * The only types that may be sent and received on a connection with a node that is not trusted: for
 * pairing, and for a request to become a member of an organization.
 */
export const PAIRING_TYPES: readonly MessageType[] = ['hello', 'pair', 'org-join', 'org-joined', 'goodbye'];

/** A body with its type: what the egress gate accepts. */
export type Typed<T extends MessageType = MessageType> = {
  [K in T]: { readonly type: K; readonly body: MessageBodies[K] };
}[T];

/** A received message that has passed all checks. */
export type Incoming<T extends MessageType = MessageType> = Typed<T> & {
  readonly nonce: string;
  readonly inReplyTo: string | null;
};

/**
 * Handles a message that was received on the connection `C`. The next message of that connection is
 * handled when the returned promise has resolved. An error ends the connection with its code.
 */
export type MessageHandler<C, T extends MessageType> = (connection: C, message: Incoming<T>) => void | Promise<void>;

/** A handler for each type; a type without one does not compile. */
export type MessageHandlers<C> = { readonly [T in MessageType]: MessageHandler<C, T> };

/** The members of a payload in addition to type and body. */
export interface MessageHeader {
  readonly version: 1;
  /** Node ids. */
  readonly sender: string;
  readonly recipient: string;
  /** Base64 of the TLS exporter value. */
  readonly session: string;
  /** Counts from 0 without gaps in each direction of each session. */
  readonly sequence: number;
  /** ISO 8601 UTC with milliseconds, by the sender's clock. */
  readonly time: string;
  /** Base64 of 16 random bytes. */
  readonly nonce: string;
  /** Nonce of the message that this one answers. */
  readonly inReplyTo: string | null;
}

/** The members of a payload that travels over a relay, in addition to type and body. */
export interface RelayHeader {
  readonly version: 1;
  /** Node id. */
  readonly sender: string;
  /** Node id, or `all` for a question to all members. */
  readonly recipient: string;
  /** ISO 8601 UTC with milliseconds, by the sender's clock. */
  readonly time: string;
  /** Base64 of 16 random bytes. */
  readonly nonce: string;
  /** Nonce of the message that this one answers. */
  readonly inReplyTo: string | null;
  /** X25519 public key for what answers this, base64; null where nothing does. */
  readonly box: string | null;
}

import type { QueryBody, ResponseBody } from '../../domain/answers/query.ts';
import type { CheckpointBody, CosignatureBody } from '../../domain/audit/tlog.ts';
import type { CaroError, ErrorCode } from '../../domain/errors.ts';
import type { PeerReply, PeerReplyTo, PeerRequest } from '../../domain/exchange.ts';
import type { Envelope } from '../../domain/identity/signed-envelope.ts';
import type { SummaryResult } from '../../domain/summaries/summary.ts';
import type { EgressGate } from '../egress/egress-gate.ts';
import type { GoodbyeReason, MessageBodies, MessageHandlers, Typed } from '../protocol/messages.ts';
import type { NonceCache } from '../protocol/nonce-cache.ts';
import type { MeshLimits } from './limits.ts';
import type { LinkPurpose } from './link.ts';

/** Why a connection ended: a code for a refusal, a reason for a goodbye. */
export interface Ending {
  readonly code: ErrorCode | null;
  readonly reason: GoodbyeReason | null;
  /** Which side ended it. */
  readonly by: 'us' | 'them';
}

export interface Connection {
  readonly peer: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** IP address and port of the other side. */
  readonly address: string;
  readonly port: number;
  /** IP address of this side. */
  readonly localAddress: string;
  readonly isDialled: boolean;
  readonly purpose: LinkPurpose;
  /** Base64 of the TLS exporter value. */
  readonly session: string;
  readonly openedMs: number;
  /** Whether the session has ended or is ending; its messages are not handled any more. */
  readonly hasEnded: () => boolean;
  /** Peer's clock minus this node's clock in ms; null before its hello. */
  readonly skewMs: () => number | null;
  /** Version of the peer's program; null if it has not told. */
  readonly version: () => string | null;
  readonly setVersion: (version: string | null) => void;
  /** Newest layout of answers that the peer understands. */
  readonly layout: () => number;
  readonly setLayout: (version: number) => void;
  /** @throws CaroError `deadline_exceeded`, `peer_gone`, `egress_…` */
  readonly ask: (body: QueryBody, deadlineMs: number) => Promise<ResponseBody>;
  /** Takes the response to the query with the nonce `inReplyTo`; a late one is dropped. */
  readonly takeResponse: (inReplyTo: string | null, body: ResponseBody) => void;
  /**
   * Resolves when the peer has acknowledged the summary with this id. @throws CaroError as `ask`
   */
  readonly deliver: (document: Envelope, id: string) => Promise<SummaryResult>;
  /** Resolves with what the peer says of a head of this node's log. @throws CaroError as `ask` */
  readonly submit: (body: CheckpointBody, deadlineMs: number) => Promise<CosignatureBody>;
  /** Takes the answer to the checkpoint with the nonce `inReplyTo`. */
  readonly takeCosignature: (inReplyTo: string | null, body: CosignatureBody) => void;
  /** Takes the acknowledgement of the summary with this id. */
  readonly takeAcknowledgement: (id: string, result: SummaryResult) => void;
  /**
   * Sends a request about blind totals, or an advisory, and resolves with its reply, which may be a
   * refusal.
   * @throws CaroError as `ask`; `message_unexpected` for a reply of another kind
   */
  readonly exchange: <T extends PeerRequest['type']>(
    request: Extract<PeerRequest, { readonly type: T }>,
    deadlineMs: number,
  ) => Promise<PeerReplyTo<T>>;
  /** Takes the reply to the request with the nonce `inReplyTo`; a late one is dropped. */
  readonly takeReply: (inReplyTo: string | null, reply: PeerReply) => void;
  /** Sends a message through the egress gate; resolves with its nonce. */
  readonly transmit: (message: Typed, inReplyTo?: string) => Promise<string>;
  /**
   * Runs a task that a message asked for. The peer is not read while too many are running. A failed
   * task is dropped, except that `summary_invalid` ends the connection.
   */
  readonly run: (task: () => Promise<void>) => void;
  /** Another connection with this peer is preferred: finishes pending requests, then ends. */
  readonly retire: () => void;
  /** Says goodbye and ends the session. */
  readonly leave: (reason: GoodbyeReason) => void;
  /** Takes the goodbye of the other side. */
  readonly takeGoodbye: (reason: GoodbyeReason) => void;
  /**
   * Ends the session immediately because the other side may not connect any more. Only the code is
   * sent, in the close frame.
   */
  readonly expel: (code: ErrorCode) => void;
  /** Ends the session immediately without a word: nothing can be sent on it any more. */
  readonly drop: () => void;
  /** Ends the session because the other side broke a rule, and records the refusal. */
  readonly fail: (error: CaroError) => void;
}

/** What a connection needs of the mesh. */
export interface ConnectionHost {
  readonly self: string;
  readonly gate: EgressGate;
  readonly nonces: NonceCache;
  readonly limits: MeshLimits;
  readonly now: () => number;
  /** Body of this node's hello. */
  readonly hello: (connection: Pick<Connection, 'purpose' | 'localAddress'>) => MessageBodies['hello'];
  /** Throws if the peer may not use this connection any more. */
  readonly admitAgain: (connection: Connection) => void;
  readonly handlers: MessageHandlers<Connection>;
  readonly onRefuse: (connection: Connection, code: ErrorCode) => void;
  readonly onEnd: (connection: Connection, ending: Ending) => void;
}

import type { QueryBody, ResponseBody } from '../../domain/answers/query.ts';
import type { CaroError, ErrorCode } from '../../domain/errors.ts';
import type { DualEnvelope, Envelope } from '../../domain/identity/signed-envelope.ts';
import type { SummaryResult } from '../../domain/summaries/summary.ts';
import type { GoodbyeReason, MessageBodies, Typed } from '../protocol/messages.ts';
import type { NonceCache } from '../protocol/nonce-cache.ts';
import type { EgressGate } from './egress-gate.ts';
import type { MeshLimits } from './limits.ts';
import type { LinkPurpose } from './link.ts';

/** Why a connection ended, where one side refused the other. */
export interface Ending {
  readonly code: ErrorCode | null;
  readonly reason: GoodbyeReason | null;
  /** Whether the other side said so, or we. */
  readonly by: 'us' | 'them';
}

export interface Connection {
  readonly peer: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** IP address and port of the other side. */
  readonly address: string;
  readonly port: number;
  readonly isDialled: boolean;
  readonly purpose: LinkPurpose;
  /** Base64 of the TLS exporter value. */
  readonly session: string;
  readonly openedMs: number;
  /** Whether the session has ended or is ending: nothing of it is handled any more. */
  readonly hasEnded: () => boolean;
  /** Their clock minus ours, in ms; null before their hello. */
  readonly skewMs: () => number | null;
  /** @throws CaroError `deadline_exceeded`, `peer_gone`, `egress_…` */
  readonly ask: (body: QueryBody, deadlineMs: number) => Promise<ResponseBody>;
  /**
   * Resolves when the peer has acknowledged the summary with this id. @throws CaroError as `ask`
   */
  readonly deliver: (document: Envelope, id: string) => Promise<SummaryResult>;
  readonly tell: (message: Typed<'rotation' | 'revocation' | 'pair'>) => Promise<void>;
  /** Another connection with this peer is better: finishes what is under way, then ends. */
  readonly retire: () => void;
  readonly leave: (reason: GoodbyeReason) => void;
  /**
   * Ends the session at once, because the other side may not connect any more. Nothing is sent but
   * the code in the close frame.
   */
  readonly expel: (code: ErrorCode) => void;
  /** Ends the session because of what the other side did. */
  readonly fail: (error: CaroError) => void;
}

/** What a connection needs of the mesh. */
export interface ConnectionHost {
  readonly self: string;
  readonly gate: EgressGate;
  readonly nonces: NonceCache;
  readonly limits: MeshLimits;
  readonly now: () => number;
  /** Our hello. */
  readonly hello: () => MessageBodies['hello'];
  readonly onHello: (connection: Connection, body: MessageBodies['hello']) => Promise<void>;
  readonly onQuery: (connection: Connection, body: QueryBody) => Promise<ResponseBody>;
  /** A rejection means no acknowledgement: the peer will send it again. */
  readonly onSummary: (
    connection: Connection,
    document: Envelope,
  ) => Promise<{ readonly id: string; readonly result: SummaryResult }>;
  readonly onRotation: (connection: Connection, statement: DualEnvelope) => Promise<void>;
  readonly onRevocation: (connection: Connection, statement: Envelope) => Promise<void>;
  readonly onPair: (connection: Connection, body: MessageBodies['pair']) => void;
  readonly onRefuse: (connection: Connection, code: ErrorCode) => void;
  readonly onEnd: (connection: Connection, ending: Ending) => void;
}

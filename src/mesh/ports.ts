import type { QueryBody, ResponseBody } from '../domain/answers/query.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { PeerAt } from '../domain/identity/peer-at.ts';
import type { DualEnvelope, Envelope, KeyStatements } from '../domain/identity/signed-envelope.ts';
import type { NodeSummary, SummaryResult } from '../domain/summaries/summary.ts';
import type { EgressPorts } from './transport/egress-gate.ts';

export interface ConnectDecision {
  readonly allow: boolean;
  /** The rule that decided. */
  readonly rule: string;
  /** What a refusal is put down to; `peer_untrusted` unless told. */
  readonly code?: ErrorCode;
  /**
   * Whether a node that may not connect may pair while an invite is open. MUST be false for nodes
   * and subnets that are denied.
   */
  readonly mayPair: boolean;
}

export interface ReceivedSummary extends PeerAt {
  /** As it came, to be stored verbatim. */
  readonly document: Envelope;
  /** What stands in it, checked. */
  readonly summary: NodeSummary;
}

export interface PairedPeer extends PeerAt {
  /** `[a-z0-9-]{1,32}`, as the other owner calls the node. */
  readonly name: string;
  /** 16 hex digits, for both owners to compare. */
  readonly fingerprint: string;
  /** Where it takes connections, as `IP:port`; null if nowhere. */
  readonly endpoint: string | null;
}

/**
 * Everything that the mesh asks of the rest of the node. None of these may block for long: they run
 * between messages.
 */
export interface MeshPorts extends EgressPorts {
  readonly mayConnect: (peer: PeerAt) => ConnectDecision;
  /**
   * Statements that lead from our former keys to the present one, or from the present one to the
   * next; oldest first.
   */
  readonly rotations: () => readonly DualEnvelope[];
  /** Revocations of keys from which one of those rotations leads away. */
  readonly revocations: () => readonly Envelope[];
  /** Whether trust has moved from the key `id` to the key `later`; true for equal ids. */
  readonly hasSucceeded: (id: string, later: string) => boolean;
  /**
   * Whether `later` is the key `id` or is known to have been named as its successor, directly or
   * not, whatever became of that.
   */
  readonly isHeir: (id: string, later: string) => boolean;
  /** Never rejects for reasons of policy: a denial is an answer too. */
  readonly onQuery: (asker: PeerAt, body: QueryBody) => Promise<ResponseBody>;
  /**
   * MUST have stored the document when it resolves with `stored`, and MUST answer `known` to one
   * whose id is there already. A rejection means "not now": the peer will send it again.
   */
  readonly onSummary: (received: ReceivedSummary) => Promise<SummaryResult>;
  /**
   * Statements of `peer` about its own keys, with checked signatures. The next message of the
   * connection is handled only when this has resolved. A rejection ends the connection with that
   * error.
   */
  readonly onKeys: (peer: PeerAt, statements: KeyStatements) => Promise<void>;
  readonly onPaired: (peer: PairedPeer) => void;
  /** From here on the peer can be asked; what waits for it may be sent. */
  readonly onConnected: (peer: PeerAt) => void;
  readonly onDisconnected: (peer: PeerAt) => void;
}

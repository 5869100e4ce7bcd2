import type { AdvisoryResult, ReceivedAdvisory } from '../domain/advisories/advisory.ts';
import type { QueryBody, ResponseBody } from '../domain/answers/query.ts';
import type { CheckpointBody, CosignatureBody } from '../domain/audit/tlog.ts';
import type { BlindReply, BlindRequest } from '../domain/blind/exchange.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { PeerAt } from '../domain/identity/peer-at.ts';
import type { DualEnvelope, Envelope, KeyStatements } from '../domain/identity/signed-envelope.ts';
import type { OrgReply, OrgRequest } from '../domain/organisation/exchange.ts';
import type { NodeSummary, SummaryResult } from '../domain/summaries/summary.ts';
import type { EgressPorts } from './egress/egress-checks.ts';

export interface ConnectDecision {
  readonly allow: boolean;
  /** The rule that decided. */
  readonly rule: string;
  /** Code of a refusal; `peer_untrusted` by default. */
  readonly code?: ErrorCode;
  /**
   * Whether a node that may not connect may pair while an invite is open. MUST be false for denied
   * nodes and subnets.
   */
  readonly mayPair: boolean;
}

export interface ReceivedSummary extends PeerAt {
  /** The document as received, to be stored verbatim. */
  readonly document: Envelope;
  /** The checked content of the document. */
  readonly summary: NodeSummary;
}

export interface PairedPeer extends PeerAt {
  /** The name that the other owner has given the node: `[a-z0-9-]{1,32}`. */
  readonly name: string;
  /** 16 hex digits that both owners can compare. */
  readonly fingerprint: string;
  /** Where it accepts connections, as `IP:port`; null if it does not listen. */
  readonly endpoint: string | null;
}

/**
 * What the mesh needs from the rest of the node. Synchronous functions MUST return quickly: they
 * run between messages.
 */
export interface MeshPorts extends EgressPorts {
  readonly mayConnect: (peer: PeerAt) => ConnectDecision;
  /**
   * Whether the owner has named the key, also one that is refused now: its refusals are counted by
   * themselves.
   */
  readonly isNamed: (id: string) => boolean;
  /** Rotations from this node's former keys to its current key and on to its next; oldest first. */
  readonly rotations: () => readonly DualEnvelope[];
  /** Revocations of the former keys in `rotations`. */
  readonly revocations: () => readonly Envelope[];
  /** Whether the trust in the key `id` has moved to the key `later`; true for equal ids. */
  readonly hasSucceeded: (id: string, later: string) => boolean;
  /**
   * Whether `later` equals `id` or was named as its direct or indirect successor, even if trust has
   * not moved.
   */
  readonly isHeir: (id: string, later: string) => boolean;
  /**
   * MUST NOT reject because of the policy: a denial is an answer. `layout`: the newest version of
   * the layout of answers that the asker understands.
   */
  readonly onQuery: (asker: PeerAt, body: QueryBody, layout: number) => Promise<ResponseBody>;
  /** What this node would answer now, without a record: for `rehearse`. MUST NOT be sent. */
  readonly rehearseAnswer: (body: QueryBody) => Promise<ResponseBody>;
  /**
   * A request about blind totals. What it stores MUST be on disk when it resolves; a rejection is
   * told to the peer as a refusal with its code.
   */
  readonly onBlind: (asker: PeerAt, request: BlindRequest) => Promise<BlindReply>;
  /** A request about the roster. What it stores MUST be on disk when it resolves. */
  readonly onOrg: (asker: PeerAt, request: OrgRequest) => Promise<OrgReply>;
  /** Whether nodes that may not connect may ask to become members of the organization. */
  readonly takesRequests: () => boolean;
  /**
   * MUST have stored the document when it resolves with `stored`, and MUST resolve with `known` if
   * the id is stored already. After a rejection the peer sends the document again.
   */
  readonly onSummary: (received: ReceivedSummary) => Promise<SummaryResult>;
  /**
   * Statements of `peer` about its own keys, with checked signatures. The next message of the
   * connection is handled only when this has resolved. A rejection ends the connection with that
   * error.
   */
  readonly onKeys: (peer: PeerAt, statements: KeyStatements) => Promise<void>;
  /** MUST have stored the advisory when it resolves with `stored`. Its signature was checked. */
  readonly onAdvisory: (received: ReceivedAdvisory) => Promise<AdvisoryResult>;
  /** MUST have stored the head when it resolves with `cosigned`. */
  readonly onCheckpoint: (peer: string, body: CheckpointBody) => Promise<CosignatureBody>;
  /** A connected peer listens at this internal address, which its connection has proven. */
  readonly onAddress?: (peer: PeerAt, endpoint: string) => void;
  /** MUST have stored the peer when it resolves. A rejection fails the pairing on both sides. */
  readonly onPaired: (peer: PairedPeer) => Promise<void>;
  /** The peer can be queried now, and pending summaries can be sent. */
  readonly onConnected: (peer: PeerAt) => void;
  readonly onDisconnected: (peer: PeerAt) => void;
}

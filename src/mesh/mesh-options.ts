import type { QueryBody, ResponseBody } from '../domain/answers/query.ts';
import type { CheckpointBody, CosignatureBody } from '../domain/audit/tlog.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { PeerReplyTo, PeerRequest } from '../domain/exchange.ts';
import type { DualEnvelope, Envelope } from '../domain/identity/signed-envelope.ts';
import type { ListenPlace } from '../domain/ip-address.ts';
import type { JoinResult } from '../domain/organisation/exchange.ts';
import type { OpenInvite } from '../domain/status/status.ts';
import type { Waiting } from '../domain/status/waiting.ts';
import type { SummaryResult } from '../domain/summaries/summary.ts';
import type { TlsMaterial } from '../identity/certificate.ts';
import type { Identity } from '../identity/identity.ts';
import type { PeerAddress, PeerState } from './peer-table.ts';
import type { MeshPorts } from './ports.ts';
import type { GoodbyeReason } from './protocol/messages.ts';
import type { AddressRules } from './transport/address-rule.ts';
import type { MeshLimits } from './transport/limits.ts';

export interface MeshOptions {
  readonly identity: Pick<Identity, 'id' | 'publicKey' | 'sign' | 'fingerprint'>;
  /** `tlsMaterial(identity, certificate)` of `src/identity/certificate.ts`. */
  readonly tls: TlsMaterial;
  /** Shown to the other owner when pairing: `[a-z0-9-]{1,32}`. Sent in `pair` messages only. */
  readonly name: string;
  /** Version of this program, which trusted peers are told: `MAJOR.MINOR.PATCH`. */
  readonly version: string;
  /**
   * Where to listen; port 0 chooses a free one. Null: the node does not listen. An address or port
   * that is not available is tried again until it is.
   */
  readonly listen: ListenPlace | null;
  readonly rules: AddressRules;
  readonly peers: readonly PeerAddress[];
  readonly ports: MeshPorts;
  /** Called before the mesh is open, and when it listens elsewhere or waits for something else. */
  readonly onListening?: (state: Pick<MeshState, 'listen' | 'waiting'>) => void;
  /** Called when addresses of this machine have changed. */
  readonly onMoved?: () => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  /** Tests use shorter times. */
  readonly limits?: Partial<MeshLimits>;
}

export interface MeshState {
  /** `IP:port` that the node listens on, several joined with a comma. */
  readonly listen: string | null;
  readonly waiting: Waiting | null;
  /** The configured peers, then connected nodes that are not configured as peers. */
  readonly peers: readonly PeerState[];
  /** Code with which nodes that connected were refused since they were last in use, by node id. */
  readonly refused: ReadonlyMap<string, ErrorCode>;
  /** Number of connections without a valid hello. */
  readonly strangers: number;
}

export interface JoinedPeer {
  readonly id: string;
  readonly name: string;
  readonly fingerprint: string;
  /** `IP:port` of the invite. */
  readonly endpoint: string;
}

export interface Mesh {
  readonly status: () => MeshState;
  /** Whether a peer can be queried now. `id` may be a former key of the peer. */
  readonly isConnected: (id: string) => boolean;
  /**
   * Sends a query to one peer. Queries sent in one turn of the event loop share one transaction of
   * the egress ledger.
   * @throws CaroError immediately `peer_unreachable`, `clock_skewed`, `egress_…`; later
   *   `deadline_exceeded`, `peer_gone`
   */
  readonly ask: (id: string, query: QueryBody, deadlineMs: number) => Promise<ResponseBody>;
  /** As `ask`, for requests about blind totals, and advisories; the reply may be a refusal. */
  readonly exchange: <T extends PeerRequest['type']>(
    id: string,
    request: Extract<PeerRequest, { readonly type: T }>,
    deadlineMs: number,
  ) => Promise<PeerReplyTo<T>>;
  /**
   * Delivers a signed summary; resolves when the peer has acknowledged it. After
   * `peer_unreachable`, `peer_gone` or `deadline_exceeded` the caller MUST send it again when the
   * peer is connected. `summaryId` is the id inside the document.
   */
  readonly deliver: (id: string, document: Envelope, summaryId: string) => Promise<SummaryResult>;
  /** Asks one peer to cosign a head of this node's log. @throws CaroError as `ask` */
  readonly submit: (
    id: string,
    body: CheckpointBody,
    deadlineMs: number,
  ) => Promise<{ readonly peer: string; readonly body: CosignatureBody }>;
  /**
   * Sends a rotation to every connected peer and returns their ids. Other peers receive it in the
   * next hello.
   */
  readonly announceRotation: (statement: DualEnvelope) => Promise<readonly string[]>;
  readonly announceRevocation: (statement: Envelope) => Promise<readonly string[]>;
  /** Applies a new list of peers and checks all live connections with `ports.mayConnect`. */
  readonly reload: (peers: readonly PeerAddress[]) => void;
  /** Applies a list of peers in which other nodes caused the changes. */
  readonly found: (peers: readonly PeerAddress[]) => void;
  /** Sets the certificate of new connections. */
  readonly renewCertificate: (tls: TlsMaterial) => void;
  /** Prepares for queries, if there is a connection; sends nothing (`rehearse`). */
  readonly rehearse: () => Promise<void>;
  /** Ends all connections with this node immediately. */
  readonly disconnect: (id: string, reason: GoodbyeReason) => void;
  /**
   * Opens an invite that is valid for 10 minutes and 5 tries, and ends an older one.
   * @param host IP address for the code if the node listens on the unspecified address
   * @throws CaroError `usage` if no other node could dial this one
   */
  readonly invite: (host?: string) => OpenInvite;
  readonly endInvite: () => void;
  /**
   * @throws CaroError `invite_code_invalid`, `pairing_refused`, `peer_untrusted` (the other node
   * has
   *   no open invite), `peer_unreachable`, …
   */
  readonly join: (code: string) => Promise<JoinedPeer>;
  /**
   * Asks a node that does not know this one for membership of its organization.
   * @throws CaroError as `join`
   */
  readonly enrol: (id: string, addresses: readonly string[], request: Envelope) => Promise<JoinResult>;
  readonly close: () => Promise<void>;
}

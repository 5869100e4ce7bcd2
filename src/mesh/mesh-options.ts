import type { QueryBody, ResponseBody } from '../domain/answers/query.ts';
import type { DualEnvelope, Envelope } from '../domain/identity/signed-envelope.ts';
import type { Endpoint } from '../domain/ip-address.ts';
import type { OpenInvite } from '../domain/status/status.ts';
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
  /** What the other owner sees when pairing: `[a-z0-9-]{1,32}`. It is sent in no other message. */
  readonly name: string;
  /** An IP address and port; port 0 takes a free one. Null: nobody can dial this node. */
  readonly listen: Endpoint | null;
  readonly rules: AddressRules;
  readonly peers: readonly PeerAddress[];
  readonly ports: MeshPorts;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  /** For tests: shorter times. */
  readonly limits?: Partial<MeshLimits>;
}

export interface MeshState {
  /** Where it listens, `IP:port`. */
  readonly listen: string | null;
  /** Those of the configuration first, then those that dialled us and stand in no entry. */
  readonly peers: readonly PeerState[];
  /** Connections that have not said a valid hello. */
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
  /** Whether a peer can be asked at this moment. `id` may be a former key of it. */
  readonly isConnected: (id: string) => boolean;
  /**
   * Asks one peer. Questions asked in one turn of the event loop share one ledger transaction.
   * @throws CaroError at once `peer_unreachable`, `clock_skewed`, `egress_…`; later
   *   `deadline_exceeded`, `peer_gone`
   */
  readonly ask: (id: string, query: QueryBody, deadlineMs: number) => Promise<ResponseBody>;
  /**
   * Delivers a signed summary; resolves once the peer has acknowledged it. What fails with
   * `peer_unreachable`, `peer_gone` or `deadline_exceeded` is the caller's to send again when the
   * peer is connected. `summaryId` is the id inside the document.
   */
  readonly deliver: (id: string, document: Envelope, summaryId: string) => Promise<SummaryResult>;
  /**
   * To every connected peer; those that are away learn a rotation from the hello. Ids of the peers
   * that it was sent to.
   */
  readonly announceRotation: (statement: DualEnvelope) => Promise<readonly string[]>;
  readonly announceRevocation: (statement: Envelope) => Promise<readonly string[]>;
  /** Applies a new list of peers and judges all live connections again with `ports.mayConnect`. */
  readonly reload: (peers: readonly PeerAddress[]) => void;
  /** For connections from now on. */
  readonly renewCertificate: (tls: TlsMaterial) => void;
  /** Ends every connection with this node at once. */
  readonly disconnect: (id: string, reason: GoodbyeReason) => void;
  /**
   * Opens an invite for 10 minutes and 5 tries; an older one ends.
   * @param host IP address for the code, where the node listens on the unspecified address
   * @throws CaroError `usage` where nobody could dial this node
   */
  readonly invite: (host?: string) => OpenInvite;
  readonly endInvite: () => void;
  /**
   * @throws CaroError `invite_code_invalid`, `pairing_refused`, `peer_untrusted` (no invite is open
   *   there), `peer_unreachable`, …
   */
  readonly join: (code: string) => Promise<JoinedPeer>;
  readonly close: () => Promise<void>;
}

import type {
  AdvisoryDraft,
  AdvisoryLine,
  AdvisoryResult,
  ReceivedAdvisory,
} from '../../domain/advisories/advisory.ts';
import type { PeerAnswer, QueryBody } from '../../domain/answers/query.ts';
import type { CheckpointBody, CosignatureBody } from '../../domain/audit/tlog.ts';
import type { PeerReply, PeerRequest, Sent } from '../../domain/exchange.ts';
import type { KeyChange } from '../../domain/identity/key-state.ts';
import type { Envelope, KeyStatements } from '../../domain/identity/signed-envelope.ts';
import type { JoinResult } from '../../domain/organisation/exchange.ts';
import type { TrustRules } from '../../domain/policy/policy.ts';
import type { Carried } from '../../domain/relay/carried.ts';
import type { MeshChange, MeshStatus, OpenInvite, PairedNode, RotationBegun } from '../../domain/status/status.ts';
import type { Nothing } from './empty-body.ts';

/** Messages about peers, their connections and keys. */
export interface MeshMessages {
  'trust.list': Nothing;
  /** Stores name and address of a node after pairing. */
  'peer.paired': PairedNode;
  /** The owner confirms the new key of a rotation. */
  'trust.confirm': { readonly id: string };
  /** Rotations that peers have announced. */
  'trust.keys': Nothing;
  /** A peer delivered statements about its own keys. */
  'keys.heard': KeyStatements & { readonly peer: string };
  /** A rotation of a peer may have reached the end of its grace. */
  'keys.due': Nothing;
  /** The status of a peer's key has changed. */
  'keys.changed': Nothing;
  'identity.rotate': { readonly compromised?: boolean };
  /** This node's next key is due. */
  'identity.due': Nothing;
  'mesh.status': Nothing;
  'mesh.changed': MeshChange;
  /** Opens the mesh again, with the current key. */
  'mesh.reopen': Nothing;
  /** Sends statements about this node's own keys to every connected peer. */
  'peers.announce': KeyStatements;
  /** Asks these peers at once. `deadlineMs` counts from now. */
  'peer.ask': { readonly peers: readonly string[]; readonly query: QueryBody; readonly deadlineMs: number };
  /** Sends one request that has one reply. `deadlineMs` counts from now. */
  'peer.exchange': { readonly peer: string; readonly request: PeerRequest; readonly deadlineMs: number };
  /** Sends a request to join to a node that does not know this one. */
  'peer.enrol': { readonly peer: string; readonly addresses: readonly string[]; readonly request: Envelope };
  /** Opens a visit of a folder that is carried, and takes its boxes. */
  'peer.carry': { readonly boxes: readonly string[] };
  /** Ends the visit. */
  'peer.carried': Nothing;
  'peers.invite': { readonly host?: string };
  'peers.join': { readonly code: string };
  /** Asks one peer to cosign a head of a log of this node. */
  'peer.submit': { readonly peer: string; readonly checkpoint: CheckpointBody; readonly deadlineMs: number };
  /** Sends one advisory to one peer. */
  'peer.advise': { readonly peer: string; readonly document: Envelope; readonly deadlineMs: number };
  /** A peer delivered an advisory. */
  'advisory.received': ReceivedAdvisory;
  /** Sends an advisory to every peer, now or when it connects. */
  'advisories.send': AdvisoryDraft;
  /** Those that are not over, newest first. */
  'advisories.list': { readonly hidden?: boolean };
  'advisories.hide': { readonly id: string };
}

export interface MeshReplies {
  'trust.list': TrustRules;
  'peer.paired': null;
  'trust.confirm': null;
  'trust.keys': readonly KeyChange[];
  'identity.rotate': RotationBegun;
  'mesh.status': MeshStatus;
  'mesh.reopen': null;
  /** Node ids of the peers that were told. */
  'peers.announce': readonly string[];
  /** One answer per peer, in the same order. None of them rejects. */
  'peer.ask': readonly Promise<PeerAnswer>[];
  /** Rejects while the peer is away. The reply fits the request, or is a refusal. */
  'peer.exchange': Sent<PeerReply>;
  'peer.enrol': { readonly result: JoinResult };
  'peer.carry': Carried['outcomes'];
  'peer.carried': Carried['boxes'];
  'peer.submit': { readonly peer: string; readonly body: CosignatureBody };
  'peer.advise': AdvisoryResult;
  'advisory.received': AdvisoryResult;
  'advisories.send': { readonly id: string; readonly delivered: number };
  'advisories.list': readonly AdvisoryLine[];
  'advisories.hide': null;
  'keys.heard': null;
  'peers.invite': OpenInvite;
  'peers.join': PairedNode;
}

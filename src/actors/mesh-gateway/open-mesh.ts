import type { AdvisoryResult } from '../../domain/advisories/advisory.ts';
import type { PeerAnswer, QueryBody, ResponseBody } from '../../domain/answers/query.ts';
import type { CheckpointBody, CosignatureBody } from '../../domain/audit/tlog.ts';
import type { Configuration } from '../../domain/configuration.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { PeerReply, PeerRequest, Sent } from '../../domain/exchange.ts';
import type { Presence } from '../../domain/fleet/roll-call.ts';
import type { DualEnvelope, Envelope } from '../../domain/identity/signed-envelope.ts';
import type { JoinResult } from '../../domain/organisation/exchange.ts';
import type { Asker } from '../../domain/policy/policy.ts';
import type { Carried } from '../../domain/relay/carried.ts';
import type { MeshStatus, OpenInvite, PairedNode } from '../../domain/status/status.ts';
import type { SummaryResult } from '../../domain/summaries/summary.ts';

/** A peer of the open mesh. */
export interface OpenPeer extends Pick<MeshStatus['peers'][number], 'id' | 'state' | 'skewMs' | 'version'> {
  readonly address: string;
  /** Code of the last failure; null if there is none. */
  readonly code: ErrorCode | null;
  /** Node id of the key at the other end; null while there is no connection. */
  readonly peer: string | null;
}

/** The open mesh, as the gateway uses it. */
export interface OpenMesh {
  readonly status: () => Pick<MeshStatus, 'listen' | 'waiting'> & {
    readonly peers: readonly OpenPeer[];
    /** Code with which nodes that connected were refused since their last use, by node id. */
    readonly refused: ReadonlyMap<string, ErrorCode>;
    readonly relay: MeshStatus['relay'];
  };
  /** A node as the policy judges it, with the status of its key. */
  readonly asker: (peer: { readonly id: string; readonly address?: string }) => Asker;
  /** The same id for every key of a node, as far as trust has moved between them. */
  readonly account: (id: string) => string;
  /** Dials the peers of these settings, and judges live connections again. */
  readonly reload: (configuration: Configuration) => void;
  /**
   * Resolves with an answer whose schema and signature are checked. Questions of one turn of the
   * event loop share one ledger transaction.
   */
  readonly ask: (id: string, query: QueryBody, deadlineMs: number) => Promise<ResponseBody>;
  /**
   * Asks those of these nodes that are not connected over the relay, with one message. The others,
   * and all of them without a relay, are not in the result.
   */
  readonly askAway: (
    ids: readonly string[],
    query: QueryBody,
    deadlineMs: number,
  ) => ReadonlyMap<string, Promise<PeerAnswer>>;
  /** Asks these nodes over the relay whether they are there; undefined if it cannot be asked. */
  readonly rollCall: (ids: readonly string[], deadlineMs: number) => Promise<ReadonlyMap<string, Presence>> | undefined;
  /** A request about blind totals or the roster; the reply, which fits it, may be a refusal. */
  readonly exchange: (id: string, request: PeerRequest, deadlineMs: number) => Promise<Sent<PeerReply>>;
  /** Opens a visit of a folder that is carried, and takes these boxes. */
  readonly carry: (texts: readonly string[]) => Promise<Carried['outcomes']>;
  /** Ends the visit. What was asked meanwhile of peers that are away is in these boxes. */
  readonly carried: () => Carried['boxes'];
  /** Resolves with what the peer did with the summary; rejects while it is away. */
  readonly deliver: (id: string, document: Envelope, summaryId: string) => Promise<SummaryResult>;
  /** Resolves with what the peer did with the advisory; rejects while it is away. */
  readonly advise: (id: string, document: Envelope, deadlineMs: number) => Promise<AdvisoryResult>;
  /** Resolves with what the peer says of a head of this node's log, and the key it signs with. */
  readonly submit: (
    id: string,
    body: CheckpointBody,
    deadlineMs: number,
  ) => Promise<{ readonly peer: string; readonly body: CosignatureBody }>;
  /** Asks a node that does not know this one for membership. @throws CaroError as `join` */
  readonly enrol: (id: string, addresses: readonly string[], request: Envelope) => Promise<JoinResult>;
  readonly invite: (host?: string) => OpenInvite;
  readonly join: (code: string) => Promise<PairedNode>;
  /** Prepares for queries, if a peer is connected; sends nothing. */
  readonly rehearse: () => Promise<void>;
  /**
   * MUST be called every quarter of an hour: makes a new certificate if the present one expires
   * soon, and connects with the relay if it is time to.
   */
  readonly keepUp: () => Promise<void>;
  /** Node ids of the connected peers to which it was sent. */
  readonly announceRotation: (statement: DualEnvelope) => Promise<readonly string[]>;
  readonly announceRevocation: (statement: Envelope) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

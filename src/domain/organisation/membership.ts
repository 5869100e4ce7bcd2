/* What the owner of a node, and its officers, see of the roster. */
import type { Envelope } from '../identity/signed-envelope.ts';
import type { Member, MemberProof, RosterHead } from './roster.ts';

export interface OrgNode {
  readonly id: string;
  readonly name: string;
  readonly addresses: readonly string[];
}

/** What a head would grant, in plain facts. */
export interface OrgTerms {
  readonly org: string;
  readonly version: number;
  /** Name of the signed head: SHA-256, base64. */
  readonly hash: string;
  readonly expires: string;
  readonly members: number;
  readonly officers: readonly { readonly name: string; readonly fingerprint: string }[];
  readonly threshold: number;
  readonly supervisors: readonly OrgNode[];
  readonly trustees: readonly OrgNode[];
  /** `IP:port` each. */
  readonly relays: readonly string[];
  readonly level: 1 | 2;
  readonly floor: number;
  readonly windowHours: number;
  readonly layouts: readonly string[];
}

export interface OrgOffer {
  readonly terms: OrgTerms;
  readonly role: OrgRole;
  /** `sharing.level` of this node now. */
  readonly sharingLevel: 0 | 1 | 2;
  /** Whether the owner has written that the mesh is off; then this node cannot join. */
  readonly isMeshRefused: boolean;
}

export type OrgRole = 'supervisor' | 'trustee' | 'member';

/** What to join with. */
export interface OrgJoin {
  readonly document: string;
  readonly name: string;
  readonly unit: string;
  /** Name of the member that this node replaces. */
  readonly predecessor?: string;
}

export interface OrgStatus {
  readonly terms: OrgTerms;
  readonly role: OrgRole;
  readonly joinedAt: string;
  /** Null before an officer has approved this node, and after it was removed. */
  readonly membership: Pick<Member, 'name' | 'unit' | 'since'> | null;
  readonly state: 'in force' | 'expired' | 'forked';
  /** A newer head that waits for the owner, and what it asks for beyond their consent. */
  readonly waiting: { readonly terms: OrgTerms; readonly asksFor: readonly string[] } | null;
  /** Version of the list of members on this node; null: it keeps none. */
  readonly list: number | null;
  /** Requests to join that this node has received. */
  readonly requests: number;
  /** Text of the file with this node's own request, while it is no member. */
  readonly request: string | null;
  /** Supervisors and trustees whose news this node refused when it asked last, since its start. */
  readonly refused: readonly RefusedNews[];
}

export interface RefusedNews {
  readonly from: string;
  readonly code: string;
  readonly at: string;
}

export interface ListedRequest {
  readonly node: string;
  readonly fingerprint: string;
  readonly name: string;
  readonly unit: string;
  readonly predecessor: string | null;
  readonly receivedAt: string;
  /** Text of its file. */
  readonly document: string;
}

/** Texts of files, as `org export` writes and `org import` reads them. */
export interface OrgParcel {
  readonly heads: readonly string[];
  /** At most one. */
  readonly deltas: readonly string[];
  readonly requests: readonly string[];
  /** To the relay: a node takes its own, a node that keeps the list those of all members. */
  readonly passes: readonly string[];
}

export interface OrgTaken {
  readonly heads: number;
  /** Version in force, and of the list; null without one. */
  readonly version: number;
  readonly list: number | null;
  readonly requests: number;
  /** New passes to the relay. */
  readonly passes: number;
  readonly isWaiting: boolean;
  readonly isForked: boolean;
}

/** What a node keeps of its organization; heads are kept by themselves. */
export interface KeptRoster {
  readonly org: string;
  readonly joinedMs: number;
  /** Versions. */
  readonly current: number;
  readonly waiting: number | null;
  readonly consent: unknown;
  readonly fork: Envelope | null;
  readonly proof: MemberProof | null;
  /** Version of the stored list; null if this node keeps none. */
  readonly list: number | null;
  /** This node's own request, while it is no member. */
  readonly request: Envelope | null;
}

/** Everything that decisions need, read without a check: it was checked before it was stored. */
export interface RosterView {
  readonly org: string;
  readonly current: RosterHead;
  readonly waiting: RosterHead | null;
  readonly isForked: boolean;
  readonly members: readonly Pick<Member, 'id' | 'name' | 'unit'>[];
}

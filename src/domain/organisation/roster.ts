/*
 * The roster of an organization: what its officers sign, and what its members send them
 * (docs/protocol.md §11). `roster-schemas.ts` has the schemas.
 */

import type { Envelope } from '../identity/signed-envelope.ts';

/** DSSE payload types. */
export const HEAD_TYPE = 'application/vnd.caro.roster.v1+json';
export const ENDORSEMENT_TYPE = 'application/vnd.caro.roster-trustee.v1+json';
export const REQUEST_TYPE = 'application/vnd.caro.roster-request.v1+json';

export const MAX_OFFICERS = 16;
/** A new head may need the signatures of the old officers and of the new ones. */
export const MAX_SIGNATURES = 2 * MAX_OFFICERS;
export const MAX_AGGREGATORS = 64;
export const MAX_RELAYS = 8;
export const MAX_MEMBERS = 100_000;
/** How long after a day its blind reports are accepted. */
export const WINDOW_HOURS = { least: 24, most: 720 } as const;
/** How long a head may be valid, and how long it usually is. */
export const VALID_DAYS = { least: 1, most: 400, usual: 90 } as const;

/** Layouts of blind reports that a roster may name. */
export const ROSTER_LAYOUTS = ['day/1'] as const;

/** Public keys of a node other than its identity key; base64 of 32 bytes each. */
export type Card = {
  /** X25519: what is sealed to the node, such as payloads of the relay. */
  readonly sealingKey: string;
  /** Ed25519: proves the node to a relay, and nothing else. */
  readonly connectionKey: string;
};

export type Officer = {
  readonly name: string;
  /** Public key, spelled as a node id. It need not be the key of a node. */
  readonly id: string;
};

/** A node that asks members, or adds up their reports. */
export type RosterNode = {
  /** Node id. */
  readonly id: string;
  readonly name: string;
  readonly card: Card;
  /** `IP:port` or `[IPv6]:port`, where members find it. */
  readonly addresses: readonly string[];
};

export type RosterTrustee = RosterNode & {
  /**
   * The statement of another trustee that members consented to (`Endorsement`). A trustee without
   * one is new to them and waits for their owners.
   */
  readonly endorsement: Envelope | null;
};

/** Begins the address of a relay in a head. */
export const RELAY_SCHEME = 'tls://';

export type RosterRelay = {
  /** `tls://IP:port` */
  readonly url: string;
  /** SHA-256 of the SubjectPublicKeyInfo in the certificate of the server, base64. */
  readonly key: string;
};

/** What the officers sign. Names of members are not part of it. */
export type RosterHead = {
  readonly type: 'caro.roster';
  /** 1, 2, 3 … without gaps. */
  readonly version: number;
  readonly org: string;
  /** SHA-256 of the signed bytes of the version before, base64; null in version 1. */
  readonly previous: string | null;
  readonly createdAt: string;
  /** From then on it grants nothing. */
  readonly expires: string;
  readonly officers: readonly Officer[];
  /** How many of the officers have to sign. */
  readonly threshold: number;
  readonly supervisors: readonly RosterNode[];
  readonly trustees: readonly RosterTrustee[];
  readonly relays: readonly RosterRelay[];
  /** The most detailed level that a supervisor may ask for: 1 is more detailed than 2. */
  readonly level: 1 | 2;
  /** Smallest number of nodes behind a blind total. */
  readonly floor: number;
  /** How long after a day its blind reports are accepted. */
  readonly windowHours: number;
  readonly layouts: readonly (typeof ROSTER_LAYOUTS)[number][];
  /** The Merkle tree over the members, sorted by id. `root`: base64 of 32 bytes. */
  readonly members: { readonly size: number; readonly root: string };
};

/** A leaf of the tree. */
export type Member = {
  /** Node id. */
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  readonly card: Card;
  /** UTC day of the approval, `2026-11-20`. */
  readonly since: string;
};

/** Shows that a member is in the tree of a head. */
export type MemberProof = {
  readonly member: Member;
  readonly index: number;
  /** Base64 of 32 bytes each, from the leaf upwards (RFC 6962 §2.1.1). */
  readonly path: readonly string[];
};

/**
 * What changed between two lists. It needs no signature: the result MUST have the root of the head
 * `to`. `from` is 0 for a whole list.
 */
export type RosterDelta = {
  readonly type: 'caro.roster-delta';
  readonly org: string;
  readonly from: number;
  readonly to: number;
  /** Sorted by id; an entry replaces one with the same id. */
  readonly add: readonly Member[];
  /** Node ids, sorted. */
  readonly remove: readonly string[];
};

/** A trustee says that another node may be a trustee from the head that follows `previous`. */
export type Endorsement = {
  readonly type: 'caro.roster-trustee';
  readonly org: string;
  readonly previous: string;
  /** Node ids. */
  readonly by: string;
  readonly trustee: string;
  /** Of the trustee: with another one, its officers could read what is sealed to it. */
  readonly sealingKey: string;
};

/** A node asks to become a member; it signs with its identity key. */
export type JoinRequest = {
  readonly type: 'caro.roster-request';
  readonly org: string;
  /** Node id. */
  readonly node: string;
  readonly name: string;
  readonly unit: string;
  readonly card: Card;
  /** Name of the member that this node replaces, because it was installed anew; or null. */
  readonly predecessor: string | null;
  readonly createdAt: string;
};

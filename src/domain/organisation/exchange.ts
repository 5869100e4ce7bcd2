/**
 * What a node and the supervisors of its organization say to each other (docs/protocol.md §11.5).
 */
import type { Envelope } from '../identity/signed-envelope.ts';
import type { MemberProof, RosterDelta } from './roster.ts';

/** Heads in one answer. */
export const MAX_HEADS_SENT = 20;
/** Members that one answer may add; a longer delta is carried by directory. */
export const MAX_ADDED_SENT = 1_500;

export const JOIN_RESULTS = ['stored', 'known', 'member', 'full', 'closed', 'invalid'] as const;
export type JoinResult = (typeof JOIN_RESULTS)[number];

export interface OrgBodies {
  /**
   * Asks for heads after `version`, and with `list` (0: none yet) for the changes of the list.
   * `pass`: when the pass to the relay that the asker has was made.
   */
  readonly 'org-ask': {
    readonly org: string;
    readonly version: number;
    readonly list: number | null;
    readonly pass: string | null;
  };
  /**
   * `proof`: that the asker is a member, of the last of these heads, or of the one it has. `delta`:
   * only for an asker that may keep the list. `pass`: a newer one, for the asker.
   */
  readonly 'org-news': {
    readonly heads: readonly Envelope[];
    readonly proof: MemberProof | null;
    readonly delta: RosterDelta | null;
    readonly pass: Envelope | null;
  };
  readonly 'org-join': { readonly request: Envelope };
  readonly 'org-joined': { readonly result: JoinResult };
}

export const ORG_REPLIES = { 'org-ask': 'org-news', 'org-join': 'org-joined' } as const satisfies Partial<
  Record<keyof OrgBodies, keyof OrgBodies>
>;

type Message<T extends keyof OrgBodies> = { [K in T]: { readonly type: K; readonly body: OrgBodies[K] } }[T];

export type OrgRequest = Message<keyof typeof ORG_REPLIES>;
export type OrgReply = Message<(typeof ORG_REPLIES)[keyof typeof ORG_REPLIES]>;
export type OrgReplyTo<T extends OrgRequest['type']> = Message<(typeof ORG_REPLIES)[T]>;

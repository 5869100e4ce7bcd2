/** Requests to a peer that are answered by exactly one message, beside questions and summaries. */
import type { AdvisoryBodies } from './advisories/advisory.ts';
import { BLIND_REPLIES, type BlindReply, type BlindReplyTo, type BlindRequest } from './blind/exchange.ts';
import { ORG_REPLIES, type OrgReply, type OrgReplyTo, type OrgRequest } from './organisation/exchange.ts';

type Message<T extends keyof AdvisoryBodies> = { readonly type: T; readonly body: AdvisoryBodies[T] };

export type PeerRequest = BlindRequest | OrgRequest | Message<'advisory'>;
export type PeerReply = BlindReply | OrgReply | Message<'advisory-ack'>;
/** What may answer a request of this type. */
export type PeerReplyTo<T extends PeerRequest['type']> = T extends BlindRequest['type']
  ? BlindReplyTo<T>
  : T extends OrgRequest['type']
    ? OrgReplyTo<T>
    : Message<'advisory-ack'>;

/** As it arrived. `sentAt`: over a relay, which compares no clocks, when its sender wrote it. */
export type Sent<R extends PeerReply> = R & { readonly sentAt?: string };

export const PEER_REPLIES = { ...BLIND_REPLIES, ...ORG_REPLIES, advisory: 'advisory-ack' } as const satisfies Record<
  PeerRequest['type'],
  PeerReply['type']
>;

/** Requests to a peer that are answered by exactly one message, beside questions and summaries. */
import type { AdvisoryBodies } from './advisories/advisory.ts';
import { BLIND_REPLIES, type BlindReply, type BlindReplyTo, type BlindRequest } from './blind/exchange.ts';

type Message<T extends keyof AdvisoryBodies> = { readonly type: T; readonly body: AdvisoryBodies[T] };

export type PeerRequest = BlindRequest | Message<'advisory'>;
export type PeerReply = BlindReply | Message<'advisory-ack'>;
/** What may answer a request of this type. */
export type PeerReplyTo<T extends PeerRequest['type']> = T extends BlindRequest['type']
  ? BlindReplyTo<T>
  : Message<'advisory-ack'>;

export const PEER_REPLIES = { ...BLIND_REPLIES, advisory: 'advisory-ack' } as const satisfies Record<
  PeerRequest['type'],
  PeerReply['type']
>;

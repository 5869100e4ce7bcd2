import { BLIND_REPLIES, type BlindReply, type BlindRequest } from '../blind/exchange.ts';
import { ORG_REPLIES, type OrgReply, type OrgRequest } from '../organisation/exchange.ts';

/** Requests that a relay keeps for an aggregator; a request to join needs a connection. */
export type RelayRequest = BlindRequest | Extract<OrgRequest, { readonly type: 'org-ask' }>;
export type RelayReply = BlindReply | Extract<OrgReply, { readonly type: 'org-news' }>;

/** What answers each of them; blind requests can be refused as well. */
export const RELAY_REPLIES = { ...BLIND_REPLIES, 'org-ask': ORG_REPLIES['org-ask'] } as const;

import { count, flag, list, maybeCount, object, orNull, text, word, words } from './schema-words.ts';

/* Schemas of the dashboard's API about the organization that this node has joined. */

const NODES = list(object({ id: text, name: text, addresses: list(text) }));
const TERMS = object({
  org: text,
  version: count,
  hash: text,
  expires: text,
  members: count,
  officers: list(object({ name: text, fingerprint: text })),
  threshold: count,
  supervisors: NODES,
  trustees: NODES,
  relays: list(text),
  level: words([1, 2]),
  floor: count,
  windowHours: count,
  layouts: list(text),
});
const ROLE = word(['supervisor', 'trustee', 'member']);

export const ORG_OFFER = object({
  terms: TERMS,
  role: ROLE,
  sharingLevel: words([0, 1, 2]),
  isMeshRefused: flag,
});

const STATUS = object({
  terms: TERMS,
  role: ROLE,
  joinedAt: text,
  membership: orNull(object({ name: text, unit: text, since: text })),
  state: word(['in force', 'expired', 'forked']),
  waiting: orNull(object({ terms: TERMS, asksFor: list(text) })),
  list: maybeCount,
  requests: count,
  refused: list(object({ from: text, code: text, at: text })),
});

/** Null without an organization. */
export const ORG_STATUS = object({ organization: orNull(STATUS) });

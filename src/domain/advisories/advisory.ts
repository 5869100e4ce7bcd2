/**
 * Advisories: an analyst asks owners to look at commands of one rule or of one family of rules.
 * Every member is from a closed vocabulary, so that an advisory cannot carry a text or a link.
 */
import { closed, type JsonSchema, text } from '../encoding/json-schema.ts';
import { envelopeSchema, NODE_ID, TIME } from '../identity/key-statement-schemas.ts';
import type { PeerAt } from '../identity/peer-at.ts';
import type { Envelope } from '../identity/signed-envelope.ts';
import { DAY_MS } from '../time/period.ts';

/** DSSE payload type. */
export const ADVISORY_TYPE = 'application/vnd.caro.advisory.v1+json';

export const SUBJECT_KINDS = ['rule', 'family'] as const;
/** From the least to the most urgent. */
export const PRIORITIES = ['information', 'attention', 'urgent'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** A built-in risk rule, or a family of them. */
export type Subject = { readonly kind: (typeof SUBJECT_KINDS)[number]; readonly name: string };

/** What the analyst decides. */
export interface AdvisoryDraft {
  readonly subject: Subject;
  readonly priority: Priority;
  /** Last day, `YYYY-MM-DD`, UTC. */
  readonly until: string;
}

/** The signed document. A type alias: only those count as `Json`. */
export type Advisory = {
  readonly type: 'caro.advisory';
  readonly version: 1;
  /** 32 hex digits, random. */
  readonly id: string;
  /** Node id of the author. */
  readonly author: string;
  readonly issuedAt: string;
  readonly subject: Subject;
  readonly priority: Priority;
  readonly until: string;
};

/**
 * What the receiver did with an advisory. `stored` and `known` are final; after `denied` and `full`
 * it is sent again when the peer connects the next time.
 */
export const ADVISORY_RESULTS = ['stored', 'known', 'denied', 'expired', 'unknown', 'invalid', 'full'] as const;
export type AdvisoryResult = (typeof ADVISORY_RESULTS)[number];

/** An advisory of a peer; its signature by that peer was checked. */
export interface ReceivedAdvisory {
  readonly peer: PeerAt;
  readonly advisory: Advisory;
  /** As it came, to be stored verbatim. */
  readonly document: Envelope;
}

/** Bodies by message type (docs/protocol.md). */
export interface AdvisoryBodies {
  readonly advisory: { readonly document: Envelope };
  readonly 'advisory-ack': { readonly result: AdvisoryResult };
}

const ADVISORY_ID = text('^[0-9a-f]{32}$');
const DAY = text('^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$');

export const ADVISORY_SCHEMA: JsonSchema = closed({
  type: { const: 'caro.advisory' },
  version: { const: 1 },
  id: ADVISORY_ID,
  author: NODE_ID,
  issuedAt: TIME,
  // The form of an id of a rule. Only those in the receiver's own catalogue are taken.
  subject: closed({ kind: { enum: SUBJECT_KINDS }, name: text('^[a-z0-9][a-z0-9.-]{0,63}$') }),
  priority: { enum: PRIORITIES },
  until: DAY,
});

/** An advisory on the wire. */
export const ADVISORY_ENVELOPE = envelopeSchema(ADVISORY_TYPE, 1, 2_048);

/** An end that is further away is refused: an advisory is about now. */
export const MAX_DAYS = 92;
/** Maximum clock skew between connected nodes. */
const SKEW_MS = 5 * 60_000;

/** The first millisecond after the last day; not a number for a day that does not exist. */
export function endOf(until: string): number {
  const startMs = Date.parse(`${until}T00:00:00.000Z`);
  const exists = Number.isFinite(startMs) && new Date(startMs).toISOString().startsWith(until);
  return exists ? startMs + DAY_MS : Number.NaN;
}

/** Null, or why an advisory is not taken at `nowMs`. */
export function timeFault(
  { issuedAt, until }: Pick<Advisory, 'issuedAt' | 'until'>,
  nowMs: number,
): 'expired' | 'invalid' | null {
  const [issuedMs, endMs] = [Date.parse(issuedAt), endOf(until)];
  if (!Number.isFinite(issuedMs) || !Number.isFinite(endMs) || issuedMs > nowMs + SKEW_MS) return 'invalid';
  if (endMs > issuedMs + (MAX_DAYS + 1) * DAY_MS || endMs <= issuedMs) return 'invalid';
  return endMs <= nowMs ? 'expired' : null;
}

/** A rule of an advisory, with the owner's own matches in the last days. */
export interface AdvisedRule {
  readonly id: string;
  readonly reason: string;
  readonly safer: string;
  readonly matches: number;
}

export interface AdvisedCommand {
  readonly id: number;
  /** ISO 8601 UTC. */
  readonly time: string;
  /** With secrets masked. Never leaves this node. */
  readonly command: string;
  readonly rules: readonly string[];
}

/** An advisory, as the owner of this node sees it. */
export interface AdvisoryLine {
  readonly id: string;
  /** Node id. */
  readonly author: string;
  readonly subject: Subject;
  readonly priority: Priority;
  readonly issuedAt: string;
  readonly until: string;
  /** Hidden by its owner; of an advisory of this node: not sent any more. */
  readonly isHidden: boolean;
  /** How many nodes have it; null for an advisory of another node. */
  readonly delivered: number | null;
  /** Those that this node's own commands matched, most matches first; at least one for a rule. */
  readonly rules: readonly AdvisedRule[];
  /** Newest first. */
  readonly commands: readonly AdvisedCommand[];
}

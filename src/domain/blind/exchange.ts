/** What nodes, leader and trustee say to each other about blind totals (docs/protocol.md §10). */
import type { ErrorCode } from '../errors.ts';
import type { Envelope } from '../identity/signed-envelope.ts';

/** Reports that one `blind-prepare` may present. */
export const MAX_PREPARED = 100;
/** Largest number of entries in a release log. */
export const MAX_LOG = 1_000_000;
/** Entries of a release log in one `blind-entries`. */
export const MAX_ENTRIES_SENT = 50;

/** Codes of a refusal; whoever asked records them and shows them to its owner. */
export const BLIND_REFUSALS = [
  'task_unknown',
  'blind_report_invalid',
  'blind_share_invalid',
  'blind_box_invalid',
  'report_early',
  'report_late',
  'report_duplicate',
  'report_not_member',
  'report_unknown',
  'report_prepared',
  'day_closed',
  'release_early',
  'release_incomplete',
  'release_below_floor',
  'internal',
] as const satisfies readonly ErrorCode[];
export type BlindRefusal = (typeof BLIND_REFUSALS)[number];

/** A report as the leader presents it to the trustee. Bytes are base64. */
export interface Presented {
  readonly node: string;
  readonly publicShare: string;
  /** The leader's preparation share. */
  readonly share: string;
}

/** The trustee's answer to one presented report: a preparation message, or why there is none. */
export type Prepared =
  | { readonly node: string; readonly message: string }
  | { readonly node: string; readonly code: BlindRefusal };

/** Proof for the node that asked that it is among the contributors of a block. */
export interface Contribution {
  /** Name of the block. */
  readonly block: string;
  /** Place of the leaf in the tree. */
  readonly index: number;
  /** Base64 of 32 bytes each. */
  readonly path: readonly string[];
}

export interface ListedEntry {
  /** Entry of the release log, signed by the trustee. */
  readonly entry: Envelope;
  /** Null if the node that asked is in none of the blocks. */
  readonly contribution: Contribution | null;
}

/** Bodies by message type. Requests are answered by the type in `BLIND_REPLIES`, or refused. */
export interface BlindBodies {
  /** A node's report for this aggregator. */
  readonly 'blind-report': { readonly report: Envelope };
  readonly 'blind-receipt': { readonly receipt: Envelope };
  /** The leader presents reports of one day to the trustee. */
  readonly 'blind-prepare': { readonly task: string; readonly day: string; readonly reports: readonly Presented[] };
  readonly 'blind-prepared': { readonly answers: readonly Prepared[] };
  /** Asks the trustee for its release log from this entry on. */
  readonly 'blind-log': { readonly task: string; readonly from: number };
  /** `size`: number of entries in the whole log. */
  readonly 'blind-entries': { readonly size: number; readonly entries: readonly ListedEntry[] };
  /** The leader asks for the trustee's share of one block. */
  readonly 'blind-total': { readonly task: string; readonly day: string; readonly block: string };
  /**
   * `nodes`: base64 of the public keys of the contributors, 32 bytes each, in the order of their
   * node ids. `box`: the share, sealed to the leader, base64.
   */
  readonly 'blind-share': { readonly nodes: string; readonly box: string };
  readonly 'blind-refusal': { readonly code: BlindRefusal };
}

export const BLIND_REPLIES = {
  'blind-report': 'blind-receipt',
  'blind-prepare': 'blind-prepared',
  'blind-log': 'blind-entries',
  'blind-total': 'blind-share',
} as const satisfies Partial<Record<keyof BlindBodies, keyof BlindBodies>>;

type Message<T extends keyof BlindBodies> = {
  [K in T]: { readonly type: K; readonly body: BlindBodies[K] };
}[T];

export type BlindRequest = Message<keyof typeof BLIND_REPLIES>;
export type BlindReply = Message<(typeof BLIND_REPLIES)[keyof typeof BLIND_REPLIES] | 'blind-refusal'>;
/** What may answer a request of this type. */
export type BlindReplyTo<T extends BlindRequest['type']> = Message<(typeof BLIND_REPLIES)[T] | 'blind-refusal'>;

export const refusal = (code: BlindRefusal): BlindReply => ({ type: 'blind-refusal', body: { code } });

/** The code to tell the other side; a defect of this node is `internal`. */
export const refusalCode = (code: string): BlindRefusal => BLIND_REFUSALS.find((known) => known === code) ?? 'internal';

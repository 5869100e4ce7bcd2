import type { PeerAt } from '../identity/peer-at.ts';
import type { Envelope } from '../identity/signed-envelope.ts';
import { DAY_MS, periodAt } from '../time/period.ts';
import type { NodeSummary } from './summary.ts';

/** Maximum clock skew between connected nodes. */
const SKEW_MS = 5 * 60_000;
/** A period is summarized again for late events, at most once per quarter-hour of a week. */
export const MAX_REVISIONS = 700;
/** Maximum number of summaries of one node: a year has 9,200 periods. */
export const MAX_SUMMARIES = 40_000;
/** Maximum size of all summaries of one node: those of a year have about 50 MB. */
export const MAX_BYTES = 256 * 1024 * 1024;

/** A peer's summary; signature, author and schema are checked. */
export interface ReceivedSummary {
  /** The peer that delivered it. */
  readonly peer: PeerAt;
  /** As it came, to be stored verbatim. */
  readonly document: Envelope;
  /** Its content. */
  readonly summary: NodeSummary;
}

/** What this node has stored of a peer, for one period and in total. */
export interface Received {
  readonly revisions: number;
  readonly all: number;
  readonly bytes: number;
}

/**
 * Why a peer's summary is refused, or null: a time that does not exist, no period of its kind, one
 * that is not over or that retention would remove at once, or too much data. A trusted peer must
 * not be able to fill the disk.
 */
export function intakeFault(
  { createdAt, period }: Pick<NodeSummary, 'createdAt' | 'period'>,
  received: Received,
  { nowMs, days }: { readonly nowMs: number; readonly days: number },
): string | null {
  const [createdMs, startMs, endMs] = [createdAt, period.start, period.end].map((time) => Date.parse(time));
  if (createdMs === undefined || startMs === undefined || endMs === undefined) return 'a time is missing';
  if (![createdMs, startMs, endMs].every(Number.isFinite)) return 'a time does not exist';
  const whole = periodAt(period.kind, startMs);
  if (whole.startMs !== startMs || whole.endMs !== endMs) return 'the times are no period of its kind';
  if (endMs > nowMs + SKEW_MS || createdMs > nowMs + SKEW_MS) return 'the period is not over';
  if (endMs < nowMs - days * DAY_MS) return 'the period is older than what is kept';
  if (received.revisions >= MAX_REVISIONS) return 'the period has too many revisions';
  const isTooMuch = received.all >= MAX_SUMMARIES || received.bytes >= MAX_BYTES;
  return isTooMuch ? 'the node has stored too much here' : null;
}

import type { RiskLevel } from '../events/risk-level.ts';
import type { Envelope } from '../identity/signed-envelope.ts';
import type { PeriodKind } from '../time/period.ts';

/** Upper bounds in ms of the duration buckets; one more bucket holds what is longer. */
export const DURATION_BOUNDS_MS = [10, 100, 1_000, 5_000, 30_000, 120_000, 600_000] as const;
export const DURATION_BUCKETS = DURATION_BOUNDS_MS.length + 1;

/** Index of the bucket that holds a duration in ms. */
export function durationBucket(ms: number): number {
  const index = DURATION_BOUNDS_MS.findIndex((bound) => ms < bound);
  return index === -1 ? DURATION_BOUNDS_MS.length : index;
}

/*
 * Type aliases, not interfaces: only those count as `Json`, which is what gets signed.
 */

/**
 * Counts of commands. An exit status or duration that is not known is in none of the figures after
 * `count`: a share of failures is one of `ended`, a mean duration one of the sum of the buckets.
 */
export type UsageCounts = {
  readonly count: number;
  /** Commands whose exit status is known. */
  readonly ended: number;
  /** Those of `ended` whose status is not 0. */
  readonly failures: number;
  /** Sum of the measured durations. */
  readonly durationMsSum: number;
  /** Measured durations, in `DURATION_BUCKETS` classes. */
  readonly durationBuckets: readonly number[];
};

export type NamedUsage = UsageCounts & { readonly name: string };

/**
 * Level 1: what a node may tell trusted peers about a period (FR-502). Only closed words, integers
 * and times: it cannot contain text, a path or a prompt (FR-503). All lists are sorted by name, so
 * that the same figures give the same bytes.
 */
export type NodeSummary = {
  readonly type: 'caro.summary';
  readonly version: 1;
  /** 32 hex digits, random. */
  readonly id: string;
  /** Id of the revision that this one replaces, when late events came in. */
  readonly replaces: string | null;
  readonly node: string;
  readonly createdAt: string;
  readonly nonce: string;
  readonly catalogueVersion: number;
  readonly period: { readonly kind: PeriodKind; readonly start: string; readonly end: string };
  readonly patterns: readonly { readonly name: string; readonly count: number }[];
  readonly tools: readonly NamedUsage[];
  readonly families: readonly NamedUsage[];
  /** In the node's own time zone. */
  readonly activity: { readonly hours: readonly number[]; readonly weekdays: readonly number[] };
  readonly safety: {
    readonly levels: Readonly<Record<RiskLevel, number>>;
    readonly families: readonly { readonly name: string; readonly count: number }[];
    readonly techniques: readonly { readonly name: string; readonly count: number }[];
  };
  readonly coverage: {
    readonly observed: number;
    readonly redacted: number;
    readonly dropped: number;
    readonly shells: readonly string[];
  };
};

/**
 * What the receiver did with a summary: it is new, it was there before, or it will never be taken.
 */
export const SUMMARY_RESULTS = ['stored', 'known', 'refused'] as const;
export type SummaryResult = (typeof SUMMARY_RESULTS)[number];

/** One stored summary, for lists. */
export interface SummaryLine {
  readonly id: string;
  readonly node: string;
  readonly kind: PeriodKind;
  readonly start: string;
  readonly revision: number;
  readonly createdAt: string;
  readonly bytes: number;
}

/**
 * `closed` is false where no period with commands is over yet: the document then tells of the
 * running one so far.
 */
export interface SummaryPreview {
  readonly document: Envelope;
  readonly closed: boolean;
  /** SHA-256 of the document's JSON text, 64 hex digits: who has it has been given the document. */
  readonly digest: string;
}

/** Media type under which a summary is signed. */
export const SUMMARY_TYPE = 'application/vnd.caro.summary.v1+json';

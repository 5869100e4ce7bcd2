/** Kinds of anomalies; a closed list, since their counts leave the node (docs/design.md §8). */
export const ANOMALY_KINDS = [
  'unusual-volume',
  'unusual-hours',
  'failure-spike',
  'repeated-high-risk',
  'new-family',
] as const;
export type AnomalyKind = (typeof ANOMALY_KINDS)[number];

/** One unusual period of time, for the owner. Only the number per kind may leave the node. */
export interface Anomaly {
  readonly kind: AnomalyKind;
  /** First and (exclusive) last instant, ISO 8601 UTC. */
  readonly start: string;
  readonly end: string;
  /** What was counted: commands; failed commands in percent for `failure-spike`. */
  readonly observed: number;
  /** What is usual there, in the same unit. */
  readonly usual: number;
  /** Tool family of `new-family`; null otherwise. */
  readonly family: string | null;
  /** One plain sentence in the node's own time zone. Holds no command text. */
  readonly explanation: string;
}

/** `judged` is false where the history is too short to call anything unusual. */
export interface AnomalyReport {
  readonly judged: boolean;
  /** Whole days of history before now. */
  readonly historyDays: number;
  readonly anomalies: readonly Anomaly[];
}

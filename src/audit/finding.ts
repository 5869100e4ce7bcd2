import { isoTime } from '../domain/time/iso-time.ts';
/**
 * What security tools get to know of what was observed: that a risk rule matched so often on a day,
 * that a stretch was unusual.
 */
export interface DetectionFinding {
  readonly kind: 'risk' | 'anomaly';
  /** Id of the risk rule, or kind of the anomaly. */
  readonly name: string;
  /** One plain sentence that holds nothing of a command. */
  readonly title: string;
  readonly severity: 'low' | 'medium' | 'high' | 'critical';
  /** Family of the rule, or of the tools that are new. */
  readonly family: string | null;
  /** MITRE ATT&CK technique, `T1070` or `T1070.003`. */
  readonly technique: string | null;
  /** Names of the technique and its tactic in ATT&CK v19; null where this version has none. */
  readonly attack: { readonly technique: string; readonly tactic: string } | null;
  /** First millisecond since the epoch, inclusive, and the first one after it. */
  readonly startMs: number;
  readonly endMs: number;
  /** Matches of the rule; of an anomaly what was observed, in its own unit. */
  readonly count: number;
  /** What is usual there, in the unit of `count`; null for a rule. */
  readonly usual: number | null;
}

/** The same finding has the same id in every export of a node. */
export const findingId = (node: string, { kind, name, startMs, family }: DetectionFinding): string =>
  [kind, name, ...(kind === 'anomaly' && family !== null ? [family] : []), isoTime(startMs), node].join(' ');

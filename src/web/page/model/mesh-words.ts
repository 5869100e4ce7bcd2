import type { AnomalyKind } from '../../../domain/anomalies/anomaly.ts';
import type { WithheldRule } from '../../../domain/answers/query.ts';
import type { QueryType, Silence, TargetState, TrustLevel } from '../../../domain/policy/trust.ts';

/** The closed vocabulary of the mesh in words. */
export const QUERY_NAMES: Readonly<Record<QueryType, string>> = {
  'safety-posture': 'Safety posture',
  'tool-usage': 'Tool usage',
  'activity-patterns': 'Activity patterns',
  anomalies: 'Anomalies',
  'node-health': 'Node health',
  'recent-commands': 'Recent commands',
};

export const STATE_NAMES: Readonly<Record<TargetState, string>> = {
  answered: 'answered',
  no_data: 'no data',
  access_denied: 'denied',
  no_response: 'no response',
  skewed: 'clock off',
  error: 'error',
  suppressed: 'suppressed',
};

export const STATE_MEANS: Readonly<Record<TargetState, string>> = {
  answered: 'Its figures are included in the sum.',
  no_data: 'It observed nothing in this period, or its history is too short to judge.',
  access_denied: 'Its owner does not let this node ask, or shares nothing.',
  no_response: 'It is not connected, or did not answer in time.',
  skewed: 'Its clock differs by more than 5 minutes from this one.',
  error: 'Its reply was not a valid answer to this query.',
  suppressed: 'Too few nodes gave aggregates only, so that one could be identified, or this node asked too often.',
};

export const WITHHELD_MEANS: Readonly<Record<WithheldRule, string>> = {
  floor: 'Too few nodes contributed.',
  companion: 'With it, one that too few nodes contributed to could be computed from the total.',
  group: 'One of these reasons, or another author of that level is withheld; to say which would reveal a figure.',
};

export const SILENCE_MEANS: Readonly<Record<Silence, string>> = {
  offline: 'It is not connected.',
  slow: 'It is connected and works, but needs more time. Ask again with a longer time limit.',
  frozen: 'It is connected, but its service does not react.',
};

export const TRUST_MEANS: Readonly<Record<TrustLevel, string>> = {
  untrusted: 'may not connect',
  share_to: 'receives summaries, may ask nothing',
  query_from: 'may ask for summaries and aggregates',
  peer: 'receives summaries, may ask for summaries and aggregates',
  supervisor: 'may ask for aggregates only',
};

export const trustName = (level: string): string => level.replace('_', ' ');

export const ANOMALY_NAMES: Readonly<Record<AnomalyKind, string>> = {
  'unusual-volume': 'unusually many commands',
  'unusual-hours': 'work at unusual hours',
  'failure-spike': 'more failures than usual',
  'repeated-high-risk': 'repeated risky commands',
  'new-family': 'a kind of tool never used before',
};

export const LIMIT_NAMES = { 500: 'wait 0.5 s', 2000: 'wait 2 s', 5000: 'wait 5 s' } as const;

export const SPAN_NAMES = { 24: '24 hours', 168: '7 days', 720: '30 days' } as const;

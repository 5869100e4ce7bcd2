import type { AnomalyKind } from '../../../domain/anomalies/anomaly.ts';
import type { QueryType, TargetState, TrustLevel } from '../../../domain/policy/trust.ts';

/** What the closed words of the mesh mean, for a person. */
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
  suppressed: 'held back',
};

export const STATE_MEANS: Readonly<Record<TargetState, string>> = {
  answered: 'Its figures are part of the sum.',
  no_data: 'It observed nothing in this span.',
  access_denied: 'Its owner does not let this node ask, or shares nothing.',
  no_response: 'It is not connected, or did not answer in time.',
  skewed: 'Its clock differs by more than 5 minutes from this one.',
  error: 'What came was not an answer to this question.',
  suppressed: 'Too few nodes answered in sums only to hide one another, or this node asked too often.',
};

export const TRUST_MEANS: Readonly<Record<TrustLevel, string>> = {
  untrusted: 'may not connect',
  share_to: 'is sent summaries, may ask nothing',
  query_from: 'may ask for summaries and sums',
  peer: 'is sent summaries, may ask for summaries and sums',
  supervisor: 'may ask for sums only',
};

export const trustName = (level: string): string => level.replace('_', ' ');

export const ANOMALY_NAMES: Readonly<Record<AnomalyKind, string>> = {
  'unusual-volume': 'unusually many commands',
  'unusual-hours': 'work at unusual hours',
  'failure-spike': 'more failures than usual',
  'repeated-high-risk': 'repeated risky commands',
  'new-family': 'a kind of tool never used before',
};

export const SPAN_NAMES = { 24: '24 hours', 168: '7 days', 720: '30 days' } as const;

/** How far another node is trusted (FR-701, docs/design.md §5). */
export const TRUST_LEVELS = ['untrusted', 'share_to', 'query_from', 'peer', 'supervisor'] as const;
export type TrustLevel = (typeof TRUST_LEVELS)[number];
/** `contact` may connect, and nothing else. Only a roster gives it. */
export const GRANT_LEVELS = [...TRUST_LEVELS, 'contact'] as const;
export type GrantLevel = (typeof GRANT_LEVELS)[number];

/**
 * The most detailed level that may leave: 0 nothing, 1 summaries and aggregates, 2 aggregates only
 * (FR-303).
 */
export const SHARING_LEVELS = [0, 1, 2] as const;
export type SharingLevel = (typeof SHARING_LEVELS)[number];

export const ROLES = ['individual', 'admin', 'security'] as const;
export type Role = (typeof ROLES)[number];

/** Query types (FR-605, docs/design.md §8). */
export const QUERY_TYPES = [
  'tool-usage',
  'safety-posture',
  'activity-patterns',
  'anomalies',
  'node-health',
  'recent-commands',
] as const;
export type QueryType = (typeof QUERY_TYPES)[number];

/** How a target of a mesh query ended; the counts of all states add up to the number of targets. */
export const TARGET_STATES = [
  'answered',
  'no_data',
  'access_denied',
  'no_response',
  'skewed',
  'error',
  'suppressed',
] as const;
export type TargetState = (typeof TARGET_STATES)[number];

/**
 * Why there is no response: the node is not connected, it works but was too slow, or its service
 * did not react to a ping either.
 */
export const SILENCES = ['offline', 'slow', 'frozen'] as const;
export type Silence = (typeof SILENCES)[number];

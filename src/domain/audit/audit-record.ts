import type { Json } from '../encoding/canonical.ts';

/** Types of audit records (docs/design.md §9); a closed list, which exports rely on. */
export const AUDIT_TYPES = [
  'service.started',
  'service.stopped',
  'identity.created',
  'rotation.begun',
  'rotation.completed',
  'config.changed',
  'config.rolled_back',
  'trust.changed',
  'trust.overruled',
  'sharing.changed',
  'peer.connected',
  'peer.disconnected',
  'peer.refused',
  'peer.paired',
  'query.sent',
  'query.received',
  'query.answered',
  'summary.made',
  'summary.sent',
  'summary.received',
  'egress.refused',
  'log.truncated',
  'log.forked',
  'log.disputed',
  'log.forgotten',
  'key.rotated',
  'key.succeeded',
  'key.revoked',
  'database.repaired',
  'database.restored',
  'database.migrated',
  'history.imported',
  'org.joined',
  'org.changed',
  'org.left',
  'org.refused',
  'org.requested',
  'blind.joined',
  'blind.left',
  'report.made',
  'report.sent',
  'release.forked',
  'events.deleted',
  'advisory.sent',
  'advisory.received',
  'alert.raised',
  'guard.acted',
  'retention.applied',
  'dashboard.login',
  'dashboard.refused',
  'actor.degraded',
  'clock.changed',
  'blind.task',
  'blind.refused',
  'blind.released',
  'blind.withheld',
  'blind.total',
  'rules.changed',
] as const;
export type AuditType = (typeof AUDIT_TYPES)[number];

/** A new audit record: closed words, numbers, ids and addresses; never command text. */
export interface AuditEntry {
  readonly type: AuditType;
  /** Node id of the other side, where there is one. */
  readonly peer?: string;
  readonly details?: { readonly [key: string]: Json };
}

/** One link of the chain; `hash` covers the canonical form of everything else in it. */
export interface AuditRecord {
  readonly seq: number;
  /** ISO 8601 UTC with milliseconds. */
  readonly time: string;
  readonly type: AuditType;
  readonly peer: string | null;
  readonly details: { readonly [key: string]: Json };
  /** 64 hex digits, BLAKE3-256; of the first record 64 zeros. */
  readonly prevHash: string;
  readonly hash: string;
}

/**
 * Signed statement that the chain had this head; with `prunedThrough`, that everything up to there
 * was removed by retention.
 */
export interface AuditCheckpoint {
  readonly seq: number;
  readonly hash: string;
  readonly time: string;
  readonly prunedThrough: number;
  /** Base64 Ed25519 signature over the canonical form of the other fields. */
  readonly signature: string;
}

export interface AuditVerification {
  readonly ok: boolean;
  readonly records: number;
  readonly checkpoints: number;
  /** First record that does not verify, and why. */
  readonly firstBad: { readonly seq: number; readonly reason: string } | null;
}

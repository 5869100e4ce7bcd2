import type { AuditType } from './audit-record.ts';

/**
 * What each kind of record says, in a few words: for exports to other systems, and for a person who
 * reads the log.
 */
export const AUDIT_TITLES: Readonly<Record<AuditType, string>> = {
  'service.started': 'Service started',
  'service.stopped': 'Service stopped',
  'identity.created': 'Node key created',
  'rotation.begun': 'Change of the node key begun',
  'rotation.completed': 'Node key changed',
  'config.changed': 'Configuration changed',
  'config.rolled_back': 'Configuration could not be taken over and was rolled back',
  'trust.changed': 'Trust changed',
  'trust.overruled': 'Trust test overruled by a revocation',
  'sharing.changed': 'Sharing changed',
  'peer.connected': 'Peer connected',
  'peer.disconnected': 'Peer disconnected',
  'peer.refused': 'Connection or message of another node refused',
  'peer.paired': 'Peer paired',
  'query.sent': 'Query sent to the mesh',
  'query.received': 'Query received',
  'query.answered': 'Query answered',
  'summary.made': 'Summary made',
  'summary.sent': 'Summary sent',
  'summary.received': 'Summary received',
  'egress.refused': 'Outgoing message held back',
  'key.rotated': 'Node key rotated',
  'key.succeeded': 'Trust moved to the next key of a node',
  'key.revoked': 'Node key revoked',
  'database.repaired': 'Database repaired or begun afresh',
  'database.restored': 'Database restored from a backup',
  'database.migrated': 'Database taken over from an older version',
  'history.imported': 'Shell history imported',
  'retention.applied': 'Old records removed',
  'dashboard.login': 'Login to the dashboard',
  'dashboard.refused': 'Access to the dashboard refused',
  'actor.degraded': 'Part of the service set aside after repeated failures',
  'clock.changed': 'Clock of the machine set back',
};

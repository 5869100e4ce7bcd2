import type { AlertReport } from '../../domain/alerts/alert.ts';
import type { AuditEntry, AuditRecord, AuditVerification } from '../../domain/audit/audit-record.ts';
import type { EgressFilter, EgressLine, EgressMessage } from '../../domain/audit/egress.ts';
import type { CheckpointBody, CosignatureBody, WitnessStatus } from '../../domain/audit/tlog.ts';
import type { Configuration } from '../../domain/configuration.ts';
import type { Explanation, PolicyQuestion, TrustTestResult } from '../../domain/policy/policy.ts';
import type { SettingsChange } from '../../domain/settings-change.ts';
import type { ServiceMetrics } from '../../domain/status/metrics.ts';
import type { ServiceStatus, SharingStatus } from '../../domain/status/status.ts';
import type { Nothing } from './empty-body.ts';

/** Messages about policy, settings, the audit log and the service itself. */
export interface ServiceMessages {
  'policy.sharing': Nothing;
  'policy.explain': PolicyQuestion;
  'policy.test': Nothing;
  /** In force, and in the audit log, when answered. */
  'settings.change': SettingsChange;
  /** Reads the configuration files again. */
  'config.reload': Nothing;
  'alerts.list': Nothing;
  /** Raises nothing; sends a test message where a receiver is set. */
  'alerts.test': Nothing;
  /** A peer asks this node to cosign a head of its log. */
  'checkpoint.received': { readonly peer: string; readonly checkpoint: CheckpointBody };
  'witness.status': Nothing;
  /** Asks all witnesses now. */
  'witness.ask': Nothing;
  /** Forgets what was cosigned of a node's logs, and what was found wrong with them. */
  'witness.forget': { readonly id: string };
  'egress.list': EgressFilter;
  'egress.show': { readonly seq: number };
  'audit.append': AuditEntry;
  'audit.list': { readonly limit?: number; readonly before?: number; readonly type?: string };
  'audit.verify': Nothing;
  /** Signs the head of the log as it is now. */
  'audit.seal': Nothing;
  'audit.status': Nothing;
  'service.status': Nothing;
  'service.metrics': Nothing;
  'config.verify': Configuration;
  'config.commit': Configuration;
  'dashboard.link': Nothing;
  'database.backup': Nothing;
  /**
   * Sent every quarter of an hour. Deletions use `retentionMs`, which ignores a clock that leaps
   * ahead.
   */
  'clock.quarter': { readonly nowMs: number; readonly retentionMs: number };
  /** The idle service has collected its garbage, and the code that did not run lately. */
  'code.freed': Nothing;
}

export interface ServiceReplies {
  'policy.sharing': SharingStatus;
  'policy.explain': Explanation;
  'policy.test': readonly TrustTestResult[];
  'settings.change': null;
  /** Whether the files differ from the configuration that was in force. */
  'config.reload': { readonly changed: boolean };
  'alerts.list': AlertReport;
  'alerts.test': Pick<AlertReport, 'states' | 'syslog'>;
  'checkpoint.received': CosignatureBody;
  'witness.status': WitnessStatus;
  'witness.ask': WitnessStatus;
  'witness.forget': null;
  'egress.list': readonly EgressLine[];
  'egress.show': EgressMessage;
  'audit.append': AuditRecord;
  'audit.list': readonly AuditRecord[];
  'audit.verify': AuditVerification;
  'audit.seal': null;
  'audit.status': ServiceStatus['audit'];
  'service.status': ServiceStatus;
  'service.metrics': ServiceMetrics;
  'config.verify': null;
  'config.commit': null;
  /** The file that logs its reader in once (docs/design.md §12), and the dashboard's address. */
  'dashboard.link': { readonly file: string; readonly url: string };
  'database.backup': { readonly file: string };
}

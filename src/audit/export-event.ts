import type { AuditRecord, AuditType } from '../domain/audit/audit-record.ts';
import { AUDIT_TITLES } from '../domain/audit/audit-titles.ts';
import type { Json } from '../domain/encoding/canonical.ts';

type Details = AuditRecord['details'];

/** Subject of a record, in the terms of OCSF and CEF. */
export type EventKind = 'network' | 'api' | 'authentication' | 'entity' | 'lifecycle';
export type Severity = 'informational' | 'low' | 'medium' | 'high' | 'critical';
export type Outcome = 'success' | 'failure';

/** The exporting node's id and the version of this program. */
export interface Exporter {
  readonly node: string;
  readonly version: string;
}

interface EventSpec {
  readonly kind: EventKind;
  /** Caption of the activity in the OCSF class of `kind`. */
  readonly activity: string;
  readonly severity: Severity | ((details: Details) => Severity);
  readonly outcome?: Outcome | ((details: Details) => Outcome);
  /** The only members of `details` that are exported: closed words, numbers, ids and addresses. */
  readonly facts: readonly string[];
}

/** A record as it may be exported; it contains neither command text nor a path. */
export interface ExportEvent {
  readonly record: AuditRecord;
  readonly title: string;
  readonly kind: EventKind;
  readonly activity: string;
  readonly severity: Severity;
  readonly outcome: Outcome;
  readonly facts: Readonly<Record<string, Json>>;
}

/** Refusals that a correct node never causes. */
const GRAVE: ReadonlySet<Json | undefined> = new Set([
  'key_changed',
  'key_suspended',
  'key_revoked',
  'message_forged',
  'message_replayed',
  'message_sender',
  'message_session',
  'summary_invalid',
  'rotation_invalid',
]);

const CHANGED_POLICY = { kind: 'entity', activity: 'Update', severity: 'low' } as const;
/** Outcome of one day of blind totals. */
const TOTAL = {
  kind: 'api',
  activity: 'Create',
  severity: 'informational',
  facts: ['task', 'day', 'blocks', 'contributors', 'code'],
} as const;
const FAULTY_LOG = { kind: 'api', activity: 'Read', severity: 'critical', outcome: 'failure' } as const;
const ADVISED = ['id', 'subject', 'priority', 'until'] as const;
const LOST_HEAD = ['lastSeq', 'lastHash'] as const;

const SPECS: Readonly<Record<AuditType, EventSpec>> = {
  'service.started': {
    kind: 'lifecycle',
    activity: 'Start',
    severity: 'informational',
    facts: ['version'],
  },
  'service.stopped': {
    kind: 'lifecycle',
    activity: 'Stop',
    severity: 'informational',
    facts: [],
  },
  'actor.degraded': {
    kind: 'lifecycle',
    activity: 'Disable',
    severity: 'high',
    outcome: 'failure',
    facts: ['actor'],
  },
  'clock.changed': {
    kind: 'lifecycle',
    activity: 'Other',
    severity: 'low',
    facts: ['from'],
  },
  'blind.task': { ...CHANGED_POLICY, facts: ['task', 'role'] },
  'blind.refused': {
    kind: 'api',
    activity: 'Create',
    severity: 'low',
    outcome: 'failure',
    facts: ['code', 'type', 'task', 'day', 'block', 'count', 'received', 'presented'],
  },
  'blind.released': TOTAL,
  'blind.withheld': TOTAL,
  'blind.total': TOTAL,
  'identity.created': {
    kind: 'entity',
    activity: 'Create',
    severity: 'informational',
    facts: ['fingerprint', 'createdAt'],
  },
  'rotation.begun': {
    kind: 'entity',
    activity: 'Update',
    severity: ({ compromised }) => (compromised === true ? 'high' : 'low'),
    facts: ['from', 'to', 'compromised', 'switchesAt'],
  },
  'rotation.completed': {
    kind: 'entity',
    activity: 'Update',
    severity: 'low',
    facts: ['from', 'to'],
  },
  'key.rotated': {
    kind: 'entity',
    activity: 'Update',
    severity: ({ outcome }) => (outcome === 'conflict' ? 'high' : 'medium'),
    facts: ['outcome', 'from', 'to'],
  },
  'key.succeeded': {
    kind: 'entity',
    activity: 'Update',
    severity: 'medium',
    facts: ['from', 'by'],
  },
  'key.revoked': {
    kind: 'entity',
    activity: 'Deactivate',
    severity: 'medium',
    facts: ['key'],
  },
  'config.rolled_back': {
    kind: 'entity',
    activity: 'Update',
    severity: 'medium',
    outcome: 'failure',
    facts: ['code', 'everywhere'],
  },
  'trust.overruled': { ...CHANGED_POLICY, facts: ['tests'] },
  'config.changed': { ...CHANGED_POLICY, facts: ['sections'] },
  'rules.changed': { ...CHANGED_POLICY, facts: ['digest', 'files', 'inForce', 'setAside'] },
  'trust.changed': {
    ...CHANGED_POLICY,
    facts: ['default', 'nodes', 'subnets', 'deny', 'revoked', 'tests'],
  },
  'sharing.changed': { ...CHANGED_POLICY, facts: ['level', 'deny_tools'] },
  'peer.connected': {
    kind: 'network',
    activity: 'Open',
    severity: 'informational',
    facts: ['address', 'direction', 'skewMs'],
  },
  'peer.disconnected': {
    kind: 'network',
    activity: 'Close',
    severity: 'informational',
    facts: ['address', 'code', 'reason'],
  },
  'peer.refused': {
    kind: 'network',
    activity: 'Refuse',
    severity: ({ code }) => (GRAVE.has(code) ? 'high' : 'low'),
    outcome: 'failure',
    facts: ['code', 'address', 'network', 'networks', 'direction', 'count', 'skewMs', 'expected', 'found'],
  },
  'peer.paired': {
    kind: 'entity',
    activity: 'Create',
    severity: 'low',
    facts: ['name', 'fingerprint', 'address'],
  },
  'query.sent': {
    kind: 'api',
    activity: 'Read',
    severity: 'informational',
    facts: ['query', 'spanHours', 'targets'],
  },
  'query.received': {
    kind: 'api',
    activity: 'Read',
    severity: 'informational',
    facts: ['query', 'spanHours', 'unserved'],
  },
  'query.answered': {
    kind: 'api',
    activity: 'Read',
    severity: 'informational',
    outcome: ({ decision }) => (decision === 'deny' ? 'failure' : 'success'),
    facts: ['query', 'spanHours', 'decision', 'level', 'rule', 'result'],
  },
  'summary.made': {
    kind: 'api',
    activity: 'Create',
    severity: 'informational',
    facts: ['id', 'period', 'start', 'revision'],
  },
  'summary.sent': {
    kind: 'api',
    activity: 'Create',
    severity: 'informational',
    facts: ['id', 'result'],
  },
  'summary.received': {
    kind: 'api',
    activity: 'Create',
    severity: 'informational',
    facts: ['id', 'period', 'start'],
  },
  'egress.refused': {
    kind: 'api',
    activity: 'Create',
    severity: 'medium',
    outcome: 'failure',
    facts: ['code', 'type'],
  },
  'log.truncated': { ...FAULTY_LOG, facts: ['log', 'size', 'known'] },
  'log.forked': { ...FAULTY_LOG, facts: ['log', 'size', 'known'] },
  'log.disputed': { ...FAULTY_LOG, facts: ['log', 'result', 'size', 'known'] },
  'log.forgotten': { kind: 'api', activity: 'Delete', severity: 'medium', facts: [] },
  'database.repaired': {
    kind: 'api',
    activity: 'Update',
    severity: 'medium',
    facts: ['reason', 'events', 'summaries', 'gaps', ...LOST_HEAD],
  },
  'database.restored': {
    kind: 'api',
    activity: 'Update',
    severity: 'medium',
    facts: LOST_HEAD,
  },
  'database.migrated': {
    kind: 'api',
    activity: 'Update',
    severity: 'informational',
    facts: ['from', 'to', 'copy'],
  },
  'history.imported': {
    kind: 'api',
    activity: 'Create',
    severity: 'informational',
    facts: ['source', 'count', 'skipped'],
  },
  'org.joined': { ...CHANGED_POLICY, facts: ['org', 'version', 'hash'] },
  'org.changed': { ...CHANGED_POLICY, facts: ['version', 'list', 'waiting', 'forked', 'state', 'member', 'agreed'] },
  'org.left': { ...CHANGED_POLICY, facts: [] },
  'org.refused': { kind: 'api', activity: 'Update', severity: 'low', outcome: 'failure', facts: ['code'] },
  'org.requested': { kind: 'api', activity: 'Create', severity: 'informational', facts: [] },
  'blind.joined': { ...CHANGED_POLICY, facts: ['task', 'floor', 'leader', 'trustee'] },
  'blind.left': { ...CHANGED_POLICY, facts: ['task'] },
  'report.made': { kind: 'api', activity: 'Create', severity: 'informational', facts: ['task', 'day'] },
  'report.sent': {
    kind: 'api',
    activity: 'Create',
    severity: 'informational',
    outcome: ({ result }) => (result === 'received' ? 'success' : 'failure'),
    facts: ['day', 'role', 'result'],
  },
  'release.forked': {
    kind: 'api',
    activity: 'Read',
    severity: 'high',
    outcome: 'failure',
    facts: ['task', 'entries'],
  },
  'advisory.sent': { kind: 'api', activity: 'Create', severity: 'informational', facts: ADVISED },
  'advisory.received': { kind: 'api', activity: 'Create', severity: 'informational', facts: ADVISED },
  'alert.raised': {
    kind: 'api',
    activity: 'Create',
    severity: 'medium',
    facts: ['rule', 'measure', 'condition', 'bound', 'value', 'until'],
  },
  'guard.acted': {
    kind: 'api',
    activity: 'Read',
    severity: ({ level }) => (level === 'critical' ? 'high' : 'medium'),
    outcome: ({ did }) => (did === 'failed-open' ? 'failure' : 'success'),
    facts: ['author', 'level', 'did', 'rules'],
  },
  'events.deleted': {
    kind: 'api',
    activity: 'Delete',
    severity: 'informational',
    facts: ['count'],
  },
  'retention.applied': {
    kind: 'api',
    activity: 'Delete',
    severity: 'informational',
    facts: ['auditThrough'],
  },
  'dashboard.login': {
    kind: 'authentication',
    activity: 'Logon',
    severity: 'informational',
    facts: [],
  },
  'dashboard.refused': {
    kind: 'authentication',
    activity: 'Logon',
    severity: 'medium',
    outcome: 'failure',
    facts: ['reason', 'count'],
  },
};

/**
 * What of a record may go to other tools: members of `details` that its type does not list are left
 * out.
 */
export function exportEvent(record: AuditRecord): ExportEvent {
  const { kind, activity, severity, outcome = 'success', facts } = SPECS[record.type];
  const { details } = record;
  return {
    record,
    title: AUDIT_TITLES[record.type],
    kind,
    activity,
    severity: typeof severity === 'string' ? severity : severity(details),
    outcome: typeof outcome === 'string' ? outcome : outcome(details),
    facts: Object.fromEntries(
      facts.flatMap((name) => {
        const value = details[name];
        return value === undefined || value === null ? [] : [[name, value]];
      }),
    ),
  };
}

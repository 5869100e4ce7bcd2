/**
 * Records, findings and commands as events of the Open Cybersecurity Schema Framework
 * (https://schema.ocsf.io), version 1.8.0.
 */
import { isIP } from 'node:net';
import type { Json } from '../domain/encoding/canonical.ts';
import type { TerminalEvent } from '../domain/events/event.ts';
import type { RiskLevel } from '../domain/events/risk-level.ts';
import { parseEndpoint } from '../domain/ip-address.ts';
import type { EventKind, ExportEvent, Exporter, Outcome, Severity } from './export-event.ts';
import { type DetectionFinding, findingId } from './finding.ts';

export const OCSF_VERSION = '1.8.0';

type OcsfObject = Readonly<Record<string, Json>>;

interface OcsfClass {
  readonly uid: number;
  readonly name: string;
  readonly category: readonly [uid: number, name: string];
  readonly activities: Readonly<Record<string, number>>;
}

const CLASSES = {
  process: { uid: 1007, name: 'Process Activity', category: [1, 'System Activity'], activities: { Launch: 1 } },
  finding: { uid: 2004, name: 'Detection Finding', category: [2, 'Findings'], activities: { Create: 1 } },
  authentication: {
    uid: 3002,
    name: 'Authentication',
    category: [3, 'Identity & Access Management'],
    activities: { Logon: 1 },
  },
  entity: {
    uid: 3004,
    name: 'Entity Management',
    category: [3, 'Identity & Access Management'],
    activities: { Create: 1, Update: 3, Deactivate: 11 },
  },
  network: {
    uid: 4001,
    name: 'Network Activity',
    category: [4, 'Network Activity'],
    activities: { Open: 1, Close: 2, Refuse: 5 },
  },
  lifecycle: {
    uid: 6002,
    name: 'Application Lifecycle',
    category: [6, 'Application Activity'],
    activities: { Start: 3, Stop: 4, Disable: 7 },
  },
  api: {
    uid: 6003,
    name: 'API Activity',
    category: [6, 'Application Activity'],
    activities: { Create: 1, Read: 2, Update: 3, Delete: 4 },
  },
} as const satisfies Record<EventKind | 'finding' | 'process', OcsfClass>;

const SEVERITIES = {
  informational: [1, 'Informational'],
  low: [2, 'Low'],
  medium: [3, 'Medium'],
  high: [4, 'High'],
  critical: [5, 'Critical'],
} as const satisfies Record<Severity, readonly [number, string]>;
const STATUSES = {
  success: [1, 'Success'],
  failure: [2, 'Failure'],
} as const satisfies Record<Outcome, readonly [number, string]>;
/** `risk_level_id`. */
const RISK_LEVELS = { low: 1, medium: 2, high: 3, critical: 4 } as const;

/**
 * One audit record as one event; `metadata.uid` and `metadata.sequence` lead back to it in the
 * chain.
 */
export function ocsfEvent(event: ExportEvent, exporter: Exporter): OcsfObject {
  const { record, title, outcome, facts, severity } = event;
  const { code } = facts;
  return {
    ...base(event.kind, event.activity, severity, Date.parse(record.time)),
    message: title,
    ...statusOf(outcome),
    ...(typeof code === 'string' ? { status_code: code } : {}),
    ...(typeof facts['count'] === 'number' ? { count: facts['count'] } : {}),
    metadata: {
      ...metadata(exporter),
      uid: record.hash,
      sequence: record.seq,
      event_code: record.type,
      log_name: 'audit',
    },
    ...SUBJECTS[event.kind](event, exporter),
    unmapped: { ...facts, prevHash: record.prevHash },
  };
}

/** One finding as one event; `finding_info.uid` is the same in every export. */
export function ocsfFinding(finding: DetectionFinding, exporter: Exporter): OcsfObject {
  const { severity, startMs, endMs, count, title } = finding;
  const isRule = finding.kind === 'risk';
  return {
    ...base('finding', 'Create', severity, endMs),
    message: title,
    status_id: 1,
    status: 'New',
    start_time: startMs,
    end_time: endMs,
    ...(isRule ? { count } : {}),
    is_alert: severity === 'high' || severity === 'critical',
    risk_level_id: RISK_LEVELS[severity],
    risk_level: SEVERITIES[severity][1],
    metadata: { ...metadata(exporter), event_code: `finding.${finding.kind}`, log_name: 'findings' },
    finding_info: findingInfo(finding, exporter.node),
    resources: [{ uid: exporter.node, type: 'Mesh node' }],
    ...(isRule ? {} : { anomaly_analyses: [analysis(finding, exporter.node)] }),
  };
}

/** Severity of a command by its risk. */
const RISK_SEVERITIES = {
  safe: 'informational',
  moderate: 'low',
  high: 'high',
  critical: 'critical',
} as const satisfies Record<RiskLevel, Severity>;

/**
 * One observed command as one event. It contains the command's text, as its owner sees it: for the
 * owner's own export (`caro events --ocsf`) only. MUST NOT be sent to another node.
 */
export function ocsfProcess(event: TerminalEvent, exporter: Exporter): OcsfObject {
  const startMs = Date.parse(event.time);
  const { exitCode, durationMs, cwd } = event;
  const severity = RISK_SEVERITIES[event.risk];
  return {
    ...base('process', 'Launch', severity, startMs),
    ...(exitCode === null ? {} : statusOf(exitCode === 0 ? 'success' : 'failure')),
    ...(exitCode === null ? {} : { exit_code: exitCode }),
    start_time: startMs,
    ...(durationMs === null ? {} : { duration: durationMs, end_time: startMs + durationMs }),
    metadata: { ...metadata(exporter), uid: `${exporter.node} ${event.id}`, log_name: 'commands' },
    device: { type_id: 0, type: 'Unknown', uid: exporter.node, hostname: event.host },
    actor: { process: { name: event.shell } },
    process: {
      name: event.tools[0] ?? event.category,
      cmd_line: event.command,
      created_time: startMs,
      ...(cwd === null ? {} : { working_directory: cwd }),
    },
    unmapped: {
      risk: event.risk,
      rules: [...event.rules],
      category: event.category,
      tools: [...event.tools],
      author: event.author,
      approval: event.approval,
    },
  };
}

const statusOf = (outcome: Outcome): OcsfObject => {
  const [id, caption] = STATUSES[outcome];
  return { status_id: id, status: caption };
};

function base(kind: keyof typeof CLASSES, activity: string, severity: Severity, time: number): OcsfObject {
  const { uid, name, category, activities }: OcsfClass = CLASSES[kind];
  const activityId = activities[activity] ?? 0;
  const [severityId, caption] = SEVERITIES[severity];
  return {
    activity_id: activityId,
    activity_name: activityId === 0 ? 'Unknown' : activity,
    category_uid: category[0],
    category_name: category[1],
    class_uid: uid,
    class_name: name,
    type_uid: uid * 100 + activityId,
    type_name: `${name}: ${activityId === 0 ? 'Unknown' : activity}`,
    severity_id: severityId,
    severity: caption,
    time,
  };
}

const metadata = (exporter: Exporter): OcsfObject => ({
  version: OCSF_VERSION,
  product: product(exporter),
  log_version: 'caro.audit.v1',
});

const product = ({ node, version }: Exporter): OcsfObject => ({
  name: 'Caro mesh',
  vendor_name: 'Caro',
  uid: node,
  version,
});

/** Attributes of each class in addition to the common ones. */
const SUBJECTS: Readonly<Record<EventKind, (event: ExportEvent, exporter: Exporter) => OcsfObject>> = {
  lifecycle: (_event, exporter) => ({ app: product(exporter) }),
  authentication: (_event, { node }) => ({
    user: { name: 'owner', uid: node },
    service: { name: 'dashboard', uid: node },
  }),
  entity: (event, { node }) => ({ actor: { app_uid: node }, entity: entity(event, node) }),
  network: ({ record, facts }, { node }) => {
    const here = { uid: node };
    const there = endpoint(record.peer, facts['address']);
    if (there === null) return { src_endpoint: here };
    return facts['direction'] === 'inbound'
      ? { src_endpoint: there, dst_endpoint: here }
      : { src_endpoint: here, dst_endpoint: there };
  },
  api: ({ record }, { node }) => {
    const { type, peer } = record;
    const isTheirs = peer !== null && (type.endsWith('.received') || type === 'query.answered');
    const other = isTheirs ? node : peer;
    return {
      actor: { app_uid: isTheirs ? peer : node },
      api: { operation: type, service: { name: 'Caro mesh' } },
      src_endpoint: { uid: isTheirs ? peer : node },
      ...(other === null ? {} : { dst_endpoint: { uid: other } }),
    };
  },
};

function entity({ record, facts }: ExportEvent, node: string): OcsfObject {
  if (record.type.endsWith('.changed')) {
    const name = record.type.split('.')[0] ?? '';
    return { type_id: 5, type: 'Policy', name, policy: { name } };
  }
  const { name } = facts;
  return { type: 'Mesh node', uid: record.peer ?? node, ...(typeof name === 'string' ? { name } : {}) };
}

/** Null where neither key nor address of the other side is known. */
function endpoint(peer: string | null, address: Json | undefined): OcsfObject | null {
  const { host, port } = typeof address === 'string' ? (parseEndpoint(address) ?? { host: address }) : {};
  // A zone (`fe80::1%eth0`) is this machine's own affair and no part of an address.
  const ip = host?.split('%')[0];
  const known = {
    ...(peer === null ? {} : { uid: peer }),
    ...(ip !== undefined && isIP(ip) !== 0 ? { ip } : {}),
    ...(port === undefined ? {} : { port }),
  };
  return 'uid' in known || 'ip' in known ? known : null;
}

function findingInfo(finding: DetectionFinding, node: string): OcsfObject {
  const { kind, name, title, family, technique, startMs, endMs } = finding;
  return {
    uid: findingId(node, finding),
    title,
    types: [kind === 'risk' ? 'Risk rule' : 'Anomaly'],
    created_time: endMs,
    first_seen_time: startMs,
    last_seen_time: endMs,
    product: { name: 'Caro mesh', vendor_name: 'Caro', uid: node },
    analytic: {
      uid: name,
      name,
      ...(kind === 'risk' ? { type_id: 1, type: 'Rule' } : { type_id: 3, type: 'Statistical' }),
      ...(family === null ? {} : { category: family }),
    },
    ...(technique === null ? {} : { attacks: [attack(technique, finding)] }),
  };
}

/** Version of ATT&CK from which the names of techniques and tactics are. */
const ATTACK_VERSION = '19';

function attack(technique: string, { attack: names }: DetectionFinding): OcsfObject {
  const [parent = technique] = technique.split('.');
  const isSub = parent !== technique;
  const named = names === null ? {} : { name: names.technique };
  return {
    version: ATTACK_VERSION,
    ...(names === null ? {} : { tactic: { name: names.tactic } }),
    technique: { uid: parent, ...(isSub ? {} : named) },
    ...(isSub ? { sub_technique: { uid: technique, ...named } } : {}),
  };
}

function analysis({ name, count, usual, startMs, endMs }: DetectionFinding, node: string): OcsfObject {
  const observed = (value: number): OcsfObject => ({
    observation_parameter: name,
    observations: [{ value: String(value) }],
  });
  return {
    analysis_targets: [{ name: node, type: 'Mesh node' }],
    anomalies: [
      {
        observation_parameter: name,
        observations: [{ value: String(count), timespan: { start_time: startMs, end_time: endMs } }],
      },
    ],
    ...(usual === null ? {} : { baselines: [observed(usual)] }),
  };
}

import type { ServiceMetrics } from './metrics.ts';
import { type ActorStatus, NODE_STATES } from './status.ts';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [value: number, labels?: Labels];

interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly samples: readonly Sample[];
}

const ACTOR_STATES: readonly ActorStatus['state'][] = ['running', 'restarting', 'degraded', 'stopped'];
/** Questions that this node asked, and those that it was asked. */
const QUERY_KINDS = { asked: 'mesh.query', answered: 'query.answer' } as const;

/** Media type of the text below. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * The figures in Prometheus' text format 0.0.4. Every label has a closed set of values, so that no
 * series grows without end.
 */
export function metricsText(metrics: ServiceMetrics): string {
  const families = [
    ...serviceFamilies(metrics),
    ...observationFamilies(metrics),
    ...actorFamilies(metrics),
    ...meshFamilies(metrics),
    ...totalFamilies(metrics),
  ];
  return families.map(familyText).join('');
}

function familyText({ name, type, help, samples }: Family): string {
  const lines = samples.map(([value, labels = {}]) => `${name}${labelText(labels)} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const gauge = (name: string, help: string, ...samples: readonly Sample[]): Family => ({
  name,
  type: 'gauge',
  help,
  samples,
});
const counter = (name: string, help: string, ...samples: readonly Sample[]): Family => ({
  name,
  type: 'counter',
  help,
  samples,
});
const bit = (is: boolean): number => (is ? 1 : 0);
/** No sample where the part that knows the value did not answer: a zero would be a wrong figure. */
const known = <T>(part: T | null, value: (part: T) => number): readonly Sample[] =>
  part === null ? [] : [[value(part)]];

function serviceFamilies({ status, databaseBytes }: ServiceMetrics): readonly Family[] {
  const { service, audit, memory, storage } = status;
  const { last } = storage.backup;
  return [
    gauge('caro_build_info', 'Always 1; the version that runs.', [1, { version: service.version }]),
    gauge('caro_uptime_seconds', 'Seconds since the service started.', [service.uptimeSeconds]),
    gauge(
      'process_resident_memory_bytes',
      'Resident memory of the service.',
      ...known(memory.rssBytes, (bytes) => bytes),
    ),
    gauge('caro_database_bytes', 'Size of the database and its write-ahead log.', [databaseBytes]),
    gauge('caro_database_trouble', '1 while nothing can be written.', [bit(storage.trouble !== null)]),
    counter('caro_database_write_failures_total', 'Writes that failed.', [storage.failures]),
    gauge('caro_database_set_aside', 'Damaged databases not salvaged yet.', [storage.setAside.length]),
    gauge('caro_backup_trouble', '1 where the last backup that was due failed.', [
      bit(storage.backup.trouble !== null),
    ]),
    gauge(
      'caro_backup_timestamp_seconds',
      'When the newest backup was made.',
      ...(last === null ? [] : [[Date.parse(last) / 1_000] as const]),
    ),
    counter('caro_log_lines_lost_total', 'Lines that could not be written to the log.', [storage.logLinesLost]),
    gauge('caro_audit_records', 'Records of the audit log.', ...known(audit, ({ records }) => records)),
    gauge('caro_audit_verified', '1 where its chain verified last.', ...known(audit, ({ verified }) => bit(verified))),
  ];
}

function observationFamilies({ status: { observe } }: ServiceMetrics): readonly Family[] {
  const shells = observe?.shells ?? [];
  return [
    gauge('caro_events_stored', 'Commands stored.', ...known(observe, ({ events }) => events)),
    counter(
      'caro_events_dropped_total',
      'Records that could not be written or kept.',
      ...known(observe, ({ dropped }) => dropped),
    ),
    gauge(
      'caro_spool_pending_bytes',
      'Bytes in the spool that are not stored yet.',
      ...known(observe, ({ pending }) => pending),
    ),
    gauge(
      'caro_observation_trouble',
      '1 while nothing is stored.',
      ...known(observe, ({ trouble }) => bit(trouble !== null)),
    ),
    gauge(
      'caro_shell_sessions',
      'Sessions that have reported, by shell.',
      ...shells.map(({ shell, sessions }): Sample => [sessions, { shell }]),
    ),
    gauge(
      'caro_shell_last_seen_timestamp_seconds',
      'When a shell reported last.',
      ...shells.map(({ shell, lastSeen }): Sample => [Date.parse(lastSeen) / 1_000, { shell }]),
    ),
  ];
}

function actorFamilies({ status: { actors } }: ServiceMetrics): readonly Family[] {
  const by = (value: (actor: ActorStatus) => number): readonly Sample[] =>
    actors.map((actor): Sample => [value(actor), { actor: actor.name }]);
  return [
    gauge(
      'caro_actor_state',
      '1 for the state that an actor is in.',
      ...actors.flatMap(({ name, state }) =>
        ACTOR_STATES.map((known): Sample => [bit(known === state), { actor: name, state: known }]),
      ),
    ),
    counter('caro_actor_messages_total', 'Messages handled.', ...by(({ handled }) => handled)),
    counter('caro_actor_failures_total', 'Messages answered with an error.', ...by(({ failed }) => failed)),
    counter('caro_actor_restarts_total', 'Restarts after a crash.', ...by(({ restarts }) => restarts)),
    gauge('caro_actor_queue_length', 'Messages that wait.', ...by(({ queue }) => queue)),
    counter('caro_actor_busy_seconds_total', 'Time spent with messages.', ...by(({ busyMs }) => busyMs / 1_000)),
  ];
}

/** One sample for each value that is known, under its word of a closed list. */
const words = (label: string, values: Readonly<Record<string, number | null>>): readonly Sample[] =>
  Object.entries(values).flatMap(([word, value]) => (value === null ? [] : [[value, { [label]: word }] as const]));

/** Totals of all nodes, over seven days. Nothing here is of one node. */
function totalFamilies({ totals, alerts }: ServiceMetrics): readonly Family[] {
  const met = gauge(
    'caro_mesh_alert_active',
    '1 where the newest totals meet a rule of [[alerts]].',
    ...alerts.map(({ rule, isMet }): Sample => [bit(isMet), { rule }]),
  );
  if (totals === null) return alerts.length === 0 ? [] : [met];
  const { day, contributors, knownDays, risky, levels, families, techniques } = totals;
  const value = (figure: number | null): readonly Sample[] => (figure === null ? [] : [[figure]]);
  return [
    gauge('caro_mesh_totals_day_timestamp_seconds', 'Start of the newest day of totals.', [Date.parse(day) / 1_000]),
    gauge('caro_mesh_totals_contributors', 'Nodes behind the newest totals.', ...value(contributors)),
    gauge('caro_mesh_totals_known_days', 'Days of the last seven that have totals.', [knownDays]),
    gauge('caro_mesh_totals_risky_per_thousand', 'Risky commands per 1,000, over seven days.', ...value(risky)),
    gauge('caro_mesh_totals_level_per_thousand', 'Commands of a level per 1,000.', ...words('level', levels)),
    gauge('caro_mesh_totals_family_per_thousand', 'Matches of rules per 1,000.', ...words('family', families)),
    gauge('caro_mesh_totals_technique_node_days', 'Nodes times days.', ...words('technique', techniques)),
    met,
  ];
}

function meshFamilies({ status: { mesh }, messages }: ServiceMetrics): readonly Family[] {
  const handled = (kind: string): number => messages.find((message) => message.kind === kind)?.count ?? 0;
  return [
    gauge(
      'caro_mesh_enabled',
      '1 where this node takes part in the mesh.',
      ...known(mesh, ({ enabled }) => bit(enabled)),
    ),
    gauge(
      'caro_mesh_peers',
      'Peers by state.',
      ...(mesh === null ? [] : NODE_STATES).map(
        (state): Sample => [mesh?.peers.filter((peer) => peer.state === state).length ?? 0, { state }],
      ),
    ),
    counter(
      'caro_queries_total',
      'Questions to the mesh that this node asked, and those of others that it answered.',
      ...Object.entries(QUERY_KINDS).map(([direction, kind]): Sample => [handled(kind), { direction }]),
    ),
    counter(
      'caro_messages_total',
      'Messages that actors have handled, by kind.',
      ...messages.map(({ kind, count }): Sample => [count, { kind }]),
    ),
  ];
}

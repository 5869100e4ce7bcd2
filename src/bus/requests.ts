import { PRIORITIES, SUBJECT_KINDS } from '../domain/advisories/advisory.ts';
import { SPANS_HOURS } from '../domain/answers/query.ts';
import { AUDIT_TYPES } from '../domain/audit/audit-record.ts';
import { COMPLETE_PERCENT, FLOOR, NOISE_SD, SEASON_DAYS, WINDOW_HOURS } from '../domain/blind/terms.ts';
import { RISK_LEVELS } from '../domain/events/risk-level.ts';
import { POLICY_ACTIONS } from '../domain/policy/policy.ts';
import { QUERY_TYPES } from '../domain/policy/trust.ts';
import { PERIOD_KINDS } from '../domain/time/period.ts';
import { LABEL_PATTERN } from '../domain/trends/mark.ts';
import type { Messages, RequestKind } from './messages.ts';
import {
  address,
  agentQuestion,
  type BodySchema,
  day,
  guardQuestion,
  hex,
  nodeId,
  object,
  orgName,
  orgText,
  orgTexts,
  orgUnit,
  settingsChange,
  short,
  taskText,
  time,
  whole,
  within,
  word,
} from './schema-words.ts';

/**
 * The one table of requests: the shape of each body, how long the answer may take, and from where
 * the request may come. The control socket, the channel to the dashboard's process and the routes
 * of the dashboard read it; their checks are generated from it
 * (`scripts/generate/generate-validators.ts`).
 */

/**
 * Where a request may come from, other than another actor: the control socket (`command-line`), the
 * dashboard's process by itself (`page`: reads only), or that process with the proof of a login
 * (`page-login`: changes, and what leaves this node).
 */
export type Exposure = 'command-line' | 'page' | 'page-login';

interface Exposed<K extends RequestKind> {
  readonly exposure: readonly Exposure[];
  readonly body: BodySchema;
  /** In ms. */
  readonly deadline: number | ((body: Messages[K]) => number);
  /** Which of these bodies the dashboard's process may send, if not all. */
  readonly pageMay?: (body: Messages[K]) => boolean;
}

/** Between actors only: the sender sets the deadline, and the types check the body. */
const INTERNAL = { exposure: [] } as const;

/** Maximum number of entries in one answer, wherever the request comes from. */
export const MAX_ENTRIES = 10_000;
const limit = whole(1, MAX_ENTRIES);
const before = whole(0);
const NOTHING = object({});
const SOON_MS = 10_000;
const LONG_MS = 120_000;
const BACKUP_MS = 600_000;
/** An aggregator prepares what it has taken. */
const CARRY_MS = 600_000;
/** Time to add up the answers to a query, beyond the query's own time limit. */
const MESH_GRACE_MS = 5_000;

/** A kind that is not exposed here cannot be reached from outside. */
export const REQUESTS = {
  'command.classify': INTERNAL,
  'command.assess': INTERNAL,
  'rules.list': { exposure: ['command-line', 'page'], body: NOTHING, deadline: LONG_MS },
  'rules.status': INTERNAL,
  'rules.replay': {
    exposure: ['page-login'],
    body: object({ file: short, text: { type: 'string', maxLength: 65_536 }, days: whole(1, 36_500) }, ['days']),
    deadline: LONG_MS,
  },
  'observe.status': { exposure: ['command-line'], body: NOTHING, deadline: SOON_MS },
  'events.list': {
    exposure: ['command-line'],
    body: object({
      id: whole(1),
      since: time,
      until: time,
      risk: word(RISK_LEVELS),
      tool: short,
      text: short,
      before,
      limit,
    }),
    // Looks at every event where few match.
    deadline: LONG_MS,
  },
  'events.delete': {
    exposure: ['command-line', 'page-login'],
    body: object({ ids: { type: 'array', items: whole(1), minItems: 1, maxItems: MAX_ENTRIES } }, ['ids']),
    // Copies of the database are changed, too.
    deadline: LONG_MS,
  },
  'stats.read': { exposure: ['command-line'], body: object({ since: time }), deadline: SOON_MS },
  'summary.preview': {
    exposure: ['command-line', 'page'],
    body: object({ period: word(PERIOD_KINDS) }, ['period']),
    deadline: LONG_MS,
  },
  'summary.shown': INTERNAL,
  'aggregates.preview': { exposure: ['command-line', 'page'], body: NOTHING, deadline: LONG_MS },
  'aggregates.shown': INTERNAL,
  'summary.list': { exposure: ['command-line', 'page'], body: object({ limit, from: nodeId }), deadline: SOON_MS },
  'anomalies.list': { exposure: ['command-line', 'page'], body: object({ since: time }), deadline: SOON_MS },
  'policy.sharing': { exposure: ['command-line', 'page'], body: NOTHING, deadline: SOON_MS },
  'policy.explain': {
    exposure: ['command-line', 'page'],
    body: object({ id: nodeId, address, action: word(POLICY_ACTIONS), queryType: word(QUERY_TYPES) }, ['id', 'action']),
    deadline: SOON_MS,
  },
  'policy.test': { exposure: ['command-line'], body: NOTHING, deadline: SOON_MS },
  'trust.list': { exposure: ['page'], body: NOTHING, deadline: SOON_MS },
  'settings.change': {
    exposure: ['command-line', 'page-login'],
    body: settingsChange,
    // Only the command line edits peers, denies addresses and lifts denials.
    pageMay: (change) => !['peer', 'no-peer', 'denied-addresses'].includes(change.set) && !('lift' in change),
    // The mesh may be opened again before the answer.
    deadline: LONG_MS,
  },
  'peer.paired': INTERNAL,
  'trust.confirm': {
    exposure: ['command-line', 'page-login'],
    body: object({ id: nodeId }, ['id']),
    deadline: SOON_MS,
  },
  'trust.keys': { exposure: ['command-line', 'page'], body: NOTHING, deadline: SOON_MS },
  'identity.rotate': {
    exposure: ['command-line'],
    body: object({ compromised: { type: 'boolean' } }),
    // With a key that others may have, the mesh is opened again before the answer.
    deadline: LONG_MS,
  },
  'keys.heard': INTERNAL,
  'mesh.reopen': INTERNAL,
  'peers.announce': INTERNAL,
  'peer.ask': INTERNAL,
  'peer.exchange': INTERNAL,
  'peer.enrol': INTERNAL,
  'peer.carry': INTERNAL,
  'peer.carried': INTERNAL,
  'org.request': INTERNAL,
  'org.inspect': {
    exposure: ['command-line', 'page-login'],
    body: object({ document: orgText }, ['document']),
    deadline: SOON_MS,
  },
  'org.join': {
    exposure: ['command-line', 'page-login'],
    body: object({ document: orgText, name: orgName, unit: orgUnit, predecessor: orgName }, [
      'document',
      'name',
      'unit',
    ]),
    deadline: LONG_MS,
  },
  'org.agree': {
    exposure: ['command-line', 'page-login'],
    body: object({ hash: { type: 'string', pattern: '^[A-Za-z0-9+/]{43}=$' } }, ['hash']),
    deadline: LONG_MS,
  },
  'org.leave': { exposure: ['command-line', 'page-login'], body: NOTHING, deadline: LONG_MS },
  'org.status': { exposure: ['command-line', 'page'], body: NOTHING, deadline: SOON_MS },
  'org.requests': { exposure: ['command-line', 'page'], body: NOTHING, deadline: SOON_MS },
  'org.import': {
    exposure: ['command-line'],
    body: object({ heads: orgTexts, deltas: orgTexts, requests: orgTexts, passes: orgTexts }, [
      ...['heads', 'deltas', 'requests', 'passes'],
    ]),
    deadline: LONG_MS,
  },
  'org.export': { exposure: ['command-line'], body: object({ from: whole(0) }), deadline: LONG_MS },
  'org.carry': { exposure: ['command-line'], body: object({ boxes: orgTexts }, ['boxes']), deadline: CARRY_MS },
  'blind.report': INTERNAL,
  'blind.work': INTERNAL,
  'blind.request': INTERNAL,
  'blind.draft': {
    exposure: ['command-line'],
    body: object(
      {
        name: { type: 'string', pattern: '^[a-z0-9-]{1,32}$' },
        trustee: nodeId,
        floor: within(FLOOR),
        windowHours: within(WINDOW_HOURS),
        completePercent: within(COMPLETE_PERCENT),
        seasonDays: within(SEASON_DAYS),
        noiseSd: within(NOISE_SD),
      },
      ['name', 'trustee'],
    ),
    deadline: SOON_MS,
  },
  'blind.endorse': {
    exposure: ['command-line'],
    body: object({ document: { type: 'string', maxLength: 65_536 }, isConfirmed: { type: 'boolean' } }, [
      'document',
      'isConfirmed',
    ]),
    deadline: SOON_MS,
  },
  'blind.roles': { exposure: ['command-line'], body: NOTHING, deadline: SOON_MS },
  'peer.submit': INTERNAL,
  'peer.advise': INTERNAL,
  'advisory.received': INTERNAL,
  'advisories.send': {
    exposure: ['command-line'],
    body: object(
      {
        subject: object({ kind: word(SUBJECT_KINDS), name: short }, ['kind', 'name']),
        priority: word(PRIORITIES),
        until: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d$' },
      },
      ['subject', 'priority', 'until'],
    ),
    // Peers that are connected get it before the answer.
    deadline: LONG_MS,
  },
  'advisories.list': {
    exposure: ['command-line', 'page'],
    body: object({ hidden: { type: 'boolean' } }),
    deadline: SOON_MS,
  },
  'alerts.list': { exposure: ['command-line', 'page'], body: NOTHING, deadline: SOON_MS },
  // The receiver may take its time.
  'alerts.test': { exposure: ['command-line'], body: NOTHING, deadline: LONG_MS },
  'advisories.hide': {
    exposure: ['command-line', 'page-login'],
    body: object({ id: hex(32) }, ['id']),
    deadline: SOON_MS,
  },
  'checkpoint.received': INTERNAL,
  'witness.status': { exposure: ['command-line'], body: NOTHING, deadline: SOON_MS },
  // Each witness may take its time.
  'witness.ask': { exposure: ['command-line'], body: NOTHING, deadline: LONG_MS },
  'witness.forget': { exposure: ['command-line'], body: object({ id: nodeId }, ['id']), deadline: SOON_MS },
  'summary.received': INTERNAL,
  'mesh.status': { exposure: ['command-line'], body: NOTHING, deadline: SOON_MS },
  'peers.invite': { exposure: ['command-line'], body: object({ host: short }), deadline: SOON_MS },
  'peers.join': {
    exposure: ['command-line'],
    body: object({ code: short }, ['code']),
    // The other node may take as long as the limits of a dial allow.
    deadline: LONG_MS,
  },
  'egress.list': {
    exposure: ['command-line', 'page'],
    body: object({ peer: nodeId, before, limit }),
    deadline: SOON_MS,
  },
  'egress.show': { exposure: ['command-line', 'page'], body: object({ seq: whole(1) }, ['seq']), deadline: SOON_MS },
  'mesh.query': {
    exposure: ['command-line', 'page-login'],
    body: object({ type: word(QUERY_TYPES), since: time, timeoutMs: whole(1, 600_000), query: hex(16) }, ['type']),
    deadline: ({ timeoutMs = 500 }) => timeoutMs + MESH_GRACE_MS,
  },
  'answers.list': {
    exposure: ['command-line', 'page'],
    body: object({ type: word(QUERY_TYPES), spanHours: word(SPANS_HOURS), before, limit }),
    deadline: SOON_MS,
  },
  'answers.show': { exposure: ['command-line', 'page'], body: object({ seq: whole(1) }, ['seq']), deadline: SOON_MS },
  'fleet.ask': {
    exposure: ['command-line'],
    body: object({ timeoutMs: whole(1, 60_000) }, ['timeoutMs']),
    deadline: ({ timeoutMs }) => timeoutMs + MESH_GRACE_MS,
  },
  'totals.list': { exposure: ['command-line', 'page'], body: NOTHING, deadline: SOON_MS },
  'totals.read': {
    exposure: ['command-line', 'page'],
    body: object(
      {
        task: { type: 'string', pattern: '^[A-Za-z0-9+/]{43}=$' },
        block: { type: 'string', pattern: '^[a-z0-9][a-z0-9/._-]{0,63}$' },
        prefix: { type: 'string', pattern: '^[A-Za-z0-9._-]{0,64}$' },
        until: day,
        days: whole(1, 400),
      },
      ['task', 'block', 'until', 'days'],
    ),
    deadline: SOON_MS,
  },
  'marks.add': {
    exposure: ['command-line', 'page-login'],
    body: object({ first: day, last: day, label: { type: 'string', pattern: LABEL_PATTERN } }, [
      'first',
      'last',
      'label',
    ]),
    deadline: SOON_MS,
  },
  'marks.remove': {
    exposure: ['command-line', 'page-login'],
    body: object({ id: whole(1) }, ['id']),
    deadline: SOON_MS,
  },
  'techniques.list': {
    exposure: ['page'],
    body: object({ technique: { type: 'string', pattern: '^T\\d{4}(\\.\\d{3})?$' } }),
    deadline: SOON_MS,
  },
  'guard.check': {
    exposure: ['command-line'],
    body: guardQuestion,
    // After that the hook of the shell starts the guard itself.
    deadline: 100,
  },
  'guard.agent': { exposure: ['command-line'], body: agentQuestion, deadline: 100 },
  'questions.ask': INTERNAL,
  'query.answer': INTERNAL,
  'query.rehearse': INTERNAL,
  'blind.inspect': {
    exposure: ['command-line'],
    body: object({ document: taskText }, ['document']),
    deadline: LONG_MS,
  },
  'blind.join': { exposure: ['command-line'], body: object({ document: taskText }, ['document']), deadline: LONG_MS },
  'blind.status': { exposure: ['command-line', 'page'], body: NOTHING, deadline: SOON_MS },
  'blind.preview': { exposure: ['command-line', 'page'], body: NOTHING, deadline: LONG_MS },
  'blind.list': { exposure: ['command-line', 'page'], body: object({ limit }), deadline: SOON_MS },
  'blind.remake': {
    exposure: ['command-line'],
    body: object({ day, role: word(['leader', 'trustee']) }, ['day', 'role']),
    deadline: LONG_MS,
  },
  'audit.append': INTERNAL,
  'audit.list': {
    exposure: ['command-line', 'page'],
    body: object({ limit, before, type: word(AUDIT_TYPES) }),
    deadline: SOON_MS,
  },
  'audit.verify': { exposure: ['command-line', 'page'], body: NOTHING, deadline: LONG_MS },
  'audit.seal': INTERNAL,
  'audit.status': INTERNAL,
  'service.status': { exposure: ['command-line', 'page'], body: NOTHING, deadline: SOON_MS },
  'service.metrics': { exposure: ['command-line', 'page'], body: NOTHING, deadline: SOON_MS },
  'config.verify': INTERNAL,
  'config.commit': INTERNAL,
  'config.reload': { exposure: ['command-line'], body: NOTHING, deadline: LONG_MS },
  'dashboard.link': { exposure: ['command-line'], body: NOTHING, deadline: SOON_MS },
  'database.backup': { exposure: ['command-line'], body: NOTHING, deadline: BACKUP_MS },
} as const satisfies { readonly [K in RequestKind]: Exposed<K> | typeof INTERNAL };

type Table = typeof REQUESTS;

/** Kinds that may come from one of these places. */
export type ExposedTo<E extends Exposure> = {
  [K in RequestKind]: Extract<Table[K]['exposure'][number], E> extends never ? never : K;
}[RequestKind];
export type ExposedKind = ExposedTo<Exposure>;

/** What a client of the control socket may ask. */
export type AdminMethod = ExposedTo<'command-line'>;
/** What the dashboard's process may ask by itself: reads, none of which changes anything. */
export type AskableKind = ExposedTo<'page'>;
/**
 * What changes a setting or sends something out: taken from that process with the proof of a login.
 */
export type ActKind = ExposedTo<'page-login'>;

export function isExposed<E extends Exposure>(kind: string, to: E): kind is ExposedTo<E> {
  if (!Object.hasOwn(REQUESTS, kind)) return false;
  const { exposure }: { readonly exposure: readonly Exposure[] } = REQUESTS[kind as RequestKind];
  return exposure.includes(to);
}

/** How long the answer may take, in ms. */
export function deadlineOf<K extends ExposedKind>(kind: K, body: Messages[K]): number {
  const { deadline } = REQUESTS[kind] as Exposed<K>;
  return typeof deadline === 'number' ? deadline : deadline(body);
}

/** Whether the dashboard's process may send this body, which fits the schema of its kind. */
export function pageMay<K extends ExposedKind>(kind: K, body: Messages[K]): boolean {
  return (REQUESTS[kind] as Exposed<K>).pageMay?.(body) ?? true;
}

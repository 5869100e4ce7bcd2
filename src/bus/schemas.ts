import { AUDIT_TYPES } from '../domain/audit/audit-record.ts';
import { RISK_LEVELS } from '../domain/events/risk-level.ts';
import { POLICY_ACTIONS } from '../domain/policy/policy.ts';
import { QUERY_TYPES, SHARING_LEVELS } from '../domain/policy/trust.ts';
import { TIME_PATTERN } from '../domain/time/iso-time.ts';
import { PERIOD_KINDS } from '../domain/time/period.ts';
import type { RequestKind } from './messages.ts';

/** Methods of the control socket that the service answers beside the bus (design.md §11). */
export const SERVICE_METHODS = ['config.reload', 'dashboard.link', 'database.backup'] as const;
export type ServiceMethod = (typeof SERVICE_METHODS)[number];
export const TOPICS = ['event', 'mesh', 'query.partial'] as const;
export type Topic = (typeof TOPICS)[number];

/** A JSON Schema (draft-07) for a body that comes from outside. */
export type BodySchema = Readonly<Record<string, unknown>>;

const body = (properties: Readonly<Record<string, BodySchema>>, required: readonly string[] = []): BodySchema => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});

const TIME: BodySchema = { type: 'string', pattern: TIME_PATTERN };
const whole = (minimum: number, maximum: number): BodySchema => ({ type: 'integer', minimum, maximum });
const word = (values: readonly string[]): BodySchema => ({ enum: values });
const hex = (digits: number): BodySchema => ({ type: 'string', pattern: `^[0-9a-f]{${digits}}$` });
const short: BodySchema = { type: 'string', minLength: 1, maxLength: 1_000 };
const NOTHING = body({});

/**
 * The kinds that may be asked from outside, each with the shape of its body. A kind that is not
 * here cannot be reached.
 */
export const BODY_SCHEMAS = {
  'service.status': NOTHING,
  'service.metrics': NOTHING,
  'observe.status': NOTHING,
  'events.list': body({
    since: TIME,
    until: TIME,
    risk: word(RISK_LEVELS),
    tool: short,
    text: short,
    before: whole(0, Number.MAX_SAFE_INTEGER),
    limit: whole(1, 10_000),
  }),
  'stats.read': body({ since: TIME }),
  'summary.preview': body({ period: word(PERIOD_KINDS) }, ['period']),
  'summary.list': body({ limit: whole(1, 10_000), from: short }),
  'policy.sharing': NOTHING,
  'sharing.set': body({ level: { enum: SHARING_LEVELS }, preview: hex(64) }, ['level']),
  'mesh.status': NOTHING,
  'peers.invite': body({ host: short }),
  'peers.join': body({ code: short }, ['code']),
  'egress.list': body({ peer: short, limit: whole(1, 10_000), before: whole(0, Number.MAX_SAFE_INTEGER) }),
  'egress.show': body({ seq: whole(1, Number.MAX_SAFE_INTEGER) }, ['seq']),
  'policy.explain': body({ id: short, address: short, action: word(POLICY_ACTIONS), queryType: word(QUERY_TYPES) }, [
    'id',
    'action',
  ]),
  'policy.test': NOTHING,
  'trust.confirm': body({ id: short }, ['id']),
  'trust.keys': NOTHING,
  'identity.rotate': body({ compromised: { type: 'boolean' } }),
  'anomalies.list': body({ since: TIME }),
  'mesh.query': body({ type: word(QUERY_TYPES), since: TIME, timeoutMs: whole(1, 600_000), query: hex(16) }, ['type']),
  'audit.list': body({
    limit: whole(1, 10_000),
    before: whole(0, Number.MAX_SAFE_INTEGER),
    type: word(AUDIT_TYPES),
  }),
  'audit.verify': NOTHING,
} as const satisfies Partial<Record<RequestKind, BodySchema>>;

export const SERVICE_SCHEMAS = {
  'config.reload': NOTHING,
  'dashboard.link': NOTHING,
  'database.backup': NOTHING,
} as const satisfies Record<ServiceMethod, BodySchema>;

export const SUBSCRIBE_SCHEMA = body(
  { topics: { type: 'array', items: word(TOPICS), uniqueItems: true, minItems: 1, maxItems: TOPICS.length } },
  ['topics'],
);

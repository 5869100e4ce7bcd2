import { AUDIT_TYPES } from '../../../domain/audit/audit-record.ts';
import { RISK_LEVELS } from '../../../domain/events/risk-level.ts';
import { SHELLS } from '../../../domain/events/shell-kind.ts';
import { SHARING_LEVELS, TRUST_LEVELS } from '../../../domain/policy/trust.ts';
import { PERIOD_KINDS } from '../../../domain/time/period.ts';
import { digest, MESH_INPUTS } from './mesh-schemas.ts';
import {
  allOptional,
  count,
  flag,
  instant,
  list,
  maybeCount,
  maybeText,
  object,
  text,
  word,
  words,
} from './schema-words.ts';

/*
 * JSON Schemas of what the dashboard's API takes and gives; the OpenAPI description is made of
 * them.
 */
const NO_QUERY = object({});

export const ERROR = object({ error: object({ code: text, message: text }) });

const EVENT = object({
  id: count,
  time: text,
  shell: word(SHELLS),
  command: text,
  cwd: maybeText,
  exitCode: maybeCount,
  durationMs: maybeCount,
  tools: list(text),
  category: text,
  risk: word(RISK_LEVELS),
  rules: list(text),
  host: text,
});

const RULE = object({
  id: text,
  level: word(RISK_LEVELS),
  family: text,
  technique: maybeText,
  reason: text,
  safer: text,
});

const NAMED_COUNT = object({ name: text, count });
const USAGE = object({ name: text, count, failures: count, durationMsSum: count, durationBuckets: list(count) });
const SLOTS = list(object({ start: text, count, failures: count }));

const STATISTICS = object({
  since: text,
  until: text,
  commands: count,
  failures: count,
  levels: object(Object.fromEntries(RISK_LEVELS.map((level) => [level, count]))),
  tools: list(USAGE),
  patterns: list(USAGE),
  families: list(USAGE),
  rules: list(NAMED_COUNT),
  slots: SLOTS,
});

const PEER = object({
  id: text,
  name: maybeText,
  address: text,
  trust: word(TRUST_LEVELS),
  state: word(['connected', 'connecting', 'refused', 'skewed']),
  skewMs: { type: ['number', 'null'] },
});

/** A change of this node's own key that is under way (FR-104). */
const ROTATION = object({ from: text, to: text, fingerprint: text, compromised: flag, switchesAt: text });

export const STATUS = object({
  node: object({ id: text, fingerprint: text, name: text, role: text, rotation: ROTATION }, ['rotation']),
  service: object({ pid: count, uptimeSeconds: { type: 'number' }, version: text }),
  observe: object({
    events: count,
    pending: count,
    dropped: count,
    shells: list(object({ shell: word(SHELLS), sessions: count, lastSeen: text })),
    trouble: maybeText,
  }),
  mesh: object({ enabled: flag, listen: maybeText, peers: list(PEER) }),
  audit: object({ records: count, verified: flag }),
  storage: object({
    trouble: maybeText,
    failures: count,
    setAside: list(text),
    backup: object({ last: maybeText, trouble: maybeText }),
    logLinesLost: count,
  }),
  memory: object({ rssBytes: count }),
  actors: list(object({ name: text, state: word(['running', 'restarting', 'degraded', 'stopped']) })),
});

const RANGE = { since: instant, until: instant };
const RANGE_QUERY = object(RANGE);

export const OVERVIEW = object({
  statistics: STATISTICS,
  risky: list(EVENT),
  recent: list(EVENT),
  rules: list(RULE),
  status: { ...STATUS, nullable: true },
});

export const ACTIVITY = object({ slots: SLOTS });

const EVENTS_QUERY = allOptional({
  ...RANGE,
  risk: word(RISK_LEVELS),
  tool: { type: 'string', minLength: 1, maxLength: 100 },
  text: { type: 'string', minLength: 1, maxLength: 200 },
  before: count,
  limit: { type: 'integer', minimum: 1, maximum: 200 },
});
/**
 * `next` is the `before` of the following page, null on the last one; `searchedTo` is how far back
 * a search got that is not over.
 */
export const EVENTS = object({ events: list(EVENT), rules: list(RULE), next: maybeCount, searchedTo: maybeText });

const PREVIEW_QUERY = object({ period: word(PERIOD_KINDS) });
/**
 * `envelope` is the document exactly as it would leave, `payload` what its base64 payload says;
 * `closed` is false while the period runs; `digest` is what switches sharing on.
 */
export const PREVIEW = object({ envelope: text, payload: text, bytes: count, closed: flag, digest });

export const SUMMARIES = object({
  summaries: list(
    object({
      id: text,
      node: text,
      kind: word(PERIOD_KINDS),
      start: text,
      revision: count,
      createdAt: text,
      bytes: count,
    }),
  ),
});

export const SHARING = object({ level: words(SHARING_LEVELS), denyTools: list(text) });

const AUDIT_QUERY = allOptional({
  type: word(AUDIT_TYPES),
  before: count,
  limit: { type: 'integer', minimum: 1, maximum: 500 },
});
const AUDIT_RECORD = object({
  seq: count,
  time: text,
  type: text,
  peer: maybeText,
  details: { type: 'object', additionalProperties: true },
  prevHash: text,
  hash: text,
});
export const AUDIT = object({ records: list(AUDIT_RECORD), next: maybeCount });
export const VERIFICATION = object({
  ok: flag,
  records: count,
  checkpoints: count,
  firstBad: { ...object({ seq: count, reason: text }), nullable: true },
});

/**
 * What a route takes; the build makes a check of each, under the same name
 * (`src/generated/page-validators.js`).
 */
export const INPUTS = {
  nothing: NO_QUERY,
  range: RANGE_QUERY,
  events: EVENTS_QUERY,
  preview: PREVIEW_QUERY,
  audit: AUDIT_QUERY,
  ...MESH_INPUTS,
  login: object({ login: { type: 'string', minLength: 1, maxLength: 200 } }),
} as const;

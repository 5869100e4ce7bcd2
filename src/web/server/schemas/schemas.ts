import { type ActKind, type AskableKind, isExposed, REQUESTS } from '../../../bus/requests.ts';
import { address, hex, nodeId, time, whole } from '../../../bus/schema-words.ts';
import { SPANS_HOURS, TIME_LIMITS_MS } from '../../../domain/answers/query.ts';
import { RISK_LEVELS } from '../../../domain/events/risk-level.ts';
import { SHELLS } from '../../../domain/events/shell-kind.ts';
import { FLEET_STATES } from '../../../domain/fleet/fleet.ts';
import { GRANT_LEVELS, QUERY_TYPES, SHARING_LEVELS } from '../../../domain/policy/trust.ts';
import { CONNECT_MODES } from '../../../domain/relay/connect-mode.ts';
import { REPORT_PERIODS } from '../../../domain/reports/period.ts';
import { REPORT_FORMATS } from '../../../domain/reports/render.ts';
import { RULE_STATES } from '../../../domain/rules/custom-rule.ts';
import { AGENT_HOOK_STATES } from '../../../domain/status/agent-coverage.ts';
import { RELAY_STATES } from '../../../domain/status/relay-status.ts';
import { NODE_STATES } from '../../../domain/status/status.ts';
import { PERIOD_KINDS } from '../../../domain/time/period.ts';
import { MAX_TREND_DAYS } from '../../../domain/trends/trend-answers.ts';
import {
  count,
  flag,
  list,
  maybeCount,
  maybeText,
  object,
  orNull,
  type Schema,
  text,
  word,
  words,
} from './schema-words.ts';

/*
 * JSON Schemas of the inputs and answers of the dashboard's API. The OpenAPI description uses them.
 */
export const ERROR = object({ error: object({ code: text, message: text }) });

const EVENT = object({
  id: count,
  time: text,
  shell: word(SHELLS),
  command: text,
  cwd: maybeText,
  running: flag,
  exitCode: maybeCount,
  durationMs: maybeCount,
  tools: list(text),
  category: text,
  risk: word(RISK_LEVELS),
  rules: list(text),
  host: text,
  author: text,
  approval: maybeText,
  project: maybeText,
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
const USAGE = object({
  name: text,
  count,
  ended: count,
  failures: count,
  durationMsSum: count,
  durationBuckets: list(count),
});
const SLOTS = list(
  object({ start: text, count, ended: count, failures: count, moderate: count, high: count, critical: count }),
);

const LEVELS = object(Object.fromEntries(RISK_LEVELS.map((level) => [level, count])));
const STATISTICS = object({
  since: text,
  until: text,
  commands: count,
  ended: count,
  failures: count,
  levels: LEVELS,
  authors: list(object({ author: text, commands: count, ended: count, failures: count, levels: LEVELS })),
  tools: list(USAGE),
  patterns: list(USAGE),
  families: list(USAGE),
  rules: list(NAMED_COUNT),
  slots: SLOTS,
});

const PEER = object({
  id: text,
  name: maybeText,
  address: maybeText,
  trust: word(GRANT_LEVELS),
  state: word(NODE_STATES),
  reason: maybeText,
  skewMs: { type: ['number', 'null'] },
  lastSeen: maybeText,
  version: maybeText,
});

/** A rotation of this node's own key in progress (FR-104). */
const ROTATION = object({ from: text, to: text, fingerprint: text, compromised: flag, switchesAt: text });

/** What the mesh waits for before peers can connect. */
const WAITING = object({ for: text, code: text, reason: text });

/** `warnings` are settings that may not do what the owner expects. */
export const SHARING = object({ level: words(SHARING_LEVELS), denyTools: list(text), warnings: list(text) });

/** Whether what a coding agent runs is recorded. */
const AGENT = object({
  agent: text,
  hook: word(AGENT_HOOK_STATES),
  running: count,
  silent: count,
  bypass: flag,
  lastSeen: maybeText,
});

const RELAY = object({
  state: word(RELAY_STATES),
  mode: word(CONNECT_MODES),
  code: maybeText,
  nextAt: maybeText,
  passExpires: maybeText,
});

export const STATUS = object({
  node: object({ id: text, fingerprint: text, name: text, role: text, rotation: ROTATION }, ['rotation']),
  service: object({ pid: count, uptimeSeconds: { type: 'number' }, version: text }),
  observe: orNull(
    object({
      events: count,
      pending: count,
      dropped: count,
      setAside: count,
      pausedUntil: maybeText,
      shells: list(object({ shell: word(SHELLS), sessions: count, lastSeen: text })),
      agents: list(AGENT),
      trouble: maybeText,
    }),
  ),
  mesh: orNull(
    object({ enabled: flag, listen: maybeText, waiting: orNull(WAITING), peers: list(PEER), relay: orNull(RELAY) }),
  ),
  sharing: orNull(SHARING),
  audit: orNull(object({ records: count, verified: flag })),
  rules: orNull(object({ inForce: count, setAside: count, trouble: maybeText })),
  storage: object({
    trouble: maybeText,
    failures: count,
    setAside: list(text),
    backup: object({ last: maybeText, trouble: maybeText }),
    logLinesLost: count,
  }),
  memory: object({ rssBytes: orNull(count) }),
  setup: list(object({ shell: word(SHELLS), file: text, line: text })),
  actors: list(object({ name: text, state: word(['running', 'restarting', 'degraded', 'stopped']) })),
});

export const OVERVIEW = object({
  statistics: STATISTICS,
  risky: list(EVENT),
  recent: list(EVENT),
  rules: list(RULE),
  status: orNull(STATUS),
});

const IN_PROJECT = {
  commands: count,
  agentCommands: count,
  failures: count,
  agentFailures: count,
  activeMs: count,
} as const;
const WITH_NODE = { id: text, count } as const;

/** What the owner worked on, and what happened with other nodes. */
export const WORK = object({
  work: object({
    since: text,
    until: text,
    isPartial: flag,
    ...IN_PROJECT,
    projects: list(object({ project: maybeText, ...IN_PROJECT })),
    failing: list(object({ command: text, count, fix: maybeText })),
    aliases: list(object({ name: text, command: text, count, saved: count })),
  }),
  digest: object({
    since: text,
    until: text,
    asked: list(object(WITH_NODE)),
    left: list(object({ ...WITH_NODE, bytes: count })),
    trust: count,
    sharing: count,
    paired: count,
    keys: count,
  }),
});

export const ACTIVITY = object({ slots: SLOTS });

/**
 * `next` is the `before` of the following page, null on the last one; `searchedTo` is how far back
 * an unfinished search got.
 */
export const EVENTS = object({ events: list(EVENT), rules: list(RULE), next: maybeCount, searchedTo: maybeText });

/**
 * `envelope` is the document exactly as it would leave, `payload` what its base64 payload says;
 * `closed` is false while the period runs; `digest` is what switches sharing on.
 */
export const PREVIEW = object({ envelope: text, payload: text, bytes: count, closed: flag, digest: hex(64) });

/** What would leave at level 2: `body` as it would leave, with the names of its cells. */
export const AGGREGATES = object({
  vectors: list(
    object({
      body: object({
        result: text,
        type: word(QUERY_TYPES),
        level: count,
        spanHours: count,
        layout: text,
        cells: list(count),
      }),
      cellNames: list(text),
    }),
  ),
  digest: hex(64),
});

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

const CUSTOM_RULE = object({
  id: maybeText,
  file: text,
  title: maybeText,
  level: { enum: [...RISK_LEVELS, null] },
  techniques: list(text),
  state: word(RULE_STATES),
  reason: maybeText,
  advice: maybeText,
  notes: list(text),
});
export const RULES = object({ folder: text, rules: list(CUSTOM_RULE) });
export const REPLAY = object({
  rules: list(CUSTOM_RULE),
  since: text,
  commands: count,
  matches: count,
  changes: list(object({ from: word(RISK_LEVELS), to: word(RISK_LEVELS), count })),
  examples: list(
    object({
      id: count,
      time: text,
      command: text,
      from: word(RISK_LEVELS),
      to: word(RISK_LEVELS),
      rules: list(text),
    }),
  ),
  readTo: maybeText,
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
  firstBad: orNull(object({ seq: count, reason: text })),
});

export const EVENTS_DELETED = object({
  deleted: count,
  pending: flag,
  copies: list(object({ file: text, reason: text })),
});

const TREND_NAME = { type: 'string', pattern: '^[a-z0-9-]{1,32}$' } as const;
const TREND_BLOCK = { type: 'string', pattern: '^[a-z0-9][a-z0-9/._-]{0,63}$' } as const;

/** Inputs of routes that take something else than the body of a request. */
const OWN_INPUTS = {
  nothing: object({}),
  range: object({ since: time, until: time }),
  // Without a beginning: the last week.
  work: object({ since: time, until: time }, ['since', 'until']),
  // Answered by the page's process, which reads the database itself.
  events: REQUESTS['events.list'].body,
  explain: object({ id: nodeId, address }, ['address']),
  question: object({ type: word(QUERY_TYPES), spanHours: words(SPANS_HOURS), timeoutMs: words(TIME_LIMITS_MS) }, [
    'timeoutMs',
  ]),
  trend: object(
    {
      name: TREND_NAME,
      block: TREND_BLOCK,
      days: whole(1, MAX_TREND_DAYS),
    },
    ['name', 'block'],
  ),
  report: object({ period: word(REPORT_PERIODS), format: word(REPORT_FORMATS), name: TREND_NAME, block: TREND_BLOCK }, [
    ...['name', 'block'],
  ]),
  fleet: object({ state: word(FLEET_STATES), text: { type: 'string', maxLength: 100 } }, ['state', 'text']),
  login: object({ login: { type: 'string', minLength: 1, maxLength: 200 } }),
} as const;

const isForPage = (kind: string): kind is AskableKind | ActKind =>
  isExposed(kind, 'page') || isExposed(kind, 'page-login');

/**
 * What a route takes; the build makes a check of each, under the same name
 * (`src/generated/page-validators.js`).
 */
export const INPUTS: Readonly<Record<keyof typeof OWN_INPUTS, Schema>> & Readonly<Record<string, Schema>> = {
  ...OWN_INPUTS,
  ...Object.fromEntries(
    Object.keys(REQUESTS)
      .filter(isForPage)
      .map((kind) => [kind, REQUESTS[kind].body]),
  ),
};

import { isIP } from 'node:net';
import type { Messages, Replies, RequestKind } from '../bus/messages.ts';
import type { QueryProgress } from '../domain/answers/query.ts';
import { AUDIT_TYPES } from '../domain/audit/audit-record.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { TerminalEvent } from '../domain/events/event.ts';
import type { RiskLevel } from '../domain/events/risk-level.ts';
import { parseNodeId } from '../domain/identity/node-id.ts';
import { POLICY_ACTIONS } from '../domain/policy/policy.ts';
import { QUERY_TYPES, SHARING_LEVELS, TRUST_LEVELS } from '../domain/policy/trust.ts';
import { TIME_PATTERN } from '../domain/time/iso-time.ts';
import { PERIOD_KINDS } from '../domain/time/period.ts';

/**
 * What the daemon and the dashboard's process say to each other (JSON over Node's IPC channel). The
 * page's process parses what comes from a browser, so the daemon believes nothing of it:
 * `decodeFromPage` lets through these shapes only, and of the bus only the kinds in `ASKABLE`, and
 * those in `ACTS` with the proof of a login.
 */

/**
 * A request of the bus that the dashboard's process may make by itself: all of them read, none of
 * them changes anything.
 */
export type AskableKind = Extract<
  RequestKind,
  | 'service.status'
  | 'service.metrics'
  | 'mesh.status'
  | 'egress.list'
  | 'egress.show'
  | 'trust.list'
  | 'trust.keys'
  | 'policy.explain'
  | 'anomalies.list'
  | 'summary.preview'
  | 'summary.list'
  | 'policy.sharing'
  | 'audit.list'
  | 'audit.verify'
>;

/**
 * How long an answer may take, in ms. A long audit log takes a while; a connection that is silent
 * for a minute is ended.
 */
export const answerWithin = (kind: AskableKind | ActKind | null): number => (kind === 'audit.verify' ? 55_000 : 10_000);

/**
 * A request that changes a setting or sends something out: taken only with the proof that somebody
 * who is logged in wants it.
 */
export type ActKind = Extract<
  RequestKind,
  'mesh.query' | 'sharing.set' | 'trust.set' | 'trust.revoke' | 'trust.confirm'
>;

/**
 * Both halves of a login, as the browser sent them. The daemon compares them with the hashes that
 * it keeps itself.
 */
export interface Proof {
  readonly cookie: string;
  readonly pageToken: string;
}

/** Why a rule finds a command dangerous, and what to do instead. */
export interface RuleText {
  readonly id: string;
  readonly level: RiskLevel;
  readonly family: string;
  /** MITRE ATT&CK technique, where one fits. */
  readonly technique: string | null;
  readonly reason: string;
  readonly safer: string;
}

/**
 * A login that the daemon vouches for; it keeps hashes only, so its memory holds nothing that opens
 * a page.
 */
export interface BrowserSession {
  /** SHA-256 of the cookie's value, 64 hex digits. */
  readonly cookieHash: string;
  /** SHA-256 of the token that only the page holds, 64 hex digits. */
  readonly pageHash: string;
  readonly expiresMs: number;
}

export interface Ask<K extends AskableKind = AskableKind> {
  readonly type: 'ask';
  readonly id: number;
  readonly kind: K;
  readonly body: Messages[K];
}

export interface Act<K extends ActKind = ActKind> {
  readonly type: 'act';
  readonly id: number;
  readonly kind: K;
  readonly body: Messages[K];
  readonly proof: Proof;
}

/** From the page's process to the daemon. */
export type PageMessage =
  | { readonly type: 'ready' }
  | Ask
  | Act
  | { readonly type: 'rules'; readonly id: number; readonly ids: readonly string[] }
  | {
      readonly type: 'redeem';
      readonly id: number;
      readonly login: string;
      readonly cookieHash: string;
      readonly pageHash: string;
    }
  /** The metrics, for who knows the token of the owner's scraper. */
  | { readonly type: 'scrape'; readonly id: number; readonly token: string }
  | { readonly type: 'logout'; readonly cookieHash: string }
  | { readonly type: 'refused'; readonly reason: RefusalReason }
  | { readonly type: 'follow'; readonly id: number; readonly on: boolean }
  | { readonly type: 'leaving'; readonly received: number };

export const REFUSALS = ['host', 'origin', 'login', 'rate', 'metrics'] as const;
export type RefusalReason = (typeof REFUSALS)[number];

export type Reply =
  | { readonly ok: true; readonly body: Replies[AskableKind | ActKind] | readonly RuleText[] | BrowserSession | null }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

/** What the page's process must know to begin. */
export interface Setup {
  readonly port: number;
  readonly databaseFile: string;
  readonly pageFolder: string;
  /** Of mode 0700; compiled code is kept there between two runs. */
  readonly cacheFolder: string;
  readonly idleMs: number;
  readonly sessions: readonly BrowserSession[];
}

/** From the daemon to the page's process. `socket` carries the handle of an accepted connection. */
export type DaemonMessage =
  | ({ readonly type: 'setup' } & Setup)
  | { readonly type: 'socket' }
  | { readonly type: 'reply'; readonly id: number; readonly reply: Reply }
  | { readonly type: 'events'; readonly events: readonly TerminalEvent[] }
  /** How far the query behind the `act` of this id is. */
  | { readonly type: 'progress'; readonly id: number; readonly progress: QueryProgress }
  | { readonly type: 'goodbye' };

const DAEMON_TYPES: ReadonlySet<unknown> = new Set(['setup', 'socket', 'reply', 'events', 'progress', 'goodbye']);

/**
 * The daemon is trusted; only an unknown type (a newer daemon over an older page) is left alone.
 */
export function decodeFromDaemon(value: unknown): DaemonMessage | null {
  return isRecord(value) && DAEMON_TYPES.has(value['type']) ? (value as DaemonMessage) : null;
}

type Check = (value: unknown) => boolean;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isHash: Check = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isId: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isLimit: Check = (value) => isId(value) && (value as number) <= 1000;
const isNode: Check = (value) => typeof value === 'string' && parseNodeId(value) !== undefined;
const isAddress: Check = (value) => typeof value === 'string' && isIP(value) !== 0;
const TIME = new RegExp(TIME_PATTERN);
const isTime: Check = (value) => typeof value === 'string' && TIME.test(value);
const isRuleId: Check = (value) => typeof value === 'string' && /^[a-z0-9][a-z0-9._/-]{0,79}$/i.test(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const oneOf =
  (words: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && words.includes(value);

/** True for an object with these members and no others. */
function shape(members: Readonly<Record<string, Check>>): Check {
  return (value) =>
    isRecord(value) &&
    Object.keys(value).every((key) => Object.hasOwn(members, key)) &&
    Object.entries(members).every(([key, check]) => check(value[key]));
}

/** Body check of each kind that may be asked. */
const ASKABLE: Readonly<Record<AskableKind, Check>> = {
  'service.status': shape({}),
  'service.metrics': shape({}),
  'mesh.status': shape({}),
  'summary.preview': shape({ period: oneOf(PERIOD_KINDS) }),
  'summary.list': shape({ limit: optional(isLimit) }),
  'policy.sharing': shape({}),
  'audit.list': shape({ limit: optional(isLimit), before: optional(isId), type: optional(oneOf(AUDIT_TYPES)) }),
  'audit.verify': shape({}),
  'egress.list': shape({ peer: optional(isNode), before: optional(isId), limit: optional(isLimit) }),
  'egress.show': shape({ seq: isId }),
  'trust.list': shape({}),
  'trust.keys': shape({}),
  'policy.explain': shape({ id: isNode, address: optional(isAddress), action: oneOf(POLICY_ACTIONS) }),
  'anomalies.list': shape({ since: optional(isTime) }),
};

/** Body check of each kind that may be done on proof. */
const ACTS: Readonly<Record<ActKind, Check>> = {
  'mesh.query': shape({ type: oneOf(QUERY_TYPES), since: optional(isTime) }),
  'sharing.set': shape({
    level: (value) => SHARING_LEVELS.some((level) => level === value),
    preview: optional(isHash),
  }),
  'trust.set': shape({ id: isNode, level: oneOf(TRUST_LEVELS) }),
  'trust.revoke': shape({ id: isNode }),
  'trust.confirm': shape({ id: isNode }),
};

const isAskable = (value: unknown): value is AskableKind => typeof value === 'string' && Object.hasOwn(ASKABLE, value);

const isAct = (value: unknown): value is ActKind => typeof value === 'string' && Object.hasOwn(ACTS, value);
const isSecret: Check = (value) => typeof value === 'string' && value.length <= 200;

const ACT = shape({
  type: oneOf(['act']),
  id: isId,
  kind: isAct,
  body: isRecord,
  proof: shape({ cookie: isSecret, pageToken: isSecret }),
});
const ASK = shape({ type: oneOf(['ask']), id: isId, kind: isAskable, body: isRecord });

const PAGE_SHAPES: Readonly<Record<PageMessage['type'], Check>> = {
  ready: shape({ type: oneOf(['ready']) }),
  ask: (value) => ASK(value) && isRecord(value) && isAskable(value['kind']) && ASKABLE[value['kind']](value['body']),
  act: (value) => ACT(value) && isRecord(value) && isAct(value['kind']) && ACTS[value['kind']](value['body']),
  rules: shape({
    type: oneOf(['rules']),
    id: isId,
    ids: (value) => Array.isArray(value) && value.length <= 200 && value.every(isRuleId),
  }),
  redeem: shape({
    type: oneOf(['redeem']),
    id: isId,
    login: (value) => typeof value === 'string' && value.length <= 200,
    cookieHash: isHash,
    pageHash: isHash,
  }),
  scrape: shape({ type: oneOf(['scrape']), id: isId, token: isSecret }),
  logout: shape({ type: oneOf(['logout']), cookieHash: isHash }),
  refused: shape({ type: oneOf(['refused']), reason: oneOf(REFUSALS) }),
  follow: shape({ type: oneOf(['follow']), id: isId, on: (value) => typeof value === 'boolean' }),
  leaving: shape({ type: oneOf(['leaving']), received: isId }),
};

/** What the page's process said, or null where it is not one of the shapes above. */
export function decodeFromPage(value: unknown): PageMessage | null {
  if (!isRecord(value)) return null;
  const type = value['type'];
  if (typeof type !== 'string' || !Object.hasOwn(PAGE_SHAPES, type)) return null;
  return PAGE_SHAPES[type as PageMessage['type']](value) ? (value as unknown as PageMessage) : null;
}

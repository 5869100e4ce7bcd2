import type { Messages, Replies } from '../bus/messages.ts';
import { type ActKind, type AskableKind, deadlineOf } from '../bus/requests.ts';
import type { QueryProgress } from '../domain/answers/query.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { TerminalEvent } from '../domain/events/event.ts';
import type { RiskLevel } from '../domain/events/risk-level.ts';
import type { OriginLabel } from './origins.ts';

/*
 * Messages between the daemon and the dashboard's process: JSON over Node's IPC channel. The daemon
 * checks what it receives (`daemon/page-messages.ts`).
 */

/** The page's process ends a connection that is silent for a minute, so no answer takes longer. */
const MAX_ANSWER_MS = 55_000;

/** How long an answer to the page's process may take, in ms. */
export const answerWithin = <K extends AskableKind | ActKind>(kind: K, body: Messages[K]): number =>
  Math.min(deadlineOf(kind, body), MAX_ANSWER_MS);

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
 * A login, as the daemon stores it: hashes only, so that its memory holds nothing that opens a
 * page.
 */
export interface BrowserSession {
  /** SHA-256 of the cookie's value, 64 hex digits. */
  readonly cookieHash: string;
  /** SHA-256 of the token that only the page holds, 64 hex digits. */
  readonly pageHash: string;
  readonly expiresMs: number;
  /** The origin that it is valid at. */
  readonly label: OriginLabel;
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
      readonly label: OriginLabel;
    }
  /** Asks for the metrics with the token of the owner's scraper. */
  | { readonly type: 'scrape'; readonly id: number; readonly token: string }
  | { readonly type: 'logout'; readonly cookieHash: string }
  | { readonly type: 'refused'; readonly reason: RefusalReason }
  | { readonly type: 'follow'; readonly id: number; readonly on: boolean }
  /** The connection of the oldest `socket` message that was not answered yet has arrived. */
  | { readonly type: 'received' }
  | { readonly type: 'leaving'; readonly received: number };

/** A login token, the halves that shall open the page, and the origin that it was posted to. */
export type Redemption = Extract<PageMessage, { readonly type: 'redeem' }>;

export const REFUSALS = ['host', 'origin', 'login', 'rate', 'metrics'] as const;
export type RefusalReason = (typeof REFUSALS)[number];

export type Reply =
  | { readonly ok: true; readonly body: Replies[AskableKind | ActKind] | readonly RuleText[] | BrowserSession | null }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

/** What the page's process needs to start. */
export interface Setup {
  readonly port: number;
  readonly databaseFile: string;
  readonly pageFolder: string;
  /** Of mode 0700; compiled code is kept there between two runs. */
  readonly cacheFolder: string;
  readonly idleMs: number;
  readonly sessions: readonly BrowserSession[];
  /** Labels of the logins that wait to be opened. */
  readonly open: readonly string[];
}

/** From the daemon to the page's process. `socket` carries the handle of an accepted connection. */
export type DaemonMessage =
  | ({ readonly type: 'setup' } & Setup)
  | { readonly type: 'socket' }
  | { readonly type: 'reply'; readonly id: number; readonly reply: Reply }
  | { readonly type: 'events'; readonly events: readonly TerminalEvent[] }
  /** Progress of the query that the `act` with this id started. */
  | { readonly type: 'progress'; readonly id: number; readonly progress: QueryProgress }
  /** The labels of the logins that wait to be opened have changed. */
  | { readonly type: 'open'; readonly labels: readonly string[] }
  | { readonly type: 'goodbye' };

const DAEMON_TYPES: ReadonlySet<unknown> = new Set([
  'setup',
  'socket',
  'reply',
  'events',
  'progress',
  'open',
  'goodbye',
]);

/**
 * The daemon is trusted. An unknown type, of a newer daemon, is ignored.
 */
export function decodeFromDaemon(value: unknown): DaemonMessage | null {
  const isKnown = typeof value === 'object' && value !== null && 'type' in value && DAEMON_TYPES.has(value.type);
  return isKnown ? (value as DaemonMessage) : null;
}

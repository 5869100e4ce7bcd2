import type { Messages, Replies } from '../../bus/messages.ts';
import type { ActKind, AskableKind } from '../../bus/requests.ts';
import type { QueryProgress } from '../../domain/answers/query.ts';
import { CaroError } from '../../domain/errors.ts';
import type { TerminalEvent } from '../../domain/events/event.ts';
import type { ServiceMetrics } from '../../domain/status/metrics.ts';
import type {
  BrowserSession,
  PageMessage,
  Proof,
  Redemption,
  RefusalReason,
  Reply,
  RuleText,
} from '../ipc-protocol.ts';
import { answerWithin } from '../ipc-protocol.ts';

type Answer = (reply: Reply) => void;

/** For what is not a request of the bus. */
const SOON_MS = 10_000;

/**
 * The page process's end of the channel to the daemon: makes requests, and receives new events
 * while a page is open.
 */
export class DaemonClient {
  readonly #pending = new Map<number, Answer>();
  readonly #listeners = new Set<(events: readonly TerminalEvent[]) => void>();
  readonly #progress = new Map<number, (progress: QueryProgress) => void>();
  #following: Promise<unknown> | undefined;
  #next = 0;

  constructor(private readonly send: (message: PageMessage) => void) {}

  /** @throws CaroError with the daemon's code, or `deadline_exceeded`. */
  ask<K extends AskableKind>(kind: K, body: Messages[K]): Promise<Replies[K]> {
    return this.#call((id) => ({ type: 'ask', id, kind, body }), answerWithin(kind, body)) as Promise<Replies[K]>;
  }

  /**
   * Changes something, or asks the mesh, with the proof of a login; `onProgress` receives the
   * progress of a query.
   * @throws CaroError with the daemon's code, `usage` where the login ended, or
   *   `deadline_exceeded`.
   */
  async act<K extends ActKind>(
    kind: K,
    body: Messages[K],
    proof: Proof,
    onProgress: (progress: QueryProgress) => void = () => undefined,
  ): Promise<Replies[K]> {
    let call = 0;
    try {
      return (await this.#call(
        (id) => {
          call = id;
          this.#progress.set(id, onProgress);
          return { type: 'act', id, kind, body, proof };
        },
        answerWithin(kind, body),
      )) as Replies[K];
    } finally {
      this.#progress.delete(call);
    }
  }

  progress(id: number, progress: QueryProgress): void {
    this.#progress.get(id)?.(progress);
  }

  /** Texts of these rules; ids that the daemon does not know are left out. */
  rules(ids: readonly string[]): Promise<readonly RuleText[]> {
    return this.#call((id) => ({ type: 'rules', id, ids })) as Promise<readonly RuleText[]>;
  }

  /** The new session, or null where the login token is unknown, used or expired. */
  redeem(asked: Omit<Redemption, 'type' | 'id'>): Promise<BrowserSession | null> {
    return this.#call((id) => ({ type: 'redeem', id, ...asked })) as Promise<BrowserSession | null>;
  }

  /** The metrics, or null where the token is not the one of the owner's scraper. */
  scrape(token: string): Promise<ServiceMetrics | null> {
    return this.#call((id) => ({ type: 'scrape', id, token })) as Promise<ServiceMetrics | null>;
  }

  logout(cookieHash: string): void {
    this.send({ type: 'logout', cookieHash });
  }

  /** Reports a refused request to the daemon, for the audit log. */
  refused(reason: RefusalReason): void {
    this.send({ type: 'refused', reason });
  }

  /**
   * Receives each batch of events that is recorded after this resolves, until the returned function
   * is called.
   * @throws CaroError `deadline_exceeded`
   */
  async follow(listener: (events: readonly TerminalEvent[]) => void): Promise<() => void> {
    this.#listeners.add(listener);
    this.#following ??= this.#call((id) => ({ type: 'follow', id, on: true }));
    const unfollow = (): void => {
      if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
      this.#following = undefined;
      this.#call((id) => ({ type: 'follow', id, on: false })).catch(() => undefined);
    };
    try {
      await this.#following;
    } catch (error) {
      unfollow();
      throw error;
    }
    return unfollow;
  }

  reply(id: number, reply: Reply): void {
    this.#pending.get(id)?.(reply);
  }

  events(events: readonly TerminalEvent[]): void {
    for (const listener of this.#listeners) listener(events);
  }

  #call(message: (id: number) => PageMessage, withinMs = SOON_MS): Promise<unknown> {
    this.#next += 1;
    const id = this.#next;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new CaroError('deadline_exceeded', `expected the service to answer within ${withinMs} ms`));
      }, withinMs);
      this.#pending.set(id, (reply) => {
        clearTimeout(timer);
        this.#pending.delete(id);
        if (reply.ok) resolve(reply.body);
        else reject(new CaroError(reply.code, reply.message));
      });
      this.send(message(id));
    });
  }
}

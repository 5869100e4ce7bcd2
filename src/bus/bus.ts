import { EventEmitter } from 'eventemitter3';
import { CaroError } from '../domain/errors.ts';
import { beforeDeadline } from './deadline.ts';
import type { Mailbox } from './mailbox.ts';
import type { Settle } from './message.ts';
import type { Kind, Messages, Replies, RequestKind } from './messages.ts';

const DEFAULT_DEADLINE_MS = 10_000;

/** The sending half of the bus, for actors. The supervisor connects their handlers. */
export interface BusClient {
  /** Notifies every actor that takes a kind. Resolves when each mailbox has accepted the notice. */
  readonly publish: <K extends Kind>(kind: K, body: Messages[K]) => Promise<void>;
  /**
   * Asks the one actor that takes a kind.
   * @throws CaroError `deadline_exceeded` (deadline in ms, by default 10 s), `mailbox_full`,
   *   `actor_degraded`, or what its handler threw.
   */
  readonly request: <K extends RequestKind>(kind: K, body: Messages[K], deadlineMs?: number) => Promise<Replies[K]>;
}

/**
 * Typed messages between actors of this process. Each kind has a list of mailboxes; a mailbox hands
 * its actor one message at a time. Listeners without a mailbox use an eventemitter3 emitter.
 */
export class Bus implements BusClient {
  readonly #emitter = new EventEmitter<Kind>();
  readonly #mailboxes = new Map<Kind, readonly Mailbox[]>();

  /** Adds a mailbox to a kind. Returns the function that removes it. */
  connect(kind: Kind, mailbox: Mailbox): () => void {
    this.#mailboxes.set(kind, [...this.#mailboxesOf(kind), mailbox]);
    return () =>
      this.#mailboxes.set(
        kind,
        this.#mailboxesOf(kind).filter((other) => other !== mailbox),
      );
  }

  #mailboxesOf(kind: Kind): readonly Mailbox[] {
    return this.#mailboxes.get(kind) ?? [];
  }

  /**
   * Listens without a mailbox, for sockets and the dashboard, which have buffers of their own.
   * Returns the function that stops it.
   */
  listen<K extends Kind>(kind: K, listener: (body: Messages[K]) => void): () => void {
    this.#emitter.on(kind, listener);
    return () => this.#emitter.off(kind, listener);
  }

  async publish<K extends Kind>(kind: K, body: Messages[K]): Promise<void> {
    this.#emitter.emit(kind, body);
    await Promise.all(this.#mailboxesOf(kind).map((mailbox) => mailbox.put({ kind, body, settle: UNANSWERED })));
  }

  async request<K extends RequestKind>(
    kind: K,
    body: Messages[K],
    deadlineMs = DEFAULT_DEADLINE_MS,
  ): Promise<Replies[K]> {
    const [mailbox, ...others] = this.#mailboxesOf(kind);
    if (!mailbox || others.length > 0) {
      throw new CaroError(
        'internal',
        `expected one actor that handles "${kind}", found ${mailbox ? others.length + 1 : 0}`,
      );
    }
    return this.#ask(mailbox, kind, body, deadlineMs);
  }

  /** Asks every actor that takes a kind. Throws the first failure once all have answered. */
  async requestAll<K extends RequestKind>(
    kind: K,
    body: Messages[K],
    deadlineMs = DEFAULT_DEADLINE_MS,
  ): Promise<Replies[K][]> {
    const answers = await Promise.allSettled(
      this.#mailboxesOf(kind).map((mailbox) => this.#ask(mailbox, kind, body, deadlineMs)),
    );
    return answers.map((answer) => {
      if (answer.status === 'rejected') throw answer.reason;
      return answer.value;
    });
  }

  #ask<K extends RequestKind>(mailbox: Mailbox, kind: K, body: Messages[K], deadlineMs: number): Promise<Replies[K]> {
    const answer = new Promise<Replies[K]>((resolve, reject) => {
      const settle: Settle = {
        done: (reply) => resolve(reply as Replies[K]),
        failed: (error) => reject(error instanceof Error ? error : new Error(String(error))),
      };
      mailbox.put({ kind, body, settle }).catch(settle.failed);
    });
    return beforeDeadline(answer, deadlineMs, () => {
      throw new CaroError('deadline_exceeded', `expected an answer to "${kind}" within ${deadlineMs} ms, none came`);
    });
  }
}

const UNANSWERED: Settle = { done: () => undefined, failed: () => undefined };

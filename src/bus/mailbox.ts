import { CaroError } from '../domain/errors.ts';
import type { Message } from './message.ts';

/** When the mailbox is full: `wait` makes the sender wait, `refuse` fails the message at once. */
export type OverloadPolicy = 'wait' | 'refuse';

/**
 * Bounded queue of one actor. Messages are delivered in order, one at a time. An accepted message
 * MUST be settled: delivered, or failed by `close`. Messages are never dropped: when the mailbox is
 * full, the sender waits or is refused.
 */
export class Mailbox {
  readonly #queue: Message[] = [];
  readonly #waiting: (() => void)[] = [];
  #deliver: ((message: Message) => Promise<void>) | undefined;
  #busy = false;
  #closed: CaroError | undefined;
  #idle: (() => void)[] = [];

  constructor(
    readonly owner: string,
    readonly capacity: number,
    readonly policy: OverloadPolicy,
  ) {}

  get length(): number {
    return this.#queue.length;
  }

  /** @throws CaroError `mailbox_full` under policy `refuse`, or the reason given to `close`. */
  async put(message: Message): Promise<void> {
    while (!this.#closed && this.#queue.length >= this.capacity) {
      if (this.policy === 'refuse') {
        throw new CaroError(
          'mailbox_full',
          `expected room for "${message.kind}", ${this.owner} has ${this.capacity} messages waiting`,
        );
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#closed) throw this.#closed;
    this.#queue.push(message);
    this.#pump();
  }

  /** Starts delivery, or resumes it after a restart of the actor. */
  open(deliver: (message: Message) => Promise<void>): void {
    this.#deliver = deliver;
    this.#pump();
  }

  /** Stops delivery while the actor is being restarted; messages stay in the queue. */
  pause(): void {
    this.#deliver = undefined;
  }

  /** Fails all queued and all later messages with `reason`. */
  close(reason: CaroError): void {
    this.#closed = reason;
    for (const message of this.#queue.splice(0)) message.settle.failed(reason);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Resolves once nothing is queued or being handled. */
  async drained(): Promise<void> {
    if (!this.#busy && this.#queue.length === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #pump(): void {
    if (this.#busy || !this.#deliver) return;
    const message = this.#queue.shift();
    if (!message) {
      for (const done of this.#idle.splice(0)) done();
      return;
    }
    this.#busy = true;
    this.#waiting.shift()?.();
    void this.#deliver(message).finally(() => {
      this.#busy = false;
      this.#pump();
    });
  }
}

import { CaroError } from '../domain/errors.ts';
import type { Message } from './message.ts';

/**
 * What happens to a message that finds the mailbox full: `wait` holds the sender back, `refuse`
 * fails it at once.
 */
export type OverloadPolicy = 'wait' | 'refuse';

/**
 * Bounded queue in front of one actor. Messages leave in the order in which they came, one at a
 * time. A message that was taken MUST be settled: delivered, or failed by `close`. Nothing is
 * dropped: when full, the sender waits or is refused (house style 4).
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

  /** Starts (or resumes, after a restart of the actor) delivery. */
  open(deliver: (message: Message) => Promise<void>): void {
    this.#deliver = deliver;
    this.#pump();
  }

  /** Holds messages back while their actor is being restarted. */
  pause(): void {
    this.#deliver = undefined;
  }

  /** Fails what waits and all that comes, with `reason`. */
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

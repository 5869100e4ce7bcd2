import { CaroError } from '../domain/errors.ts';
import type { Letter } from './message.ts';

/** What happens to a letter that finds the mailbox full: `wait` holds the sender back, `refuse` fails it at once. */
export type OverloadPolicy = 'wait' | 'refuse';

/**
 * Bounded queue in front of one actor. Letters leave in the order in which they came, one at a time. A letter that was taken MUST
 * be settled: delivered, or failed by `close`. Nothing is dropped: when full, the sender waits or is refused (house style 4).
 */
export class Mailbox {
  readonly #queue: Letter[] = [];
  readonly #waiting: (() => void)[] = [];
  #deliver: ((letter: Letter) => Promise<void>) | undefined;
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
  async put(letter: Letter): Promise<void> {
    while (!this.#closed && this.#queue.length >= this.capacity) {
      if (this.policy === 'refuse') {
        throw new CaroError(
          'mailbox_full',
          `expected room for "${letter.kind}", ${this.owner} has ${this.capacity} messages waiting`,
        );
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#closed) throw this.#closed;
    this.#queue.push(letter);
    this.#pump();
  }

  /** Starts (or resumes, after a restart of the actor) delivery. */
  open(deliver: (letter: Letter) => Promise<void>): void {
    this.#deliver = deliver;
    this.#pump();
  }

  /** Holds letters back while their actor is being restarted. */
  pause(): void {
    this.#deliver = undefined;
  }

  /** Fails what waits and all that comes, with `reason`. */
  close(reason: CaroError): void {
    this.#closed = reason;
    for (const letter of this.#queue.splice(0)) letter.settle.failed(reason);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Resolves once nothing is queued or being handled. */
  async drained(): Promise<void> {
    if (!this.#busy && this.#queue.length === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #pump(): void {
    if (this.#busy || !this.#deliver) return;
    const letter = this.#queue.shift();
    if (!letter) {
      for (const done of this.#idle.splice(0)) done();
      return;
    }
    this.#busy = true;
    this.#waiting.shift()?.();
    void this.#deliver(letter).finally(() => {
      this.#busy = false;
      this.#pump();
    });
  }
}

import { CaroError } from '../domain/errors.ts';
import type { ActorStatus } from '../domain/status/status.ts';
import type { Actor } from './actor.ts';
import type { Bus } from './bus.ts';
import { within } from './deadline.ts';
import { Mailbox, type OverloadPolicy } from './mailbox.ts';
import type { Message } from './message.ts';
import type { Kind } from './messages.ts';

/** How to make an actor, again after each crash, and how many messages may wait for it. */
export interface ActorSpec {
  readonly name: string;
  readonly capacity: number;
  readonly policy: OverloadPolicy;
  readonly create: () => Actor<never>;
}

export interface SupervisorOptions {
  /** Pause before restart n (from 0), in ms. */
  readonly backoffMs: (restart: number) => number;
  /** Maximum number of crashes within `windowMs`; after one more the actor is degraded. */
  readonly maxCrashes: number;
  readonly windowMs: number;
  readonly startMs: number;
  readonly stopMs: number;
  readonly now: () => number;
  readonly onCrash: (actor: string, error: unknown) => void;
  readonly onDegraded: (actor: string) => void;
}

type AnyHandlers = Readonly<Partial<Record<Kind, (body: unknown) => unknown>>>;

/**
 * Keeps one actor running. A `CaroError` that a handler throws is an answer; anything else is a
 * crash. After a crash the actor is made again after a pause, during which its mailbox keeps the
 * messages. After too many crashes it is degraded: its messages fail at once, and `status` shows
 * it.
 */
export class Supervised {
  readonly #mailbox: Mailbox;
  readonly #disconnect: (() => void)[] = [];
  #actor: Actor<never> | undefined;
  #state: ActorStatus['state'] = 'stopped';
  #crashes: number[] = [];
  #restartTimer: NodeJS.Timeout | undefined;
  #hasEnded = false;
  readonly #messages = new Map<Kind, number>();
  #counters = { handled: 0, failed: 0, restarts: 0, busyMs: 0 };

  constructor(
    private readonly spec: ActorSpec,
    private readonly bus: Bus,
    private readonly options: SupervisorOptions,
  ) {
    this.#mailbox = new Mailbox(spec.name, spec.capacity, spec.policy);
  }

  get name(): string {
    return this.spec.name;
  }

  status(): ActorStatus {
    const { handled, failed, restarts, busyMs } = this.#counters;
    return {
      name: this.name,
      state: this.#state,
      handled,
      failed,
      restarts,
      queue: this.#mailbox.length,
      busyMs: Math.round(busyMs),
    };
  }

  /** Messages handled since the start, by kind. */
  messages(): readonly { readonly kind: Kind; readonly count: number }[] {
    return [...this.#messages].map(([kind, count]) => ({ kind, count }));
  }

  async start(): Promise<void> {
    await this.#create();
    for (const kind of Object.keys(this.#handlers()) as Kind[])
      this.#disconnect.push(this.bus.connect(kind, this.#mailbox));
  }

  /**
   * Accepts no new message, waits until the mailbox is empty, then ends the actor; each step within
   * the time limit.
   */
  async stop(): Promise<void> {
    clearTimeout(this.#restartTimer);
    for (const disconnect of this.#disconnect.splice(0)) disconnect();
    try {
      // An actor that is still busy ends as well: its timers would keep the process alive.
      await this.#emptied().finally(() => this.#end());
    } finally {
      this.#hasEnded = true;
      clearTimeout(this.#restartTimer);
      this.#mailbox.close(new CaroError('not_running', `expected ${this.name} to run, it has been stopped`));
      this.#state = 'stopped';
    }
  }

  async #emptied(): Promise<void> {
    if (this.#state !== 'running') return;
    await within(this.options.stopMs, `${this.name} to empty its mailbox`, this.#mailbox.drained());
  }

  async #end(): Promise<void> {
    const stop = this.#actor?.stop;
    if (stop) await within(this.options.stopMs, `${this.name} to stop`, Promise.resolve(stop()));
  }

  async #create(): Promise<void> {
    this.#actor = this.spec.create();
    if (this.#actor.start)
      await within(this.options.startMs, `${this.name} to start`, Promise.resolve(this.#actor.start()));
    // Degraded or stopped while it started.
    if (this.#isOver()) {
      await this.#end();
      return;
    }
    this.#state = 'running';
    const concurrent: readonly Kind[] = this.#actor.concurrent ?? [];
    this.#mailbox.open((message) => {
      const handled = this.#deliver(message);
      return concurrent.includes(message.kind) ? Promise.resolve() : handled;
    });
  }

  #handlers(): AnyHandlers {
    return this.#actor?.handlers ?? {};
  }

  async #deliver(message: Message): Promise<void> {
    const begun = this.options.now();
    try {
      const reply = await this.#handlers()[message.kind]?.(message.body);
      this.#counters.handled += 1;
      this.#messages.set(message.kind, (this.#messages.get(message.kind) ?? 0) + 1);
      message.settle.done(reply);
    } catch (error) {
      this.#counters.failed += 1;
      message.settle.failed(error);
      if (!(error instanceof CaroError)) this.#crashed(error);
    } finally {
      this.#counters.busyMs += this.options.now() - begun;
    }
  }

  #isOver(): boolean {
    return this.#hasEnded || this.#state === 'degraded';
  }

  #crashed(error: unknown, isRestart = false): void {
    const now = this.options.now();
    this.#mailbox.pause();
    this.#crashes = [...this.#crashes.filter((time) => time > now - this.options.windowMs), now];
    this.options.onCrash(this.name, error);
    // A message of a concurrent kind may fail after the end of its actor, or while the actor is
    // being restarted.
    if (this.#isOver()) return;
    if (this.#crashes.length > this.options.maxCrashes) {
      clearTimeout(this.#restartTimer);
      this.#state = 'degraded';
      this.#mailbox.close(
        new CaroError(
          'actor_degraded',
          `expected ${this.name} to answer, it crashed ${this.#crashes.length} times and is not restarted any more; restart the service`,
        ),
      );
      this.options.onDegraded(this.name);
      return;
    }
    if (this.#state === 'restarting' && !isRestart) return;
    this.#state = 'restarting';
    this.#restartTimer = setTimeout(() => void this.#restart(), this.options.backoffMs(this.#crashes.length - 1));
  }

  async #restart(): Promise<void> {
    this.#counters.restarts += 1;
    try {
      await this.#end();
    } catch (error) {
      this.options.onCrash(this.name, error);
    }
    if (this.#isOver()) return;
    try {
      await this.#create();
    } catch (error) {
      this.#crashed(error, true);
    }
  }
}

/** Messages that these actors have handled, by kind, in the order of their names. */
export function messageCounts(
  actors: readonly Pick<Supervised, 'messages'>[],
): readonly { readonly kind: Kind; readonly count: number }[] {
  const counts = new Map<Kind, number>();
  for (const actor of actors)
    for (const { kind, count } of actor.messages()) counts.set(kind, (counts.get(kind) ?? 0) + count);
  return [...counts].map(([kind, count]) => ({ kind, count })).sort((a, b) => (a.kind < b.kind ? -1 : 1));
}

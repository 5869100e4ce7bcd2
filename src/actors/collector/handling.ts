/** Rates commands, and sets aside one whose analysis ended the service twice. */
import { yieldToEventLoop } from '../../bus/event-loop.ts';
import type { CommandKey, StartedCommand } from '../../domain/events/event.ts';
import { SEVERAL } from '../../domain/spool/in-hand.ts';
import type { RawCommand } from '../../domain/spool/observation.ts';
import type { InHandNote } from '../../storage/spool/in-hand-note.ts';
import { type RatingPorts, rateAll, unrated } from './rating.ts';

export interface HandlingPorts extends RatingPorts {
  readonly inHand: InHandNote;
  /** A command was set aside; `session` and number say which, its text is not told. */
  readonly onSetAside: (command: CommandKey) => void;
}

/** A process that ended so often while it analysed a command is not given it again. */
const MAX_ENDS = 2;
/** Commands that are rated one by one before requests are answered. */
const TURN = 32;

const nameOf = ({ key }: RawCommand): string => `${key.session} ${key.command}`;

/** The first analysis of a process takes long; a kill meanwhile would count against a command. */
const FIRST: RawCommand = {
  key: { session: '', command: 0 },
  startMs: 0,
  shell: 'sh',
  command: 'true',
  cwd: null,
};

export class Handling {
  /** How often a process ended while it analysed a command, for commands not yet stored. */
  readonly #ends: Map<string, number>;
  readonly #setAside = new Set<string>();
  /** While true, commands are rated one by one, so that the note names each. */
  #isCareful: boolean;
  #isReady = false;

  constructor(private readonly ports: HandlingPorts) {
    this.#ends = new Map(ports.inHand.read());
    this.#isCareful = this.#ends.size > 0;
    this.#ends.delete(SEVERAL);
  }

  /** Number of commands that were set aside since the start. */
  get setAside(): number {
    return this.#setAside.size;
  }

  /** In the order given. */
  async rate(begun: readonly RawCommand[], redact: boolean): Promise<readonly StartedCommand[]> {
    if (begun.length === 0) return [];
    try {
      if (this.#isCareful) return await this.#rateEach(begun, redact);
      return await rateAll(this.ports, begun, redact, (some) => this.#hold(some));
    } finally {
      this.ports.inHand.write(this.#ends);
    }
  }

  /** All that the last process left is stored. */
  caughtUp(): void {
    if (!this.#isCareful) return;
    this.#isCareful = false;
    this.#ends.clear();
    this.ports.inHand.write(this.#ends);
  }

  async #rateEach(begun: readonly RawCommand[], redact: boolean): Promise<readonly StartedCommand[]> {
    if (!this.#isReady) await rateAll(this.ports, [FIRST], redact);
    this.#isReady = true;
    const started: StartedCommand[] = [];
    for (const raw of begun) {
      if ((this.#ends.get(nameOf(raw)) ?? 0) >= MAX_ENDS) started.push(this.#putAside(raw));
      else started.push(...(await rateAll(this.ports, [raw], redact, (some) => this.#hold(some))));
      if (started.length % TURN === 0) await yieldToEventLoop();
    }
    return started;
  }

  #putAside(raw: RawCommand): StartedCommand {
    if (!this.#setAside.has(nameOf(raw))) this.ports.onSetAside(raw.key);
    this.#setAside.add(nameOf(raw));
    return unrated(raw);
  }

  #hold(some: readonly RawCommand[]): void {
    const [only] = some;
    const name = only && some.length === 1 ? nameOf(only) : SEVERAL;
    this.ports.inHand.write(new Map([...this.#ends, [name, (this.#ends.get(name) ?? 0) + 1]]));
  }
}

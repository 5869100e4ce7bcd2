import type { CommandHistory, PastCommand } from '../../storage/events/command-history.ts';
import { fitOf, searchable, wordsOf } from './matching.ts';

/** A key is answered within this time, however many commands there are. */
const TURN_MS = 8;
/** Commands that are searched between two looks at the clock. */
const STEP = 256;

/** What fits of a history that is still being read, best and newest first. */
export class Results {
  readonly #searchable: string[] = [];
  #words: readonly string[] = [];
  #exact: number[] = [];
  #loose: number[] = [];
  #searched = 0;

  constructor(private readonly history: CommandHistory) {}

  /** Begins to search for this text; `follow` goes on. */
  search(typed: string): void {
    this.#words = wordsOf(typed);
    this.#exact = [];
    this.#loose = [];
    this.#searched = 0;
    this.follow();
  }

  /** Searches for a few ms; false if all that is loaded has been searched. */
  follow(): boolean {
    const { commands } = this.history;
    const begun = performance.now();
    for (; this.#searched < commands.length; this.#searched++) {
      if (this.#searched % STEP === 0 && performance.now() - begun > TURN_MS) return true;
      this.#searchable[this.#searched] ??= searchable(commands[this.#searched]?.text ?? '');
      this.#take(this.#searched);
    }
    return false;
  }

  /** How many contain every word. */
  get exact(): number {
    return this.#exact.length;
  }

  get count(): number {
    return this.#exact.length + this.#loose.length;
  }

  at(place: number): PastCommand | undefined {
    const index = place < this.#exact.length ? this.#exact[place] : this.#loose[place - this.#exact.length];
    return index === undefined ? undefined : this.history.commands[index];
  }

  #take(index: number): void {
    const fit = fitOf(this.#searchable[index] ?? '', this.#words);
    if (fit === 0) this.#exact.push(index);
    else if (fit === 1) this.#loose.push(index);
  }
}

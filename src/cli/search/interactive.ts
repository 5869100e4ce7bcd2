import { openSync } from 'node:fs';
import { emitKeypressEvents } from 'node:readline';
import { setImmediate as turn } from 'node:timers/promises';
import { ReadStream, WriteStream } from 'node:tty';
import { CaroError } from '../../domain/errors.ts';
import type { Database } from '../../storage/database.ts';
import {
  CommandHistory,
  type HistoryScope,
  type PastCommand,
  type WaitingCommands,
} from '../../storage/events/command-history.ts';
import type { TextWidth } from '../output/text-width.ts';
import { FRAME_LINES, frameOf } from './frame.ts';
import { Results } from './results.ts';
import type { Choice } from './scopes.ts';

export interface SearchOptions {
  readonly database: Database;
  /** Commands that are not in it yet, newest first. */
  readonly waiting: WaitingCommands;
  readonly typed: string;
  /** Kinds of limits; the first of each is in force, and a key chooses the next one. */
  readonly limits: readonly (readonly Choice[])[];
  readonly hasColours: boolean;
  readonly advice: (command: PastCommand) => Promise<string>;
}

type End = (text: string | null) => void;

interface Key {
  readonly name?: string;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
  readonly sequence?: string;
}

/** Keys that choose the next limit of a kind. */
const LIMIT_KEYS = ['^t', '^o', '^k', '^y'];
/** Between two frames while the history is read. */
const FRAME_MS = 50;
const ENTER_SCREEN = '\x1b[?1049h\x1b[?25l';
const LEAVE_SCREEN = '\x1b[?25h\x1b[?1049l';

/**
 * Lets a person search on the terminal of this process, whatever its standard streams are; resolves
 * with the chosen command, or null.
 *
 * @throws CaroError `usage` without a terminal
 */
export async function searchOnTerminal(options: SearchOptions): Promise<string | null> {
  const terminal = openTerminal();
  try {
    return await new Search(options, terminal).run();
  } finally {
    terminal.close();
  }
}

interface Size {
  readonly columns: number;
  readonly rows: number;
}

interface Terminal {
  readonly input: ReadStream;
  readonly output: WriteStream;
  size: Size;
  readonly close: () => void;
}

function openTerminal(): Terminal {
  let input: ReadStream;
  let output: WriteStream;
  try {
    input = new ReadStream(openSync('/dev/tty', 'r'));
    output = new WriteStream(openSync('/dev/tty', 'w'));
  } catch {
    throw new CaroError('usage', 'expected a terminal to search on, there is none; try: caro search TEXT');
  }
  input.setRawMode(true);
  output.write(ENTER_SCREEN);
  return {
    input,
    output,
    size: sizeOf(output),
    close: () => {
      output.write(LEAVE_SCREEN);
      input.setRawMode(false);
      input.destroy();
      output.destroy();
    },
  };
}

/** Some terminals report 0. */
const sizeOf = ({ columns, rows }: WriteStream): Size => ({ columns: columns || 80, rows: rows || 24 });

/** Node.js follows the size of its own standard streams only. */
function sizeNow(): Size {
  const output = new WriteStream(openSync('/dev/tty', 'w'));
  const size = sizeOf(output);
  output.destroy();
  return size;
}

class Search {
  #typed: string;
  #chosen = 0;
  /** First row that is shown. */
  #top = 0;
  #advice = '';
  #history: CommandHistory;
  #results: Results;
  readonly #places: number[];
  readonly #left = new AbortController();
  /** What was pasted so far; null outside a paste. */
  #pasted: string | null = null;
  /** Counts what was searched for. */
  #round = 0;
  #isLoading = true;
  /** Exact for ASCII; what measures other characters is loaded after the first frame. */
  #widthOf: TextWidth = (text) => text.length;

  constructor(
    private readonly options: SearchOptions,
    private readonly terminal: Terminal,
  ) {
    this.#typed = options.typed;
    this.#places = options.limits.map(() => 0);
    this.#history = this.#open();
    this.#results = new Results(this.#history);
    this.#results.search(this.#typed);
  }

  run(): Promise<string | null> {
    const { input } = this.terminal;
    return new Promise((resolve) => {
      const end: End = (text) => {
        this.#left.abort();
        resolve(text);
      };
      emitKeypressEvents(input);
      input.on('keypress', (_text: string | undefined, key: Key) => this.#press(key, end));
      // The terminal was closed.
      input.on('error', () => end(null));
      input.on('end', () => end(null));
      const resized = (): void => {
        this.terminal.size = sizeNow();
        this.#show();
      };
      process.on('SIGWINCH', resized);
      this.#left.signal.addEventListener('abort', () => process.off('SIGWINCH', resized));
      void this.#load();
    });
  }

  #open(): CommandHistory {
    const scopes = this.options.limits.map((choices, kind) => choices[this.#places[kind] ?? 0]?.scope);
    const { database, waiting } = this.options;
    const history = new CommandHistory(database, Object.assign({}, ...scopes) as HistoryScope, waiting);
    // The first list is there with the first frame.
    history.more();
    return history;
  }

  /** Reads and searches on in the background, between keys, until the next text or limit. */
  async #load(): Promise<void> {
    const round = ++this.#round;
    this.#show();
    this.#widthOf = (await import('string-width')).default;
    for (let isMore = true, shown = 0; isMore && this.#isCurrent(round); ) {
      isMore = this.#results.follow() || this.#history.more();
      this.#isLoading = isMore;
      if (!isMore || performance.now() - shown > FRAME_MS) {
        this.#show();
        shown = performance.now();
      }
      await turn();
    }
  }

  #isCurrent = (round: number): boolean => !this.#left.signal.aborted && round === this.#round;

  #press({ name = '', sequence = '', ctrl, meta }: Key, end: End): void {
    if (this.#paste(name, sequence)) return;
    const act = this.#actions(end).get(`${ctrl === true ? '^' : ''}${name}`);
    if (act) act();
    else if (ctrl !== true && meta !== true && /^[^\p{Cc}]+$/u.test(sequence)) this.#type(this.#typed + sequence);
  }

  /** A pasted newline is no Enter: what follows it would go to the shell, and run there. */
  #paste(name: string, sequence: string): boolean {
    if (name === 'paste-start') this.#pasted = '';
    else if (this.#pasted === null) return name === 'paste-end';
    else if (name === 'paste-end') {
      this.#type(this.#typed + this.#pasted.replace(/[\p{Cc}\s]+/gu, ' '));
      this.#pasted = null;
    } else this.#pasted += sequence;
    return true;
  }

  /** What keys do; `^` stands for Ctrl. */
  #actions(end: End): ReadonlyMap<string, () => void> {
    const leave = (): void => end(null);
    const accept = (): void => end(this.#results.at(this.#chosen)?.text ?? null);
    const [up, down] = [() => this.#move(-1), () => this.#move(1)];
    return new Map<string, () => void>([
      ...['escape', '^c', '^d', '^g'].map((key) => [key, leave] as const),
      ...['return', 'enter'].map((key) => [key, accept] as const),
      ...['up', '^p'].map((key) => [key, up] as const),
      ...['down', '^n', '^r'].map((key) => [key, down] as const),
      ['pageup', () => this.#move(-this.#room())],
      ['pagedown', () => this.#move(this.#room())],
      ['backspace', () => this.#type(Array.from(this.#typed).slice(0, -1).join(''))],
      ['^u', () => this.#type('')],
      ['^w', () => this.#type(this.#typed.replace(/\S*\s*$/, ''))],
      ...LIMIT_KEYS.map((key, kind) => [key, () => this.#limit(kind)] as const),
    ]);
  }

  #type(typed: string): void {
    this.#typed = typed;
    this.#chosen = 0;
    this.#results.search(typed);
    void this.#load();
  }

  #limit(kind: number): void {
    const choices = this.options.limits[kind] ?? [];
    this.#places[kind] = ((this.#places[kind] ?? 0) + 1) % Math.max(1, choices.length);
    this.#chosen = 0;
    this.#history = this.#open();
    this.#results = new Results(this.#history);
    this.#results.search(this.#typed);
    void this.#load();
  }

  #move(by: number): void {
    this.#chosen = Math.max(0, Math.min(this.#results.count - 1, this.#chosen + by));
    this.#show();
  }

  #room = (): number => Math.max(1, this.terminal.size.rows - FRAME_LINES);

  #show(): void {
    const room = this.#room();
    this.#top = Math.max(Math.min(this.#top, this.#chosen), this.#chosen - room + 1);
    const chosen = this.#results.at(this.#chosen);
    this.#draw(room);
    void this.#advise(chosen);
  }

  async #advise(command: PastCommand | undefined): Promise<void> {
    const advice = command === undefined || command.rules.length === 0 ? '' : await this.options.advice(command);
    if (this.#left.signal.aborted || advice === this.#advice || command !== this.#results.at(this.#chosen)) return;
    this.#advice = advice;
    this.#draw(this.#room());
  }

  #draw(room: number): void {
    const { output } = this.terminal;
    const rows = Array.from({ length: room }, (_, index) => this.#results.at(this.#top + index)).filter(
      (row) => row !== undefined,
    );
    const lines = frameOf(
      {
        typed: this.#typed,
        rows,
        chosen: this.#chosen - this.#top,
        count: this.#results.count,
        isLoading: this.#isLoading,
        limits: this.options.limits.flatMap((choices, kind) => choices[this.#places[kind] ?? 0]?.words || []),
        advice: this.#advice,
        nowMs: Date.now(),
      },
      { columns: this.terminal.size.columns, widthOf: this.#widthOf, hasColours: this.options.hasColours },
    );
    output.write(`\x1b[H${lines.map((line) => `${line}\x1b[K`).join('\r\n')}\x1b[J`);
  }
}

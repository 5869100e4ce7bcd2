import { MAX_DEPTH, MAX_STEPS, SCRIPT_STEPS } from '../limits.ts';
import type { Dialect, Redirection, Script, Span, Word } from '../model.ts';
import type { Source } from '../source.ts';

/** Mutable version of a model type, used while it is built. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Findings and counters shared by all readers of one command line. */
export interface AnalysisState {
  comments: Span[];
  complete: boolean;
  /** Offset of the first text that a limit kept from being analysed; infinite if there is none. */
  analysedTo: number;
  /** Words, parts and commands read. */
  steps: number;
  /** Opening square brackets without a closing one. */
  openBrackets: number;
  /** Characters of payloads read. */
  payload: number;
  /** Commands walked. */
  calls: number;
  /** Characters of the words of commands walked. */
  walked: number;
  /** Characters read a second time. */
  reread: number;
}

export interface PendingDocument {
  readonly redirection: Mutable<Redirection>;
  readonly delimiter: string;
  readonly quoted: boolean;
  readonly stripTabs: boolean;
}

/**
 * Readers of the nested parts of a word; passed in because words and scripts contain each other.
 */
export interface Grammar {
  /** Reads a script up to a closing bracket or the end, and leaves the reader at that bracket. */
  readonly parseScript: (reader: Reader, closer: ')' | '}' | null) => Script;
  /** Reads the word after the operator of `${name:-word}`, and leaves the reader at the `}`. */
  readonly readArgument: (reader: Reader, quoted: boolean) => Word;
}

/**
 * A position in a source. Reads once from left to right; only `((` may be read twice
 * (`MAX_BACKTRACKS`).
 */
export interface Reader {
  readonly source: Source;
  readonly text: string;
  readonly dialect: Dialect;
  readonly state: AnalysisState;
  readonly grammar: Grammar;
  readonly documents: PendingDocument[];
  pos: number;
  depth: number;
  backtracks: number;
}

export const newAnalysisState = (): AnalysisState => ({
  comments: [],
  complete: true,
  analysedTo: Number.POSITIVE_INFINITY,
  steps: 0,
  openBrackets: 0,
  payload: 0,
  calls: 0,
  walked: 0,
  reread: 0,
});

export function newReader(
  source: Source,
  dialect: Dialect,
  state: AnalysisState,
  grammar: Grammar,
  depth: number,
): Reader {
  return {
    source,
    text: source.text,
    dialect,
    state,
    grammar,
    documents: [],
    pos: 0,
    depth,
    backtracks: 0,
  };
}

/** Notes that text from this offset of the command line on is not analysed. */
export function cutOff(state: AnalysisState, offset: number): void {
  state.analysedTo = Math.min(state.analysedTo, offset);
}

/** Counts a step. Returns false, with the reader at its end, when the limit is reached. */
export function countStep(reader: Reader): boolean {
  reader.state.steps += 1;
  if (reader.state.steps <= MAX_STEPS) return true;
  cutOff(reader.state, reader.source.from(reader.pos));
  reader.pos = reader.text.length;
  return false;
}

/**
 * Ensures progress: skips a character if nothing was read since `before`. Returns true if it did.
 */
export function ensureProgress(reader: Reader, before: number): boolean {
  if (reader.pos > before) return false;
  reader.pos = Math.min(before + 1, reader.text.length);
  return true;
}

/** Original span of what was read since `start`. */
export function spanFrom(reader: Reader, start: number): Span {
  const from = reader.source.from(start);
  // For empty text, the end may map to the piece before that of the start.
  return { start: from, end: Math.max(from, reader.source.to(reader.pos)) };
}

/** Matches a sticky expression at the position and advances past it; null if it does not match. */
export function consume(reader: Reader, sticky: RegExp): string | null {
  sticky.lastIndex = reader.pos;
  const found = sticky.exec(reader.text);
  if (found === null) return null;
  reader.pos += found[0].length;
  return found[0];
}

/** Tests a sticky expression at the position. */
export function isAt(reader: Reader, sticky: RegExp): boolean {
  sticky.lastIndex = reader.pos;
  return sticky.test(reader.text);
}

/**
 * Reads a nested script and its closing bracket, starting after the opening one. Beyond the depth
 * limit, the script is skipped by counting brackets, so that the text after it is still read.
 */
export function readNested(reader: Reader, closer: ')' | '}'): Script {
  const start = reader.pos;
  if (reader.depth >= MAX_DEPTH) {
    skipToClosing(reader, closer === ')' ? '(' : '{', closer);
    return { ...spanFrom(reader, start), items: [] };
  }
  reader.state.steps += SCRIPT_STEPS;
  reader.depth += 1;
  const script = reader.grammar.parseScript(reader, closer);
  reader.depth -= 1;
  if (reader.text[reader.pos] === closer) reader.pos += 1;
  else reader.state.complete = false;
  return script;
}

/** Advances past the bracket that closes the one just read. */
export function skipToClosing(reader: Reader, opener: string, closer: string): void {
  cutOff(reader.state, reader.source.from(reader.pos));
  let open = 1;
  while (reader.pos < reader.text.length && open > 0) {
    const char = reader.text[reader.pos];
    if (char === opener) open += 1;
    else if (char === closer) open -= 1;
    reader.pos += 1;
  }
  if (open > 0) reader.state.complete = false;
}

/** An empty word at the position. */
export function emptyWord(reader: Reader): Word {
  const at = reader.source.from(reader.pos);
  return { start: at, end: at, value: '', text: '', parts: [], exact: reader.source.exact };
}

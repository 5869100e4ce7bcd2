/**
 * Reads the dangerous commands of text beyond the limits of an analysis. That text is searched for
 * signs of danger, and only the commands that have one are parsed.
 */

import { lookupTool } from './catalogue/catalogue.ts';
import { dangerSigns } from './catalogue/danger-signs.ts';
import type { Frame, Walk } from './execution/frame.ts';
import { MAX_CALLS, MAX_INVOCATIONS, MAX_STEPS } from './limits.ts';
import type { Source } from './source.ts';
import { parse } from './syntax/parse.ts';

/** Characters that are searched at once. Equal parts are searched once. */
const PART = 1024;
/** Longest part, where a command is longer. */
const LONGEST = 4 * PART;
/** Commands that are parsed because of a sign. */
const MAX_SUSPECTED = 200;
/** Commands of known programs, or given by their path, and names of others, that are parsed. */
const MAX_KNOWN = 100;
const MAX_OTHERS = 50;
/** Commands whose name is looked at. */
const MAX_NAMES = 20_000;
/** Readings of one part that begin inside of quotes. */
const MAX_INSIDE = 16;

interface Excerpt {
  readonly text: string;
  readonly start: number;
  /** Has a sign of danger. */
  readonly suspected: boolean;
}

/**
 * Walks the commands that were found from an offset on. Returns false if some that have a sign of
 * danger could not be read. `walk` MUST have its own counters.
 */
export function readRest(walk: Walk, text: string, from: number, frame: Frame): boolean {
  const { excerpts, complete } = findExcerpts(text, commandStart(text, from));
  let read = complete;
  for (const excerpt of excerpts) {
    if (isSpent(walk)) read &&= !excerpt.suspected;
    else walk.runScript(walk, parse(excerptSource(excerpt), frame.dialect, walk.state), frame);
  }
  return read;
}

/** The command that holds an offset begins here. */
function commandStart(text: string, from: number): number {
  const first = Math.max(0, from - LONGEST);
  const before = text.slice(first, from);
  return first + Math.max(before.lastIndexOf('\n'), before.lastIndexOf(';')) + 1;
}

const isSpent = ({ state, invocations }: Walk): boolean =>
  state.steps > MAX_STEPS || state.calls > MAX_CALLS || invocations.length >= MAX_INVOCATIONS;

const excerptSource = ({ text, start }: Excerpt): Source => ({
  text,
  exact: true,
  from: (offset) => offset + start,
  to: (offset) => offset + start,
});

interface Found {
  /** In the order of the text. */
  readonly excerpts: readonly Excerpt[];
  readonly complete: boolean;
}

function findExcerpts(text: string, from: number): Found {
  const suspected = new Map<string, Excerpt>();
  const named = new NamedCommands();
  const parts = new Set<string>();
  const signs = dangerSigns();
  for (let at = from; at < text.length && suspected.size <= MAX_SUSPECTED; ) {
    const part = partAt(text, at);
    if (!parts.has(part)) {
      parts.add(part);
      for (const one of suspectedIn(part, signs))
        if (!suspected.has(one.text)) suspected.set(one.text, { ...one, start: at + one.start });
      named.add(part, at);
    }
    at += part.length;
  }
  const excerpts = [...suspected.values(), ...named.excerpts()].sort((a, b) => a.start - b.start);
  return { excerpts, complete: suspected.size <= MAX_SUSPECTED };
}

/** Ends after a separator where one is near, otherwise after a blank. */
function partAt(text: string, at: number): string {
  const piece = text.slice(at, at + LONGEST);
  if (piece.length <= PART) return piece;
  const before = Math.max(piece.lastIndexOf('\n', PART), piece.lastIndexOf(';', PART));
  const after = before > 0 ? before : piece.slice(PART).search(/[\n;]/) + PART;
  if (after >= PART || before > 0) return piece.slice(0, after + 1);
  const blank = piece.lastIndexOf(' ');
  return blank > 0 ? piece.slice(0, blank + 1) : piece;
}

/** What may hold a separator that does not end the command: a loop, a function, quotes. */
const BLOCK = /^\W*(?:while|until|for)\b|\(\)|["'`]|<</;

function suspectedIn(part: string, signs: RegExp): Excerpt[] {
  const found: Excerpt[] = [];
  const add = (start: number, end: number): void => {
    found.push({ text: part.slice(start, end), start, suspected: true });
  };
  let inside = 0;
  signs.lastIndex = 0;
  for (let match = signs.exec(part); match; match = signs.exec(part)) {
    const startsCommand = /^[\n;]/.test(match[0]);
    const first = match.index + (startsCommand ? 1 : 0);
    const from = startsCommand ? first : lastSeparator(part, first) + 1;
    const end = nextSeparator(part, match.index + match[0].length);
    add(from, end);
    const line = part.lastIndexOf('\n', from - 1) + 1;
    if (line < from && isInsideQuotes(part.slice(line, from))) add(line, end);
    if (end < part.length && BLOCK.test(part.slice(from, end))) add(from, part.length);
    // A quote before the command may be the end of another one: then the text is a command.
    if (/["'`]/.test(part.slice(from, first + 1)) && inside < MAX_INSIDE) {
      inside += 1;
      add(first + (/[|&({`'"!]/.test(part[first] ?? '') ? 1 : 0), end);
    }
    // The last character may begin the next sign.
    signs.lastIndex = Math.max(match.index + 1, match.index + match[0].length - 1);
  }
  return found;
}

/** Tells whether the text ends inside of quotes. Nested ones may be misjudged. */
const isInsideQuotes = (text: string): boolean => text.split('"').length % 2 === 0 || text.split("'").length % 2 === 0;

const lastSeparator = (part: string, before: number): number =>
  before === 0 ? -1 : Math.max(part.lastIndexOf('\n', before - 1), part.lastIndexOf(';', before - 1));

function nextSeparator(part: string, from: number): number {
  const length = part.slice(from).search(/\n|(?<!\\);/);
  return length < 0 ? part.length : from + length;
}

/** Commands without a sign: those of known programs, and one of each name that is not known. */
class NamedCommands {
  readonly #known = new Map<string, number>();
  readonly #others = new Map<string, readonly [text: string, start: number]>();
  #names = 0;

  add(part: string, at: number): void {
    if (this.#names > MAX_NAMES || this.#known.size >= MAX_KNOWN) return;
    for (const match of part.matchAll(/(?:^|[\n;])[ \t]*([A-Za-z~./][\w./+-]*)[^\n;]*/g)) {
      const [text, name = ''] = match;
      this.#names += 1;
      const isKnown = name.includes('/') || lookupTool(name) !== undefined;
      if (isKnown && this.#known.size < MAX_KNOWN && !this.#known.has(text)) this.#known.set(text, at + match.index);
      if (!isKnown && this.#others.size < MAX_OTHERS && !this.#others.has(name))
        this.#others.set(name, [text, at + match.index]);
    }
  }

  excerpts(): readonly Excerpt[] {
    return [...this.#known, ...this.#others.values()].map(([text, start]) => ({ text, start, suspected: false }));
  }
}

/** Words of bash, zsh and POSIX sh. POSIX 2024 XCU §2.2, §2.3, §2.6. */

import { MAX_OPEN_BRACKETS } from '../limits.ts';
import type { Word, WordPart } from '../model.ts';
import { readBackquote, readExpansion } from './expansion-syntax.ts';
import { addLiteral, wordOf } from './parts.ts';
import { consume, countStep, type Reader, readNested, spanFrom } from './reader.ts';

/** What ends a word: a metacharacter, only a blank (inside `[[ ]]`), or the `}` of `${x:-…}`. */
export type WordEnd = 'operator' | 'blank' | 'brace';

const RUN = /[^ \t\r\n'"\\$`*?[~<>|&;()=]+/y;
const BRACE_RUN = /[^'"\\$`*?[~}]+/y;
const QUOTED_RUN = /[^"\\$`]+/y;
const QUOTED_BRACE_RUN = /[^"\\$`}]+/y;
const DOCUMENT_RUN = /[^\\$`]+/y;
const BRACKET = /\[[!^]?\]?(?:\[[:.=][a-z.=-]{1,12}[:.=]\]|[^\]\n /]){0,60}\]/y;
const TILDE = /~[A-Za-z0-9_.+-]*(?=[/ \t\r\n;&|<>():]|$)/y;
const PATTERN_LIST = /[?*+@!]\(/y;
const BLANKS_AND_OPERATORS = ' \t\r\n<>|&;()';
const BLANKS = ' \t\r\n';

/** Reads a word at the position; without parts if there is none. */
export function readWord(reader: Reader, end: WordEnd = 'operator'): Word {
  const start = reader.pos;
  const parts: WordPart[] = [];
  while (reader.pos < reader.text.length && !endsWord(reader, end)) readPart(reader, parts, start, end);
  const span = spanFrom(reader, start);
  return wordOf(parts, span.start, span.end, reader.source.exact);
}

/** Reads the word after the operator of `${name:-word}`. */
export function readArgument(reader: Reader, quoted: boolean): Word {
  if (!quoted) return readWord(reader, 'brace');
  const start = reader.pos;
  const parts: WordPart[] = [];
  while (reader.pos < reader.text.length && reader.text[reader.pos] !== '}') {
    if (reader.text[reader.pos] === '"') readDoubleQuoted(reader, parts);
    else readQuotedPart(reader, parts, QUOTED_BRACE_RUN, '$`"\\}\n');
  }
  const span = spanFrom(reader, start);
  return wordOf(parts, span.start, span.end, reader.source.exact);
}

/** Reads a bracketed pattern at the position as a separate word. */
export function readPatternList(reader: Reader): Word {
  const start = reader.pos;
  const parts: WordPart[] = [];
  addPatternList(reader, parts, start);
  const span = spanFrom(reader, start);
  return wordOf(parts, span.start, span.end, reader.source.exact);
}

/** Reads the whole body of a here-document whose delimiter was not quoted. */
export function readExpandingDocument(reader: Reader): Word {
  const parts: WordPart[] = [];
  while (reader.pos < reader.text.length) readQuotedPart(reader, parts, DOCUMENT_RUN, '$`\\\n');
  const span = spanFrom(reader, 0);
  return wordOf(parts, span.start, span.end, reader.source.exact);
}

function endsWord(reader: Reader, end: WordEnd): boolean {
  const char = reader.text[reader.pos] ?? '';
  if (end === 'brace') return char === '}';
  if (end === 'blank') return BLANKS.includes(char);
  if (!BLANKS_AND_OPERATORS.includes(char)) return false;
  // `<(…)` and `>(…)` are part of the adjacent word. POSIX has neither, but `sh` is often bash.
  return !((char === '<' || char === '>') && reader.text[reader.pos + 1] === '(');
}

type PartReader = (reader: Reader, parts: WordPart[], wordStart: number) => void;

/** Readers of the characters that are special outside quotes. All others are literal. */
const PART_READERS: Readonly<Record<string, PartReader>> = {
  "'": readSingleQuoted,
  '"': readDoubleQuoted,
  '\\': readBackslash,
  $: (reader, parts) => readExpansion(reader, parts, false),
  '`': (reader, parts) => readBackquote(reader, parts, false),
  '*': readGlob,
  '?': readGlob,
  '[': readBracket,
  '~': readTilde,
  '=': readEquals,
};

function readPart(reader: Reader, parts: WordPart[], wordStart: number, end: WordEnd): void {
  const start = reader.pos;
  const char = reader.text[start] ?? '';
  const special = PART_READERS[char];
  if (special !== undefined) special(reader, parts, wordStart);
  else if ((char === '<' || char === '>') && reader.text[start + 1] === '(') readProcessSubstitution(reader, parts);
  else readRun(reader, parts, end);
}

function readRun(reader: Reader, parts: WordPart[], end: WordEnd): void {
  const start = reader.pos;
  const run = consume(reader, end === 'brace' ? BRACE_RUN : RUN);
  if (run === null) reader.pos += 1;
  else if (endsInPatternList(reader, run)) {
    addPatternList(reader, parts, start);
    return;
  }
  addLiteral(reader, parts, start, reader.text.slice(start, reader.pos), false);
}

function readSingleQuoted(reader: Reader, parts: WordPart[]): void {
  const opening = reader.pos;
  const start = opening + 1;
  const close = reader.text.indexOf("'", start);
  reader.pos = close < 0 ? reader.text.length : close;
  if (close < 0) reader.state.complete = false;
  const text = reader.text.slice(start, reader.pos);
  if (text === '') addEmpty(reader, parts, opening);
  else addLiteral(reader, parts, start, text, true);
  if (close >= 0) reader.pos += 1;
}

function addEmpty(reader: Reader, parts: WordPart[], opening: number): void {
  const after = reader.pos;
  reader.pos = Math.min(reader.text.length, opening + 2);
  addLiteral(reader, parts, opening, '', true);
  reader.pos = after;
}

function readDoubleQuoted(reader: Reader, parts: WordPart[]): void {
  const opening = reader.pos;
  const before = parts.length;
  reader.pos += 1;
  while (reader.pos < reader.text.length && reader.text[reader.pos] !== '"') {
    readQuotedPart(reader, parts, QUOTED_RUN, '$`"\\\n');
  }
  if (reader.pos === opening + 1 && parts.length === before) addEmpty(reader, parts, opening);
  if (reader.pos < reader.text.length) reader.pos += 1;
  else reader.state.complete = false;
}

/**
 * Reads one part of a double-quoted string or a here-document. A backslash escapes only the
 * characters in `escapable`.
 */
function readQuotedPart(reader: Reader, parts: WordPart[], run: RegExp, escapable: string): void {
  const start = reader.pos;
  const text = consume(reader, run);
  if (text !== null) {
    addLiteral(reader, parts, start, text, true);
    return;
  }
  const char = reader.text[start];
  if (char === '$') {
    readExpansion(reader, parts, true);
    return;
  }
  if (char === '`') {
    readBackquote(reader, parts, true);
    return;
  }
  const next = reader.text[start + 1];
  if (char === '\\' && next !== undefined && escapable.includes(next)) {
    reader.pos += 2;
    if (next !== '\n') addLiteral(reader, parts, start, next, true);
    return;
  }
  reader.pos += 1;
  addLiteral(reader, parts, start, char ?? '', true);
}

function readBackslash(reader: Reader, parts: WordPart[]): void {
  const start = reader.pos;
  const next = reader.text[start + 1];
  reader.pos = Math.min(reader.text.length, start + 2);
  if (next === '\n') return;
  if (next === undefined) reader.state.complete = false;
  addLiteral(reader, parts, start, next ?? '\\', true);
}

function readGlob(reader: Reader, parts: WordPart[]): void {
  const start = reader.pos;
  if (reader.dialect !== 'sh' && consume(reader, PATTERN_LIST) !== null) {
    reader.pos -= 1;
    addPatternList(reader, parts, start);
    return;
  }
  while (reader.text[reader.pos] === '*' || reader.text[reader.pos] === '?') reader.pos += 1;
  // zsh: glob qualifiers, `*(.)`
  if (reader.dialect === 'zsh' && reader.text[reader.pos] === '(') {
    addPatternList(reader, parts, start);
    return;
  }
  addGlob(reader, parts, start);
}

function addGlob(reader: Reader, parts: WordPart[], start: number): void {
  const text = reader.text.slice(start, reader.pos);
  if (countStep(reader)) parts.push({ kind: 'glob', text, ...spanFrom(reader, start) });
}

function readBracket(reader: Reader, parts: WordPart[]): void {
  const start = reader.pos;
  if (reader.state.openBrackets < MAX_OPEN_BRACKETS && consume(reader, BRACKET) !== null) {
    addGlob(reader, parts, start);
    return;
  }
  reader.state.openBrackets += 1;
  reader.pos += 1;
  addLiteral(reader, parts, start, '[', false);
}

function readTilde(reader: Reader, parts: WordPart[], wordStart: number): void {
  const start = reader.pos;
  const before = reader.text[start - 1];
  if (start === wordStart || before === '=' || before === ':') {
    const text = consume(reader, TILDE);
    if (text !== null) {
      if (countStep(reader)) parts.push({ kind: 'tilde', text, ...spanFrom(reader, start) });
      return;
    }
  }
  reader.pos += 1;
  addLiteral(reader, parts, start, '~', false);
}

/** zsh: `=(…)` is a process substitution, and `=name` is the path of a program. */
function readEquals(reader: Reader, parts: WordPart[], wordStart: number): void {
  const start = reader.pos;
  if (reader.dialect === 'zsh' && start === wordStart) {
    if (reader.text[start + 1] === '(') {
      readProcessSubstitution(reader, parts);
      return;
    }
    if (/[A-Za-z]/.test(reader.text[start + 1] ?? '')) {
      reader.pos += 1;
      return;
    }
  }
  reader.pos += 1;
  addLiteral(reader, parts, start, '=', false);
}

function readProcessSubstitution(reader: Reader, parts: WordPart[]): void {
  const start = reader.pos;
  const direction = reader.text[start] === '>' ? 'out' : 'in';
  reader.pos += 2;
  const script = readNested(reader, ')');
  const text = reader.text.slice(start, reader.pos);
  if (countStep(reader)) parts.push({ kind: 'process', text, direction, script, ...spanFrom(reader, start) });
}

/**
 * Patterns such as `@(a|b)` and `!(x)` in bash and zsh: the run just read ends in the operator
 * character.
 */
function endsInPatternList(reader: Reader, run: string): boolean {
  return reader.dialect !== 'sh' && reader.text[reader.pos] === '(' && /[+@!]$/.test(run);
}

/** Reads a bracketed pattern as one glob; its brackets must match on the same line. */
function addPatternList(reader: Reader, parts: WordPart[], start: number): void {
  let open = 0;
  while (reader.pos < reader.text.length && reader.text[reader.pos] !== '\n') {
    const char = reader.text[reader.pos];
    // A backslash at the end of the text continues the line.
    if (char === '\\' && reader.pos + 1 === reader.text.length) reader.state.complete = false;
    reader.pos += char === '\\' ? 2 : 1;
    if (char === '(') open += 1;
    if (char === ')') open -= 1;
    if (open === 0) break;
  }
  reader.pos = Math.min(reader.pos, reader.text.length);
  addGlob(reader, parts, start);
}

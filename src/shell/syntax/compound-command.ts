/**
 * Compound commands and function definitions. POSIX 2024 XCU §2.9.4, §2.9.5; bash `[[ ]]`, `(( ))`,
 * `select`; zsh short forms.
 */

import type { Branch, Command, CompoundCommand, Script, Word, WordPart } from '../model.ts';
import { readArithmetic } from './expansion-syntax.ts';
import { wordOf } from './parts.ts';
import { emptyWord, looksAt, moveOn, type Reader, readNested, spanFrom, step, take } from './reader.ts';
import { readRedirections } from './redirections.ts';
import { readElements } from './simple-command.ts';
import { skipBlanks, skipLines } from './trivia.ts';
import { readWord } from './words.ts';

/** The readers that compound commands need of the grammar around them. */
export interface Inner {
  /** Reads a list up to a closing keyword or bracket. */
  readonly list: (reader: Reader) => Script;
  readonly command: (reader: Reader) => Command;
}

type Body = Pick<CompoundCommand, 'kind'> & Partial<Pick<CompoundCommand, 'name' | 'words' | 'branches'>>;

const word = (name: string): RegExp => new RegExp(`${name}(?=[ \\t\\r\\n;&|()<>]|$)`, 'y');
const KEYWORDS = {
  thenBody: word('then'),
  elif: word('elif'),
  else: word('else'),
  fi: word('fi'),
  do: word('do'),
  done: word('(?:done|end)'),
  in: word('in'),
  esac: word('esac'),
  closeBrace: word('\\}'),
  closeTest: word('\\]\\]'),
  openBrace: /\{(?=[ \t\r\n])/y,
  always: word('always'),
  brackets: /[ \t]*\([ \t]*\)/y,
  caseEnd: /;;&?|;&|;\|/y,
};

const HANDLERS: Readonly<Record<string, (reader: Reader, inner: Inner) => Body>> = {
  if: readIf,
  while: readWhile,
  until: readWhile,
  for: readFor,
  foreach: readFor,
  select: readFor,
  repeat: readRepeat,
  case: readCase,
  function: readFunction,
  '{': readGroup,
  '[[': readTest,
};

/** Reads the compound command whose keyword has just been read. */
export function readCompound(reader: Reader, keyword: string, start: number, inner: Inner): CompoundCommand | null {
  const handler = Object.hasOwn(HANDLERS, keyword) ? HANDLERS[keyword] : undefined;
  return handler ? finish(reader, start, handler(reader, inner)) : null;
}

/** Reads `(…)` or `((…))` with the position at the bracket. */
export function readBracketed(reader: Reader, start: number): CompoundCommand {
  if (reader.text[start + 1] === '(') {
    const parts: WordPart[] = [];
    reader.pos += 2;
    if (readArithmetic(reader, parts, start, true, '))')) {
      const span = spanFrom(reader, start);
      const words = [wordOf(parts, span.start, span.end, reader.source.exact)];
      return finish(reader, start, { kind: 'arithmetic', words });
    }
    reader.pos = start;
  }
  reader.pos += 1;
  const script = readNested(reader, ')');
  return finish(reader, start, { kind: 'subshell', branches: [{ role: 'body', script }] });
}

/** Reads the body of `name ()`. */
export function readFunctionBody(reader: Reader, start: number, name: string, inner: Inner): CompoundCommand {
  skipLines(reader);
  return finish(reader, start, { kind: 'function', name, branches: [commandBody(reader, inner)] });
}

function finish(reader: Reader, start: number, body: Body): CompoundCommand {
  const redirections = readRedirections(reader);
  return { name: null, words: [], branches: [], ...body, redirections, ...spanFrom(reader, start) };
}

const expectKeyword = (reader: Reader, keyword: RegExp): void => {
  if (take(reader, keyword) === null) reader.notes.complete = reader.notes.complete && reader.dialect === 'zsh';
};

function commandBody(reader: Reader, inner: Inner): Branch {
  const start = reader.pos;
  const command = inner.command(reader);
  const span = spanFrom(reader, start);
  const pipeline = { commands: [command], negated: false, ...span };
  return { role: 'body', script: { items: [{ pipeline, separator: ';' }], ...span } };
}

function readIf(reader: Reader, inner: Inner): Body {
  const branches: Branch[] = [];
  do {
    branches.push({ role: 'condition', script: inner.list(reader) });
    if (take(reader, KEYWORDS.thenBody) !== null) branches.push({ role: 'body', script: inner.list(reader) });
  } while (take(reader, KEYWORDS.elif) !== null && step(reader));
  if (take(reader, KEYWORDS.else) !== null) branches.push({ role: 'body', script: inner.list(reader) });
  expectKeyword(reader, KEYWORDS.fi);
  return { kind: 'if', branches };
}

function readWhile(reader: Reader, inner: Inner): Body {
  const branches: Branch[] = [{ role: 'condition', script: inner.list(reader) }];
  expectKeyword(reader, KEYWORDS.do);
  branches.push({ role: 'body', script: inner.list(reader) });
  expectKeyword(reader, KEYWORDS.done);
  return { kind: 'loop', branches };
}

function readFor(reader: Reader, inner: Inner): Body {
  skipBlanks(reader);
  const words: Word[] = [];
  let name: string | null = null;
  if (reader.text.startsWith('((', reader.pos)) {
    words.push(...readBracketed(reader, reader.pos).words);
  } else {
    name = readWord(reader).text;
    readForList(reader, words);
  }
  return { kind: 'loop', name, words, branches: [readLoopBody(reader, inner)] };
}

function readForList(reader: Reader, words: Word[]): void {
  skipLines(reader);
  if (reader.text[reader.pos] === '(') {
    words.push(...readElements(reader));
    return;
  }
  if (take(reader, KEYWORDS.in) === null) return;
  while (reader.pos < reader.text.length && step(reader)) {
    skipBlanks(reader);
    if ('\n;&|)'.includes(reader.text[reader.pos] ?? ';')) return;
    const before = reader.pos;
    words.push(readWord(reader));
    moveOn(reader, before);
  }
}

function readLoopBody(reader: Reader, inner: Inner): Branch {
  skipLines(reader);
  if (reader.text[reader.pos] === ';') reader.pos += 1;
  skipLines(reader);
  if (take(reader, KEYWORDS.do) !== null) {
    const script = inner.list(reader);
    expectKeyword(reader, KEYWORDS.done);
    return { role: 'body', script };
  }
  if (reader.dialect === 'zsh' || looksAt(reader, KEYWORDS.openBrace)) return commandBody(reader, inner);
  const script = inner.list(reader);
  expectKeyword(reader, KEYWORDS.done);
  return { role: 'body', script };
}

function readRepeat(reader: Reader, inner: Inner): Body {
  skipBlanks(reader);
  const words = [readWord(reader)];
  return { kind: 'loop', words, branches: [readLoopBody(reader, inner)] };
}

function readCase(reader: Reader, inner: Inner): Body {
  skipBlanks(reader);
  const words = [readWord(reader)];
  const branches: Branch[] = [];
  skipLines(reader);
  expectKeyword(reader, KEYWORDS.in);
  while (reader.pos < reader.text.length && step(reader)) {
    skipLines(reader);
    if (take(reader, KEYWORDS.esac) !== null) return { kind: 'case', words, branches };
    readPatterns(reader, words);
    branches.push({ role: 'body', script: inner.list(reader) });
    const ended = take(reader, KEYWORDS.caseEnd) !== null;
    if (!ended && !looksAt(reader, KEYWORDS.esac)) break;
  }
  reader.notes.complete = false;
  return { kind: 'case', words, branches };
}

/** Reads `a|b)`; patterns are words too, because substitutions in them run. */
function readPatterns(reader: Reader, words: Word[]): void {
  if (reader.text[reader.pos] === '(') reader.pos += 1;
  while (reader.pos < reader.text.length && step(reader)) {
    skipBlanks(reader);
    const char = reader.text[reader.pos];
    if (char === ')') {
      reader.pos += 1;
      return;
    }
    if (char === '\n' || char === ';') return;
    const before = reader.pos;
    const pattern = readWord(reader);
    if (!moveOn(reader, before)) words.push(pattern);
  }
}

function readFunction(reader: Reader, inner: Inner): Body {
  skipBlanks(reader);
  const name = (reader.pos < reader.text.length ? readWord(reader) : emptyWord(reader)).text;
  take(reader, KEYWORDS.brackets);
  skipLines(reader);
  return { kind: 'function', name, branches: [commandBody(reader, inner)] };
}

function readGroup(reader: Reader, inner: Inner): Body {
  const branches: Branch[] = [{ role: 'body', script: inner.list(reader) }];
  expectKeyword(reader, KEYWORDS.closeBrace);
  skipBlanks(reader);
  if (reader.dialect === 'zsh' && take(reader, KEYWORDS.always) !== null) {
    skipLines(reader);
    branches.push(commandBody(reader, inner));
  }
  return { kind: 'group', branches };
}

function readTest(reader: Reader): Body {
  const words: Word[] = [];
  while (reader.pos < reader.text.length && step(reader)) {
    skipLines(reader);
    if (take(reader, KEYWORDS.closeTest) !== null) return { kind: 'test', words };
    const before = reader.pos;
    const operand = readWord(reader, 'blank');
    if (!moveOn(reader, before)) words.push(operand);
  }
  reader.notes.complete = false;
  return { kind: 'test', words };
}

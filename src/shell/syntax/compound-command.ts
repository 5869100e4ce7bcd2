/**
 * Compound commands and function definitions. POSIX 2024 XCU §2.9.4, §2.9.5; bash `[[ ]]`, `(( ))`,
 * `select`; zsh short forms.
 */

import type { Branch, Command, CompoundCommand, Script, Word, WordPart } from '../model.ts';
import { readArithmetic } from './expansion-syntax.ts';
import { addLiteral, wordOf } from './parts.ts';
import { consume, countStep, emptyWord, ensureProgress, isAt, type Reader, readNested, spanFrom } from './reader.ts';
import { readRedirections } from './redirections.ts';
import { readElements } from './simple-command.ts';
import { skipBlanks, skipLines } from './trivia.ts';
import { readWord } from './words.ts';

/** Readers of the surrounding grammar, passed in to avoid an import cycle. */
export interface NestedReaders {
  /** Reads a list up to a closing keyword or bracket. */
  readonly list: (reader: Reader) => Script;
  readonly command: (reader: Reader) => Command;
}

type Body = Pick<CompoundCommand, 'kind'> & Partial<Pick<CompoundCommand, 'name' | 'words' | 'branches' | 'negated'>>;

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

const HANDLERS: Readonly<Record<string, (reader: Reader, nested: NestedReaders) => Body>> = {
  if: readIf,
  while: readWhile,
  until: (reader, nested) => ({ ...readWhile(reader, nested), negated: true }),
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
export function readCompound(
  reader: Reader,
  keyword: string,
  start: number,
  nested: NestedReaders,
): CompoundCommand | null {
  const handler = Object.hasOwn(HANDLERS, keyword) ? HANDLERS[keyword] : undefined;
  return handler ? finish(reader, start, handler(reader, nested)) : null;
}

/** Reads `(…)` or `((…))` at the position. */
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
export function readFunctionBody(reader: Reader, start: number, name: string, nested: NestedReaders): CompoundCommand {
  skipLines(reader);
  const body = TIGHT_GROUP.test(reader.text.slice(reader.pos, reader.pos + 2))
    ? tightBody(reader, nested)
    : commandBody(reader, nested);
  return finish(reader, start, { kind: 'function', name, branches: [body] });
}

/** `f(){cmd; }`: zsh reads a group. For other shells it is an error that likely means one. */
const TIGHT_GROUP = /^\{[^\s{},]/;
function tightBody(reader: Reader, nested: NestedReaders): Branch {
  const start = reader.pos;
  reader.state.complete = reader.state.complete && reader.dialect === 'zsh';
  reader.pos += 1;
  const group = finish(reader, start, readGroup(reader, nested));
  const span = spanFrom(reader, start);
  return {
    role: 'body',
    script: { items: [{ pipeline: { commands: [group], negated: false, ...span }, separator: ';' }], ...span },
  };
}

function finish(reader: Reader, start: number, body: Body): CompoundCommand {
  const redirections = readRedirections(reader);
  return { name: null, words: [], branches: [], negated: false, ...body, redirections, ...spanFrom(reader, start) };
}

const expectKeyword = (reader: Reader, keyword: RegExp): void => {
  if (consume(reader, keyword) === null) reader.state.complete = reader.state.complete && reader.dialect === 'zsh';
};

function commandBody(reader: Reader, nested: NestedReaders): Branch {
  const start = reader.pos;
  const command = nested.command(reader);
  const span = spanFrom(reader, start);
  const pipeline = { commands: [command], negated: false, ...span };
  return { role: 'body', script: { items: [{ pipeline, separator: ';' }], ...span } };
}

function readIf(reader: Reader, nested: NestedReaders): Body {
  const branches: Branch[] = [];
  do {
    branches.push({ role: 'condition', script: nested.list(reader) });
    if (consume(reader, KEYWORDS.thenBody) !== null) branches.push({ role: 'body', script: nested.list(reader) });
  } while (consume(reader, KEYWORDS.elif) !== null && countStep(reader));
  if (consume(reader, KEYWORDS.else) !== null) branches.push({ role: 'body', script: nested.list(reader) });
  expectKeyword(reader, KEYWORDS.fi);
  return { kind: 'if', branches };
}

function readWhile(reader: Reader, nested: NestedReaders): Body {
  const branches: Branch[] = [{ role: 'condition', script: nested.list(reader) }];
  expectKeyword(reader, KEYWORDS.do);
  branches.push({ role: 'body', script: nested.list(reader) });
  expectKeyword(reader, KEYWORDS.done);
  return { kind: 'loop', branches };
}

function readFor(reader: Reader, nested: NestedReaders): Body {
  skipBlanks(reader);
  const words: Word[] = [];
  let name: string | null = null;
  if (reader.text.startsWith('((', reader.pos)) {
    words.push(...readBracketed(reader, reader.pos).words);
  } else {
    name = readWord(reader).text;
    readForList(reader, words);
  }
  return { kind: 'loop', name, words, branches: [readLoopBody(reader, nested)] };
}

function readForList(reader: Reader, words: Word[]): void {
  skipLines(reader);
  if (reader.text[reader.pos] === '(') {
    words.push(...readElements(reader));
    return;
  }
  if (consume(reader, KEYWORDS.in) === null) return;
  while (reader.pos < reader.text.length && countStep(reader)) {
    skipBlanks(reader);
    if ('\n;&|)'.includes(reader.text[reader.pos] ?? ';')) return;
    const before = reader.pos;
    words.push(readWord(reader));
    ensureProgress(reader, before);
  }
}

function readLoopBody(reader: Reader, nested: NestedReaders): Branch {
  skipLines(reader);
  if (reader.text[reader.pos] === ';') reader.pos += 1;
  skipLines(reader);
  if (consume(reader, KEYWORDS.do) !== null) {
    const script = nested.list(reader);
    expectKeyword(reader, KEYWORDS.done);
    return { role: 'body', script };
  }
  if (reader.dialect === 'zsh' || isAt(reader, KEYWORDS.openBrace)) return commandBody(reader, nested);
  const script = nested.list(reader);
  expectKeyword(reader, KEYWORDS.done);
  return { role: 'body', script };
}

function readRepeat(reader: Reader, nested: NestedReaders): Body {
  skipBlanks(reader);
  const words = [readWord(reader)];
  return { kind: 'loop', words, branches: [readLoopBody(reader, nested)] };
}

function readCase(reader: Reader, nested: NestedReaders): Body {
  skipBlanks(reader);
  const words = [readWord(reader)];
  const branches: Branch[] = [];
  skipLines(reader);
  expectKeyword(reader, KEYWORDS.in);
  while (reader.pos < reader.text.length && countStep(reader)) {
    skipLines(reader);
    if (consume(reader, KEYWORDS.esac) !== null) return { kind: 'case', words, branches };
    readPatterns(reader, words);
    branches.push({ role: 'body', script: nested.list(reader) });
    const ended = consume(reader, KEYWORDS.caseEnd) !== null;
    if (!ended && !isAt(reader, KEYWORDS.esac)) break;
  }
  reader.state.complete = false;
  return { kind: 'case', words, branches };
}

/** Reads `a|b)`. Patterns are kept as words because substitutions in them run. */
function readPatterns(reader: Reader, words: Word[]): void {
  if (reader.text[reader.pos] === '(') reader.pos += 1;
  while (reader.pos < reader.text.length && countStep(reader)) {
    skipBlanks(reader);
    const char = reader.text[reader.pos];
    if (char === ')') {
      reader.pos += 1;
      return;
    }
    if (char === '\n' || char === ';') return;
    const before = reader.pos;
    const pattern = readWord(reader);
    if (!ensureProgress(reader, before)) words.push(pattern);
  }
}

function readFunction(reader: Reader, nested: NestedReaders): Body {
  skipBlanks(reader);
  const name = (reader.pos < reader.text.length ? readWord(reader) : emptyWord(reader)).text;
  consume(reader, KEYWORDS.brackets);
  skipLines(reader);
  return { kind: 'function', name, branches: [commandBody(reader, nested)] };
}

function readGroup(reader: Reader, nested: NestedReaders): Body {
  const branches: Branch[] = [{ role: 'body', script: nested.list(reader) }];
  expectKeyword(reader, KEYWORDS.closeBrace);
  skipBlanks(reader);
  if (reader.dialect === 'zsh' && consume(reader, KEYWORDS.always) !== null) {
    skipLines(reader);
    branches.push(commandBody(reader, nested));
  }
  return { kind: 'group', branches };
}

/** The keyword, which has just been read, is the first word. */
function readTest(reader: Reader): Body {
  const parts: WordPart[] = [];
  const opening = reader.pos - '[['.length;
  addLiteral(reader, parts, opening, '[[', false);
  const span = spanFrom(reader, opening);
  const words: Word[] = [wordOf(parts, span.start, span.end, reader.source.exact)];
  while (reader.pos < reader.text.length && countStep(reader)) {
    skipLines(reader);
    if (consume(reader, KEYWORDS.closeTest) !== null) return { kind: 'test', words };
    const before = reader.pos;
    const operand = readWord(reader, 'blank');
    if (!ensureProgress(reader, before)) words.push(operand);
  }
  reader.state.complete = false;
  return { kind: 'test', words };
}

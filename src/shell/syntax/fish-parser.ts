/**
 * Statements of fish (fish manual, "The fish language"). Never fails: invalid input is read as
 * words or skipped.
 */

import { MAX_DEPTH } from '../limits.ts';
import type {
  Branch,
  Command,
  CompoundCommand,
  ListItem,
  Redirection,
  Script,
  Separator,
  SimpleCommand,
  Word,
} from '../model.ts';
import { readFishWord } from './fish-words.ts';
import { type PipelineWords, readPipeline } from './pipeline.ts';
import {
  consume,
  countStep,
  cutOff,
  emptyWord,
  ensureProgress,
  type Grammar,
  isAt,
  type Mutable,
  type Reader,
  spanFrom,
} from './reader.ts';
import { skipBlanks, skipComment, skipLines } from './trivia.ts';

const AFTER_WORD = '(?=[ \\t\\r\\n;&|()<>]|$)';
const keyword = (names: string): RegExp => new RegExp(`(?:${names})${AFTER_WORD}`, 'y');
const END = keyword('end');
const ELSE = keyword('else');
const IF = keyword('if');
const CASE = keyword('case');
const IN = keyword('in');
const CLOSING = keyword('end|else|case');
const JOIN = keyword('and|or');
const NOT = keyword('not|!');
const OPENING = keyword('if|while|for|switch|function|begin|\\{');
const CLOSE_BRACE = keyword('\\}');
const SEPARATOR = /&&|\|\||&(?!\|)|;/y;
const PIPE = /\|(?!\|)|&\||\d?>\|/y;
const REDIRECTION = /(\d{1,3})?(<&|<\??|>>\??|>&|>\?|>(?!\|)|\^)|(&>>?\??)/y;
const STRAY = /[;&|]+/y;

const PIPELINE: PipelineWords = { not: NOT, pipe: PIPE, command: (reader) => readCommand(reader) };

/** Grammar of fish. */
export const FISH_GRAMMAR: Grammar = {
  parseScript: (reader) => readList(reader, false),
  readArgument: (reader) => readFishWord(reader),
};

/** Reads statements up to a closing bracket, or inside a block up to `end`, `else`, `case`. */
function readList(reader: Reader, inBlock: boolean): Script {
  const start = reader.pos;
  const items: Mutable<ListItem>[] = [];
  while (reader.pos < reader.text.length && countStep(reader)) {
    skipLines(reader);
    if (reader.pos >= reader.text.length) break;
    if (reader.text[reader.pos] === ')') {
      if (reader.depth > 0) break;
      reader.pos += 1;
      reader.state.complete = false;
      continue;
    }
    if (isAt(reader, CLOSING) || isAt(reader, CLOSE_BRACE)) {
      if (inBlock) break;
      if (consume(reader, CLOSING) === null) reader.pos += 1;
      reader.state.complete = false;
      continue;
    }
    if (consume(reader, STRAY) !== null) continue;
    readItem(reader, items);
  }
  return { items, ...spanFrom(reader, start) };
}

/** Reads a statement. A preceding `and` or `or` sets the separator of the previous item. */
function readItem(reader: Reader, items: Mutable<ListItem>[]): void {
  const before = reader.pos;
  const join = consume(reader, JOIN);
  const previous = items.at(-1);
  if (join !== null && previous) previous.separator = join === 'and' ? '&&' : '||';
  skipBlanks(reader);
  const pipeline = readPipeline(reader, PIPELINE);
  items.push({ pipeline, separator: readSeparator(reader) });
  ensureProgress(reader, before);
}

function readSeparator(reader: Reader): Separator {
  skipBlanks(reader);
  const found = consume(reader, SEPARATOR);
  return found === '&&' || found === '||' || found === '&' ? found : ';';
}

function readCommand(reader: Reader): Command {
  const start = reader.pos;
  if (!isAt(reader, OPENING)) return readSimple(reader);
  if (reader.depth >= MAX_DEPTH) {
    cutOff(reader.state, reader.source.from(reader.pos));
    return readSimple(reader);
  }
  reader.depth += 1;
  const body = readBlock(reader, consume(reader, OPENING) ?? '');
  if (consume(reader, body.kind === 'group' && reader.text[start] === '{' ? CLOSE_BRACE : END) === null) {
    reader.state.complete = false;
  }
  reader.depth -= 1;
  const { redirections } = readWordsAndRedirections(reader);
  return { name: null, words: [], negated: false, ...body, redirections, ...spanFrom(reader, start) };
}

type Block = Pick<CompoundCommand, 'kind' | 'branches'> & Partial<Pick<CompoundCommand, 'name' | 'words'>>;

function readBlock(reader: Reader, opening: string): Block {
  skipBlanks(reader);
  switch (opening) {
    case 'if':
      return { kind: 'if', branches: readIf(reader) };
    case 'while':
      return { kind: 'loop', branches: [readCondition(reader), readBody(reader)] };
    case 'for':
      return readFor(reader);
    case 'switch':
      return readSwitch(reader);
    case 'function': {
      const { words } = readWordsAndRedirections(reader);
      return { kind: 'function', name: words[0]?.text ?? '', words: words.slice(1), branches: [readBody(reader)] };
    }
    default:
      return { kind: 'group', branches: [readBody(reader)] };
  }
}

const readBody = (reader: Reader): Branch => ({ role: 'body', script: readList(reader, true) });

/** Reads one statement, and the statements joined to it by `and` or `or`. */
function readCondition(reader: Reader): Branch {
  const start = reader.pos;
  const items: Mutable<ListItem>[] = [];
  do {
    readItem(reader, items);
    skipLines(reader);
  } while ((isAt(reader, JOIN) || /&&|\|\|/.test(items.at(-1)?.separator ?? '')) && countStep(reader));
  return { role: 'condition', script: { items, ...spanFrom(reader, start) } };
}

function readIf(reader: Reader): Branch[] {
  const branches: Branch[] = [readCondition(reader), readBody(reader)];
  while (consume(reader, ELSE) !== null && countStep(reader)) {
    skipBlanks(reader);
    if (consume(reader, IF) !== null) {
      skipBlanks(reader);
      branches.push(readCondition(reader));
    }
    branches.push(readBody(reader));
  }
  return branches;
}

function readFor(reader: Reader): Block {
  const name = readFishWord(reader).text;
  skipBlanks(reader);
  consume(reader, IN);
  const { words } = readWordsAndRedirections(reader);
  return { kind: 'loop', name, words, branches: [readBody(reader)] };
}

function readSwitch(reader: Reader): Block {
  const { words } = readWordsAndRedirections(reader);
  const branches: Branch[] = [readBody(reader)];
  while (consume(reader, CASE) !== null && countStep(reader)) {
    words.push(...readWordsAndRedirections(reader).words);
    branches.push(readBody(reader));
  }
  return { kind: 'case', words, branches };
}

function readSimple(reader: Reader): SimpleCommand {
  const start = reader.pos;
  const { words, redirections, end } = readWordsAndRedirections(reader);
  const { source } = reader;
  const from = source.from(start);
  return { kind: 'simple', assignments: [], words, redirections, start: from, end: Math.max(from, source.to(end)) };
}

interface WordsAndRedirections {
  readonly words: Word[];
  readonly redirections: Redirection[];
  /** End position of the last word or redirection. */
  readonly end: number;
}

function readWordsAndRedirections(reader: Reader): WordsAndRedirections {
  const words: Word[] = [];
  const redirections: Redirection[] = [];
  let end = reader.pos;
  while (reader.pos < reader.text.length && countStep(reader)) {
    skipBlanks(reader);
    if (isAt(reader, PIPE)) break;
    const redirection = readRedirection(reader);
    const char = reader.text[reader.pos];
    if (redirection !== null) redirections.push(redirection);
    else if (char === undefined || '\n;&|)'.includes(char) || (char === '#' && skipComment(reader))) break;
    else words.push(readWordOrBracket(reader));
    end = reader.pos;
  }
  return { words, redirections, end: Math.max(end, 0) };
}

/** Always advances: an unmatched bracket becomes a word of its own. */
function readWordOrBracket(reader: Reader): Word {
  const before = reader.pos;
  const word = readFishWord(reader);
  ensureProgress(reader, before);
  return word;
}

function readRedirection(reader: Reader): Redirection | null {
  const start = reader.pos;
  REDIRECTION.lastIndex = start;
  const found = REDIRECTION.exec(reader.text);
  if (found === null || (found[2] === '^' && !/[ \t]/.test(reader.text[start - 1] ?? ' '))) return null;
  reader.pos += found[0].length;
  skipBlanks(reader);
  const target = reader.pos < reader.text.length ? readFishWord(reader) : emptyWord(reader);
  const written = found[2] ?? found[3] ?? '>';
  const operator = written === '^' ? '>' : written.replace('?', '');
  const fd = found[1] !== undefined ? Number(found[1]) : written === '^' ? 2 : operator.startsWith('<') ? 0 : 1;
  return { operator, fd, target, body: null, ...spanFrom(reader, start) };
}

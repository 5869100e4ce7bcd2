/**
 * Lists and pipelines of bash, zsh and POSIX sh. Never fails: invalid input is read as words or
 * skipped.
 */

import { MAX_DEPTH } from '../limits.ts';
import type { Command, CompoundCommand, ListItem, Script, Separator } from '../model.ts';
import { type NestedReaders, readBracketed, readCompound, readFunctionBody } from './compound-command.ts';
import { type PipelineWords, readPipeline } from './pipeline.ts';
import { consume, countStep, cutOff, type Grammar, isAt, type Reader, skipToClosing, spanFrom } from './reader.ts';
import { readSimple } from './simple-command.ts';
import { readDocuments, skipBlanks, skipLines } from './trivia.ts';
import { readArgument } from './words.ts';

const CLOSING = /(?:then|do|done|fi|elif|else|esac|\})(?=[ \t\r\n;&|()<>]|$)|;;&?|;&|;\|/y;
const CLOSING_ZSH = /(?:then|do|done|fi|elif|else|esac|end|\})(?=[ \t\r\n;&|()<>]|$)|;;&?|;&|;\|/y;
const OPENING = /(?:if|for|foreach|while|until|case|select|repeat|function|\{|\[\[|time|coproc)(?=[ \t\r\n;&|()<>]|$)/y;
const ZSH_ONLY = new Set(['repeat', 'foreach']);
const PREFIX =
  /(?:time(?:[ \t]+-p)?|coproc(?:[ \t]+[A-Za-z_]\w*)?)[ \t]+(?=[({]|(?:if|for|while|until|case|\[\[)[ \t\n(])/y;
const BANG = /!(?=[ \t\r\n(]|$)/y;
const PIPE = /\|&?(?!\|)/y;
const SEPARATOR = /&&|\|\||&[|!]?|;(?![;&|])/y;
const STRAY = /[;&|]+/y;

const PIPELINE: PipelineWords = { not: BANG, pipe: PIPE, command: (reader) => readCommand(reader) };

/** Grammar of bash, zsh and sh. */
export const POSIX_GRAMMAR: Grammar = {
  parseScript: (reader, closer) => readList(reader, closer),
  readArgument,
};

const NESTED: NestedReaders = {
  list: (reader) => readList(reader, 'keyword'),
  command: (reader) => readCommand(reader),
};

/**
 * What ends a list: a bracket, a closing keyword of the surrounding compound command, or the end of
 * the text (null).
 */
type ListEnd = ')' | '}' | 'keyword' | null;

function readList(reader: Reader, end: ListEnd): Script {
  const start = reader.pos;
  const items: ListItem[] = [];
  const closing = reader.dialect === 'zsh' ? CLOSING_ZSH : CLOSING;
  while (reader.pos < reader.text.length && countStep(reader)) {
    skipLines(reader);
    if (reader.pos >= reader.text.length) break;
    if (reader.text[reader.pos] === ')') {
      if (end !== null || reader.depth > 0) break;
      skipStray(reader);
      continue;
    }
    if (isAt(reader, closing)) {
      if (end === 'keyword' || (end === '}' && reader.text[reader.pos] === '}')) break;
      consume(reader, closing);
      reader.state.complete = false;
      continue;
    }
    if (consume(reader, STRAY) !== null) continue;
    const before = reader.pos;
    const pipeline = readPipeline(reader, PIPELINE);
    items.push({ pipeline, separator: readSeparator(reader) });
    if (reader.pos === before) skipStray(reader);
  }
  return { items, ...spanFrom(reader, start) };
}

function skipStray(reader: Reader): void {
  reader.pos += 1;
  reader.state.complete = false;
}

function readSeparator(reader: Reader): Separator {
  skipBlanks(reader);
  const found = consume(reader, SEPARATOR);
  if (found === '&&' || found === '||' || found === ';') return found;
  if (found?.startsWith('&')) return '&';
  if (reader.text[reader.pos] === '\n') {
    reader.pos += 1;
    readDocuments(reader);
  }
  return ';';
}

function readCommand(reader: Reader): Command {
  const start = reader.pos;
  if (reader.text[start] !== '(' && !isAt(reader, OPENING)) return readSimpleOrFunction(reader);
  if (reader.depth >= MAX_DEPTH) return readBeyondDepthLimit(reader);
  reader.depth += 1;
  const command = readCompoundOrSimple(reader, start);
  reader.depth -= 1;
  return command;
}

function readCompoundOrSimple(reader: Reader, start: number): Command {
  const prefix = consume(reader, PREFIX);
  const command = readAfterPrefix(reader, start);
  return prefix?.startsWith('coproc') && command.kind !== 'simple'
    ? { ...command, kind: 'coproc', name: /^coproc\s+(\w+)/.exec(prefix)?.[1] ?? 'COPROC' }
    : command;
}

function readAfterPrefix(reader: Reader, start: number): Command {
  if (reader.text[reader.pos] === '(') return readBracketed(reader, reader.pos);
  const keyword = consume(reader, OPENING) ?? '';
  const isWord = keyword === 'time' || keyword === 'coproc' || (ZSH_ONLY.has(keyword) && reader.dialect !== 'zsh');
  const compound = isWord ? null : readCompound(reader, keyword, start, NESTED);
  if (compound) return compound;
  reader.pos = start;
  return readSimpleOrFunction(reader);
}

/** Skips brackets, so that the text after them is still read; keywords become ordinary words. */
function readBeyondDepthLimit(reader: Reader): Command {
  cutOff(reader.state, reader.source.from(reader.pos));
  if (reader.text[reader.pos] === '(') {
    reader.pos += 1;
    skipToClosing(reader, '(', ')');
  }
  return readSimpleOrFunction(reader);
}

function readSimpleOrFunction(reader: Reader): Command {
  const start = reader.pos;
  const { command, definesFunction } = readSimple(reader);
  if (!definesFunction) return command;
  const name = command.words[0]?.text ?? '';
  if (reader.depth >= MAX_DEPTH) return command;
  reader.depth += 1;
  const definition: CompoundCommand = readFunctionBody(reader, start, name, NESTED);
  reader.depth -= 1;
  return definition;
}

/**
 * Lists and pipelines of bash, zsh and POSIX sh. Never fails: what no grammar allows is read as
 * words or skipped.
 */

import { MAX_DEPTH } from '../limits.ts';
import type { Command, CompoundCommand, ListItem, Script, Separator } from '../model.ts';
import { type Inner, readBracketed, readCompound, readFunctionBody } from './compound-command.ts';
import { type PipelineWords, readPipeline } from './pipeline.ts';
import { type Grammar, looksAt, type Reader, skipBalanced, spanFrom, step, take } from './reader.ts';
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

/** How to read bash, zsh and sh. */
export const POSIX_GRAMMAR: Grammar = {
  parseScript: (reader, closer) => readList(reader, closer),
  readArgument,
};

const INNER: Inner = {
  list: (reader) => readList(reader, 'keyword'),
  command: (reader) => readCommand(reader),
};

/**
 * Ends a list: a bracket, a closing keyword of the compound command around it, or only the end of
 * the text.
 */
type ListEnd = ')' | '}' | 'keyword' | null;

function readList(reader: Reader, end: ListEnd): Script {
  const start = reader.pos;
  const items: ListItem[] = [];
  const closing = reader.dialect === 'zsh' ? CLOSING_ZSH : CLOSING;
  while (reader.pos < reader.text.length && step(reader)) {
    skipLines(reader);
    if (reader.pos >= reader.text.length) break;
    if (reader.text[reader.pos] === ')') {
      if (end !== null || reader.depth > 0) break;
      skipStray(reader);
      continue;
    }
    if (looksAt(reader, closing)) {
      if (end === 'keyword' || (end === '}' && reader.text[reader.pos] === '}')) break;
      take(reader, closing);
      reader.notes.complete = false;
      continue;
    }
    if (take(reader, STRAY) !== null) continue;
    const before = reader.pos;
    const pipeline = readPipeline(reader, PIPELINE);
    items.push({ pipeline, separator: readSeparator(reader) });
    if (reader.pos === before) skipStray(reader);
  }
  return { items, ...spanFrom(reader, start) };
}

function skipStray(reader: Reader): void {
  reader.pos += 1;
  reader.notes.complete = false;
}

function readSeparator(reader: Reader): Separator {
  skipBlanks(reader);
  const found = take(reader, SEPARATOR);
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
  if (reader.text[start] !== '(' && !looksAt(reader, OPENING)) return readSimpleOrFunction(reader);
  if (reader.depth >= MAX_DEPTH) return readTooDeep(reader);
  reader.depth += 1;
  const command = readDeeper(reader, start);
  reader.depth -= 1;
  return command;
}

function readDeeper(reader: Reader, start: number): Command {
  take(reader, PREFIX);
  if (reader.text[reader.pos] === '(') return readBracketed(reader, reader.pos);
  const keyword = take(reader, OPENING) ?? '';
  const isWord = keyword === 'time' || keyword === 'coproc' || (ZSH_ONLY.has(keyword) && reader.dialect !== 'zsh');
  const compound = isWord ? null : readCompound(reader, keyword, start, INNER);
  if (compound) return compound;
  reader.pos = start;
  return readSimpleOrFunction(reader);
}

/**
 * Brackets are skipped over, so that what follows them is still read; keywords are read as ordinary
 * words.
 */
function readTooDeep(reader: Reader): Command {
  reader.notes.truncated = true;
  if (reader.text[reader.pos] === '(') {
    reader.pos += 1;
    skipBalanced(reader, '(', ')');
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
  const definition: CompoundCommand = readFunctionBody(reader, start, name, INNER);
  reader.depth -= 1;
  return definition;
}

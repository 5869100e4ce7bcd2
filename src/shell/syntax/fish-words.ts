/** Words of fish: quotes and expansions (fish manual, "The fish language"). */

import type { Word, WordPart } from '../model.ts';
import { readEscape } from './escapes.ts';
import { addLiteral, wordOf } from './parts.ts';
import { consume, countStep, type Reader, readNested, spanFrom } from './reader.ts';

const RUN = /[^ \t\r\n'"\\$*?~<>|&;()]+/y;
const QUOTED_RUN = /[^"\\$]+/y;
const NAME = /[A-Za-z0-9_]+/y;
const SUBSCRIPT = /\[[^\]\n]{0,200}\]/y;
const TILDE = /~[A-Za-z0-9_.+-]*(?=[/ \t\r\n;&|<>()]|$)/y;
const DECODED_ESCAPE = /\\[abefnrtvxXuUc0-7]/y;

/** Reads a word at the position; without parts if there is none. */
export function readFishWord(reader: Reader): Word {
  const start = reader.pos;
  const parts: WordPart[] = [];
  while (reader.pos < reader.text.length && !endsWord(reader, start)) readPart(reader, parts, start);
  const span = spanFrom(reader, start);
  return wordOf(parts, span.start, span.end, reader.source.exact);
}

function endsWord(reader: Reader, start: number): boolean {
  const char = reader.text[reader.pos] ?? '';
  // Since fish 3.5, an ampersand inside a word is part of it, so that URLs need no quotes.
  if (char === '&') return reader.pos === start || ' \t\r\n;&|'.includes(reader.text[reader.pos + 1] ?? ' ');
  return ' \t\r\n<>|;)'.includes(char);
}

function readPart(reader: Reader, parts: WordPart[], wordStart: number): void {
  const start = reader.pos;
  const char = reader.text[start] ?? '';
  if (char === "'") readSingleQuoted(reader, parts);
  else if (char === '"') readDoubleQuoted(reader, parts);
  else if (char === '\\') readBackslash(reader, parts);
  else if (char === '$') readVariable(reader, parts, false);
  else if (char === '(') readCommand(reader, parts, start, false);
  else if (char === '*' || char === '?') {
    while (reader.text[reader.pos] === '*' || reader.text[reader.pos] === '?') reader.pos += 1;
    if (countStep(reader))
      parts.push({ kind: 'glob', text: reader.text.slice(start, reader.pos), ...spanFrom(reader, start) });
  } else if (char === '~' && start === wordStart && readTilde(reader, parts)) return;
  else {
    if (consume(reader, RUN) === null) reader.pos += 1;
    addLiteral(reader, parts, start, reader.text.slice(start, reader.pos), false);
  }
}

function readTilde(reader: Reader, parts: WordPart[]): boolean {
  const start = reader.pos;
  const text = consume(reader, TILDE);
  if (text === null) return false;
  if (countStep(reader)) parts.push({ kind: 'tilde', text, ...spanFrom(reader, start) });
  return true;
}

/** Only `\'` and `\\` are escapes between single quotes. */
function readSingleQuoted(reader: Reader, parts: WordPart[]): void {
  const opening = reader.pos;
  reader.pos += 1;
  while (reader.pos < reader.text.length && reader.text[reader.pos] !== "'") {
    const start = reader.pos;
    const next = reader.text[start + 1];
    if (reader.text[start] === '\\' && (next === "'" || next === '\\')) {
      reader.pos += 2;
      addLiteral(reader, parts, start, next, true);
      continue;
    }
    reader.pos += 1;
    while (reader.pos < reader.text.length && !"'\\".includes(reader.text[reader.pos] ?? '')) reader.pos += 1;
    addLiteral(reader, parts, start, reader.text.slice(start, reader.pos), true);
  }
  closeQuote(reader, parts, opening);
}

function readDoubleQuoted(reader: Reader, parts: WordPart[]): void {
  const opening = reader.pos;
  reader.pos += 1;
  while (reader.pos < reader.text.length && reader.text[reader.pos] !== '"') {
    const start = reader.pos;
    const run = consume(reader, QUOTED_RUN);
    if (run !== null) addLiteral(reader, parts, start, run, true);
    else if (reader.text[start] === '$') readVariable(reader, parts, true);
    else readQuotedBackslash(reader, parts);
  }
  closeQuote(reader, parts, opening);
}

function readQuotedBackslash(reader: Reader, parts: WordPart[]): void {
  const start = reader.pos;
  const next = reader.text[start + 1];
  const escapes = next !== undefined && '"$\\\n'.includes(next);
  reader.pos += escapes ? 2 : 1;
  if (next !== '\n') addLiteral(reader, parts, start, escapes ? next : '\\', true);
}

function closeQuote(reader: Reader, parts: WordPart[], opening: number): void {
  const empty = reader.pos === opening + 1;
  if (reader.pos < reader.text.length) reader.pos += 1;
  else reader.state.complete = false;
  if (empty) addLiteral(reader, parts, opening, '', true);
}

function readBackslash(reader: Reader, parts: WordPart[]): void {
  const start = reader.pos;
  DECODED_ESCAPE.lastIndex = start;
  if (DECODED_ESCAPE.test(reader.text)) {
    const decoded = readEscape(reader.text, start);
    reader.pos += decoded.length;
    addLiteral(reader, parts, start, decoded.text, true);
    return;
  }
  const next = reader.text[start + 1];
  reader.pos = Math.min(reader.text.length, start + 2);
  if (next === undefined) reader.state.complete = false;
  if (next !== '\n') addLiteral(reader, parts, start, next ?? '\\', true);
}

function readVariable(reader: Reader, parts: WordPart[], quoted: boolean): void {
  const start = reader.pos;
  if (reader.text[start + 1] === '(') {
    reader.pos += 1;
    readCommand(reader, parts, start, quoted);
    return;
  }
  while (reader.text[reader.pos] === '$') reader.pos += 1;
  const name = consume(reader, NAME);
  if (name === null) {
    addLiteral(reader, parts, start, reader.text.slice(start, reader.pos), quoted);
    return;
  }
  const subscript = consume(reader, SUBSCRIPT) ?? '';
  // `$$x` is the variable whose name is in x, so its value is unknown.
  const operator = reader.text[start + 1] === '$' ? '!' : subscript;
  const text = reader.text.slice(start, reader.pos);
  if (countStep(reader)) {
    parts.push({ kind: 'variable', text, quoted, name, operator, argument: null, ...spanFrom(reader, start) });
  }
}

function readCommand(reader: Reader, parts: WordPart[], start: number, quoted: boolean): void {
  reader.pos += 1;
  const script = readNested(reader, ')');
  consume(reader, SUBSCRIPT);
  const text = reader.text.slice(start, reader.pos);
  if (countStep(reader)) parts.push({ kind: 'command', text, quoted, script, ...spanFrom(reader, start) });
}

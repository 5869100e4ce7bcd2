/**
 * Expansions that start with `$` (variables, `${…}`, `$(…)`, `$((…))`, `$'…'`) and backquotes.
 * POSIX 2024 XCU §2.6, bash and zsh manuals.
 */

import { MAX_BACKTRACKS, MAX_DEPTH, MAX_REREAD, SCRIPT_STEPS } from '../limits.ts';
import type { VariablePart, Word, WordPart } from '../model.ts';
import { type Piece, piecedSource } from '../source.ts';
import { readEscape } from './escapes.ts';
import { addLiteral } from './parts.ts';
import { consume, countStep, cutOff, newReader, type Reader, readNested, skipToClosing, spanFrom } from './reader.ts';

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const SPECIAL = /[0-9@*#?$!-]/y;
const BRACE_PREFIX = /(?:\([^)\n]*\))?[#!^=~+]*(?=[A-Za-z0-9_@*?$!-])/y;
const BRACE_NAME = /[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*?$!#-]/y;
const SUBSCRIPT = /\[[^\]\n]{0,200}\]/y;
const OPERATOR = /:?[-=?+]|##?|%%?|\/\/?|\^\^?|,,?|@|:/y;
const ANSI_RUN = /[^'\\]+/y;

/** Reads the expansion whose `$` is at the position. */
export function readExpansion(reader: Reader, parts: WordPart[], quoted: boolean): void {
  const next = reader.text[reader.pos + 1];
  if (next === '(') readParenthesis(reader, parts, quoted);
  else if (next === '{') readBrace(reader, parts, quoted);
  else if (next === "'" && !quoted) readAnsiQuoted(reader, parts);
  else if (next !== '[' || !readOldArithmetic(reader, parts, quoted)) readPlainVariable(reader, parts, quoted);
}

/** Bash's `$[…]`. */
function readOldArithmetic(reader: Reader, parts: WordPart[], quoted: boolean): boolean {
  if (reader.dialect === 'sh') return false;
  const start = reader.pos;
  reader.pos += 2;
  if (readArithmetic(reader, parts, start, quoted, ']')) return true;
  reader.pos = start;
  return false;
}

function readPlainVariable(reader: Reader, parts: WordPart[], quoted: boolean): void {
  const start = reader.pos;
  reader.pos += 1;
  const name = consume(reader, NAME) ?? consume(reader, SPECIAL);
  if (name !== null) {
    if (reader.dialect === 'zsh') consume(reader, SUBSCRIPT);
    addVariable(reader, parts, { start, quoted, name, operator: '', argument: null });
  } else if (quoted || reader.text[reader.pos] !== '"') {
    addLiteral(reader, parts, start, '$', quoted);
  }
  // `$"…"` is a string for translation: a double-quoted string without the dollar.
}

function addVariable(
  reader: Reader,
  parts: WordPart[],
  found: Pick<VariablePart, 'quoted' | 'name' | 'operator' | 'argument'> & { start: number },
): void {
  if (!countStep(reader)) return;
  const text = reader.text.slice(found.start, reader.pos);
  const { quoted, name, operator, argument } = found;
  // Spread syntax takes five times as long, which counts in a word of thousands of variables.
  const { start, end } = spanFrom(reader, found.start);
  parts.push({ kind: 'variable', text, quoted, name, operator, argument, start, end });
}

function readParenthesis(reader: Reader, parts: WordPart[], quoted: boolean): void {
  const start = reader.pos;
  if (reader.text[start + 2] === '(') {
    reader.pos += 3;
    if (readArithmetic(reader, parts, start, quoted, '))')) return;
    reader.pos = start;
  }
  reader.pos += 2;
  const script = readNested(reader, ')');
  const text = reader.text.slice(start, reader.pos);
  if (countStep(reader)) parts.push({ kind: 'command', text, quoted, script, ...spanFrom(reader, start) });
}

/**
 * Reads an arithmetic expression whose opening bracket has just been read. Returns false if the
 * brackets do not match as in arithmetic (`$((a) | (b))` is a command substitution): the caller
 * then resets the position.
 */
export function readArithmetic(
  reader: Reader,
  parts: WordPart[],
  start: number,
  quoted: boolean,
  closer: '))' | ']',
): boolean {
  if (reader.backtracks >= MAX_BACKTRACKS || reader.depth >= MAX_DEPTH) return false;
  if (reader.state.reread > MAX_REREAD) return false;
  const { complete } = reader.state;
  const inside: WordPart[] = [];
  reader.depth += 1;
  const closed = readExpression(reader, inside, closer);
  reader.depth -= 1;
  if (!closed) {
    reader.backtracks += 1;
    reader.state.reread += reader.pos - start;
    reader.state.complete = complete;
    return false;
  }
  const text = reader.text.slice(start, reader.pos);
  if (countStep(reader)) parts.push({ kind: 'arithmetic', text, quoted, parts: inside, ...spanFrom(reader, start) });
  return true;
}

function readExpression(reader: Reader, inside: WordPart[], closer: '))' | ']'): boolean {
  let open = 0;
  while (reader.pos < reader.text.length) {
    const char = reader.text[reader.pos];
    if (char === '$') readExpansion(reader, inside, true);
    else if (char === '`') readBackquote(reader, inside, true);
    else if (open === 0 && reader.text.startsWith(closer, reader.pos)) {
      reader.pos += closer.length;
      return true;
    } else {
      if (char === '(' || char === '[') open += 1;
      else if (char === ')' || char === ']') open -= 1;
      if (open < 0) return false;
      reader.pos += 1;
    }
  }
  return false;
}

function readBrace(reader: Reader, parts: WordPart[], quoted: boolean): void {
  const start = reader.pos;
  reader.pos += 2;
  const after = reader.text[reader.pos];
  if (after === ' ' || after === '\n' || after === '\t' || after === '|') {
    // Bash 5.3 and mksh: `${ command; }`
    if (after === '|') reader.pos += 1;
    const script = readNested(reader, '}');
    const text = reader.text.slice(start, reader.pos);
    if (countStep(reader)) parts.push({ kind: 'command', text, quoted, script, ...spanFrom(reader, start) });
    return;
  }
  const prefix = consume(reader, BRACE_PREFIX) ?? '';
  const name = consume(reader, BRACE_NAME) ?? '';
  const subscript = consume(reader, SUBSCRIPT) ?? '';
  const operator = prefix + (consume(reader, OPERATOR) ?? subscript);
  const argument = readBraceArgument(reader, quoted);
  addVariable(reader, parts, { start, quoted, name, operator, argument });
}

function readBraceArgument(reader: Reader, quoted: boolean): Word | null {
  if (reader.text[reader.pos] === '}') {
    reader.pos += 1;
    return null;
  }
  if (reader.depth >= MAX_DEPTH) {
    skipToClosing(reader, '{', '}');
    return null;
  }
  reader.depth += 1;
  const word = reader.grammar.readArgument(reader, quoted);
  reader.depth -= 1;
  if (reader.text[reader.pos] === '}') reader.pos += 1;
  else reader.state.complete = false;
  return word;
}

function readAnsiQuoted(reader: Reader, parts: WordPart[]): void {
  const opening = reader.pos;
  reader.pos += 2;
  const first = reader.pos;
  while (reader.pos < reader.text.length && reader.text[reader.pos] !== "'") {
    const start = reader.pos;
    const run = consume(reader, ANSI_RUN);
    if (run !== null) {
      addLiteral(reader, parts, start, run, true);
      continue;
    }
    const decoded = readEscape(reader.text, start);
    reader.pos += decoded.length;
    addLiteral(reader, parts, start, decoded.text, true);
  }
  const empty = reader.pos === first;
  if (reader.pos < reader.text.length) reader.pos += 1;
  else reader.state.complete = false;
  if (empty) addLiteral(reader, parts, opening, '', true);
}

/**
 * Reads a backquoted command. Inside, a backslash escapes only `` ` ``, `\` and `$` (POSIX 2024 XCU
 * §2.6.3).
 */
export function readBackquote(reader: Reader, parts: WordPart[], quoted: boolean): void {
  const start = reader.pos;
  reader.pos += 1;
  const pieces: Piece[] = [];
  let from = reader.pos;
  const flush = (): void => {
    if (reader.pos > from) pieces.push({ text: reader.text.slice(from, reader.pos), ...spanFrom(reader, from) });
  };
  while (reader.pos < reader.text.length && reader.text[reader.pos] !== '`') {
    const next = reader.text[reader.pos + 1];
    if (reader.text[reader.pos] !== '\\' || (next !== '`' && next !== '\\' && next !== '$')) {
      reader.pos += 1;
      continue;
    }
    flush();
    from = reader.pos;
    reader.pos += 2;
    pieces.push({ text: next, ...spanFrom(reader, from) });
    from = reader.pos;
  }
  flush();
  if (reader.pos < reader.text.length) reader.pos += 1;
  else reader.state.complete = false;
  const text = reader.text.slice(start, reader.pos);
  const span = spanFrom(reader, start);
  if (reader.depth >= MAX_DEPTH) {
    cutOff(reader.state, span.start);
    if (countStep(reader)) parts.push({ kind: 'literal', text, quoted: true, ...span });
    return;
  }
  reader.state.steps += SCRIPT_STEPS;
  const inner = newReader(
    piecedSource(pieces, reader.source.exact),
    reader.dialect,
    reader.state,
    reader.grammar,
    reader.depth + 1,
  );
  const script = reader.grammar.parseScript(inner, null);
  if (countStep(reader)) parts.push({ kind: 'command', text, quoted, script, ...span });
}

/**
 * Simple commands: assignments, words and redirections up to an operator. POSIX 2024 XCU §2.9.1.
 */

import type { Assignment, Redirection, SimpleCommand, Word } from '../model.ts';
import { consume, countStep, ensureProgress, isAt, type Reader, spanFrom } from './reader.ts';
import { readRedirection } from './redirections.ts';
import { skipBlanks, skipComment, skipLines } from './trivia.ts';
import { readPatternList, readWord } from './words.ts';

const ASSIGNMENT = /([A-Za-z_][A-Za-z0-9_]*)(?:\[[^\]\n]{0,200}\])?(\+?)=/y;
const CLOSING_BRACE = /\}(?=[ \t\r\n;&|)]|$)/y;
const EMPTY_BRACKETS = /\([ \t]*\)/y;

/** A simple command, or the start of a function definition whose body comes next. */
export interface SimpleReading {
  readonly command: SimpleCommand;
  /** True if `name ()` was read: the position is after the brackets. */
  readonly definesFunction: boolean;
}

export function readSimple(reader: Reader): SimpleReading {
  const start = reader.pos;
  const assignments: Assignment[] = [];
  const words: Word[] = [];
  const redirections: Redirection[] = [];
  let definesFunction = false;
  let end = start;
  while (reader.pos < reader.text.length && countStep(reader)) {
    skipBlanks(reader);
    const redirection = readRedirection(reader);
    if (redirection !== null) {
      redirections.push(redirection);
      end = reader.pos;
      continue;
    }
    const char = reader.text[reader.pos];
    if (char === undefined || '\n;&|)'.includes(char) || closesBlock(reader) || skipComment(reader)) break;
    if (char === '(') {
      definesFunction = words.length === 1 && redirections.length === 0 && consume(reader, EMPTY_BRACKETS) !== null;
      if (definesFunction) break;
      readBracket(reader, words);
      end = reader.pos;
      continue;
    }
    const assignment = words.length === 0 ? readAssignment(reader) : null;
    if (assignment) assignments.push(assignment);
    else words.push(readWordOrOperator(reader));
    end = reader.pos;
  }
  const { source } = reader;
  const from = source.from(start);
  const span = { start: from, end: Math.max(from, source.to(end)) };
  return { command: { kind: 'simple', assignments, words, redirections, ...span }, definesFunction };
}

/** zsh: `}` ends the previous command without a separator. */
const closesBlock = (reader: Reader): boolean =>
  reader.dialect === 'zsh' && reader.depth > 0 && isAt(reader, CLOSING_BRACE);

/** Always advances: an operator that the grammar does not allow here becomes a word of its own. */
function readWordOrOperator(reader: Reader): Word {
  const start = reader.pos;
  const word = readWord(reader);
  if (!ensureProgress(reader, start)) return word;
  return { ...word, ...spanFrom(reader, start) };
}

/**
 * Reads a bracket among the words: the list of `declare x=(…)`, or text that the grammar does not
 * allow, kept as a word.
 */
function readBracket(reader: Reader, words: Word[]): void {
  if (reader.text[reader.pos - 1] === '=') {
    words.push(...readElements(reader));
    return;
  }
  words.push(readPatternList(reader));
}

function readAssignment(reader: Reader): Assignment | null {
  const start = reader.pos;
  ASSIGNMENT.lastIndex = start;
  const found = ASSIGNMENT.exec(reader.text);
  if (found === null) return null;
  reader.pos += found[0].length;
  const isArray = reader.text[reader.pos] === '(';
  const elements = isArray ? readElements(reader) : [];
  const value = isArray ? null : readWord(reader);
  return { name: found[1] ?? '', append: found[2] === '+', value, elements, ...spanFrom(reader, start) };
}

/** Reads the elements of an array, starting at its opening bracket. */
export function readElements(reader: Reader): Word[] {
  const elements: Word[] = [];
  reader.pos += 1;
  while (reader.pos < reader.text.length && countStep(reader)) {
    skipLines(reader);
    if (reader.text[reader.pos] === ')') {
      reader.pos += 1;
      return elements;
    }
    const before = reader.pos;
    const word = readWord(reader);
    if (!ensureProgress(reader, before)) elements.push(word);
  }
  reader.state.complete = false;
  return elements;
}

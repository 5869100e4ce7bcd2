/** Expands words as written to the words that a program receives, without running anything. */

import type { CommandPart, LiteralPart, Script, VariablePart, Word, WordPart } from '../model.ts';
import { wordOf } from '../syntax/parts.ts';
import { expandBraces, hasBraces } from './braces.ts';
import { knownValue, knownWords, placeOf, type Scope } from './scope.ts';

/**
 * What expansion needs from the walk: `substitute` walks a script inside a word and returns what it
 * prints, null if unknown.
 */
export interface Expander {
  readonly scope: Scope;
  /**
   * What is split into several words at blanks; in zsh and fish, a variable's value stays one word.
   */
  readonly splits: 'all' | 'commands' | 'nothing';
  readonly substitute: (script: Script, kind: 'command' | 'process', direction: 'in' | 'out') => string | null;
}

type Field = WordPart[];

const MAX_SEPARATORS = 16;
const BLANKS = /[ \t\n]+/;

/** What separates the words of an unquoted value: blanks, or what the line has set `IFS` to. */
function separators({ scope }: Expander): RegExp | null {
  const set = scope.variables.get('IFS') ?? null;
  if (set === null) return BLANKS;
  return set === '' ? null : new RegExp(`[${set.slice(0, MAX_SEPARATORS).replace(/[\\\]^-]/g, '\\$&')}]+`);
}

/** Tells whether a word needs no expansion. */
const isPlain = (word: Word): boolean => word.value !== null && !(word.value.includes('{') && hasBraces(word.parts));

export function expandWords(words: readonly Word[], expander: (argument: number) => Expander): Word[] {
  const result: Word[] = [];
  for (const [index, word] of words.entries()) {
    if (isPlain(word)) result.push(word);
    else result.push(...expandWord(word, expander(index)));
  }
  return result;
}

function expandWord(word: Word, expander: Expander): Word[] {
  const alternatives = hasBraces(word.parts) ? expandBraces(word.parts) : [word.parts];
  const result: Word[] = [];
  for (const parts of alternatives) {
    const fields = splitFields(parts, expander);
    const isSingleField = fields.length === 1 && alternatives.length === 1;
    for (const field of fields) result.push(wordOf(field, word.start, word.end, isSingleField && word.exact));
  }
  return result;
}

/** Expands a word that is never split: the value of an assignment, a here-document. */
export function expandWhole(word: Word, expander: Expander): Word {
  if (word.value !== null) return word;
  const fields = splitFields(word.parts, { ...expander, splits: 'nothing' });
  const parts = fields.flat();
  return wordOf(parts, word.start, word.end, word.exact);
}

function splitFields(parts: readonly WordPart[], expander: Expander): Field[] {
  const fields: Field[] = [[]];
  for (const part of parts) {
    const current = fields.at(-1);
    if (current === undefined) break;
    if (part.kind === 'variable') addVariable(fields, part, expander);
    else if (part.kind === 'command' || part.kind === 'process') {
      const direction = part.kind === 'process' ? part.direction : 'in';
      const output = expander.substitute(part.script, part.kind, direction);
      if (output === null || part.kind === 'process') current.push(part);
      else
        addText(fields, output.replace(/\n+$/, ''), part, expander.splits !== 'nothing' ? separators(expander) : null);
    } else {
      if (part.kind === 'arithmetic') splitFields(part.parts, expander);
      current.push(part);
    }
  }
  return fields.length > 1 || (fields[0]?.length ?? 0) > 0 ? fields.filter((field) => field.length > 0) : [];
}

function addVariable(fields: Field[], part: VariablePart, expander: Expander): void {
  if (part.name === 'IFS' && !part.quoted && expander.splits === 'all' && !expander.scope.variables.has('IFS')) {
    fields.push([]);
    return;
  }
  // The default's substitutions are walked even if the default may not be used.
  const argument = part.argument && part.argument.value === null ? expandWhole(part.argument, expander) : part.argument;
  const words = knownWords(expander.scope, part);
  if (words !== null) {
    addWords(fields, words);
    return;
  }
  const value = knownValue(expander.scope, argument === part.argument ? part : { ...part, argument });
  if (value === null) fields.at(-1)?.push(...(placeOf(expander.scope, part) ?? [part]));
  else addText(fields, value, part, expander.splits === 'all' ? separators(expander) : null);
}

function addWords(fields: Field[], words: readonly Word[]): void {
  for (const [index, word] of words.entries()) {
    if (index > 0) fields.push([]);
    fields.at(-1)?.push(...word.parts);
  }
}

/** Adds the text of a reference. Unquoted text is split at `separator`, unless that is null. */
function addText(fields: Field[], text: string, origin: VariablePart | CommandPart, separator: RegExp | null): void {
  const { quoted } = origin;
  const literal = (value: string): LiteralPart => ({
    kind: 'literal',
    text: value,
    quoted: true,
    start: origin.start,
    end: origin.end,
  });
  if (quoted || separator === null || !separator.test(text)) {
    if (text !== '' || quoted) fields.at(-1)?.push(literal(text));
    return;
  }
  for (const [index, piece] of text.split(separator).entries()) {
    if (index > 0) fields.push([]);
    if (piece !== '') fields.at(-1)?.push(literal(piece));
  }
}

import { MAX_SUBSTITUTED, MAX_VALUE } from '../limits.ts';
import type { CompoundCommand, Directory, Redirection, VariablePart, Word, WordPart } from '../model.ts';

/** Known state of the shell at one point of the command line. */
export interface Scope {
  /** Variables assigned on this line; null if the value is unknown. */
  readonly variables: Map<string, string | null>;
  /** Values that begin with a home directory, `~/x` or `$HOME/x`. Such a value is not known. */
  readonly places: Map<string, Word>;
  /** The last value of each variable that was not empty. */
  readonly values: Map<string, Word>;
  /** Assignments to variables that had values, with these; the oldest first. */
  readonly assigned: { readonly name: string; readonly values: readonly Word[] }[];
  /** Values that variables may have besides the last one. */
  readonly alternatives: Map<string, readonly Word[]>;
  /** Variables that `unset` removed on this line. */
  readonly unset: Set<string>;
  /** Namerefs (`declare -n name=target`). */
  readonly references: Map<string, string>;
  /** Text of files written on this line, by path. */
  readonly files: Map<string, string>;
  /** Arrays assigned on this line. */
  readonly arrays: Map<string, readonly Word[]>;
  readonly aliases: Map<string, Word>;
  /** Paths of commands that `hash -p` set. */
  readonly hashed: Map<string, string>;
  /** Builtins that `enable -n` switched off. */
  readonly disabled: Set<string>;
  /** Files, here-strings and here-documents that `exec` opened, by descriptor. */
  readonly descriptors: Map<string, Redirection>;
  readonly functions: Map<string, CompoundCommand>;
  /** Functions and aliases whose body is being walked. */
  readonly active: Set<string>;
  /** Variables read; shows whether a loop body depends on the loop variable. */
  readonly reads: Set<string>;
  /** Commands run once more with other values of their variables. */
  repeated: number;
  /** Characters substituted for variables so far. */
  substituted: number;
  /** `$1`, `$2`, … of the function or `sh -c` being walked; null if unknown. */
  positional: readonly Word[] | null;
  /** The working directory; null where the line began. */
  directory: Directory | null;
}

export const newScope = (): Scope => ({
  variables: new Map(),
  places: new Map(),
  values: new Map(),
  assigned: [],
  alternatives: new Map(),
  unset: new Set(),
  references: new Map(),
  files: new Map(),
  arrays: new Map(),
  aliases: new Map(),
  hashed: new Map(),
  disabled: new Set(),
  descriptors: new Map(),
  functions: new Map(),
  active: new Set(),
  reads: new Set(),
  repeated: 0,
  substituted: 0,
  positional: null,
  directory: null,
});

/** The value of a reference; null if it is known only at run time. */
export function knownValue(scope: Scope, part: VariablePart): string | null {
  const value = computeValue(scope, part);
  if (value === null) return null;
  scope.substituted += value.length;
  return scope.substituted > MAX_SUBSTITUTED ? null : value;
}

function computeValue(scope: Scope, part: VariablePart): string | null {
  const current = lookUp(scope, part.name);
  if (part.operator === '') return current ?? null;
  const argument = part.argument === null ? '' : part.argument.value;
  if (argument === null) return null;
  if (current === undefined && scope.unset.has(referenced(scope, part.name))) {
    return assigning(scope, part, applyToUnset(part.operator, argument));
  }
  if (current === undefined && part.operator.endsWith('=') && part.argument && argument !== '')
    scope.alternatives.set(referenced(scope, part.name), [part.argument]);
  if (part.operator === ':' && argument === '0:1' && current === undefined) return firstCharacter(part.name);
  return current === undefined ? null : applyOperator(current, part.operator, argument);
}

/**
 * Sets a variable that has this value, of which the line may not tell everything.
 * @param word null if nothing is known of the value
 */
export function setVariable(scope: Scope, name: string, word: Word | null): void {
  const value = word?.value ?? null;
  scope.variables.set(name, value);
  if (word !== null && isPlace(word)) scope.places.set(name, word);
  else scope.places.delete(name);
}

/** The parts of a value that is a place (`isPlace`); null for any other reference. */
export function placeOf(scope: Scope, { name, operator, start, end }: VariablePart): readonly WordPart[] | null {
  if (operator !== '' || scope.places.size === 0 || lookUp(scope, name) !== null) return null;
  const place = scope.places.get(referenced(scope, name));
  if (!place) return null;
  scope.substituted += place.text.length;
  return scope.substituted > MAX_SUBSTITUTED ? null : place.parts.map((part) => ({ ...part, start, end }));
}

/** A path below a home directory, or a pattern with an absolute path. */
export const isPlace = ({ parts: [first, ...rest] }: Word): boolean =>
  first !== undefined &&
  (first.kind === 'tilde' ||
    (first.kind === 'variable' && first.name === 'HOME' && first.operator === '') ||
    (first.kind === 'literal' && first.text.startsWith('/'))) &&
  rest.every(({ kind }) => kind === 'literal' || kind === 'glob');

/** The name that a nameref stands for; chains of more than a few are not followed. */
export function referenced(scope: Scope, name: string): string {
  let target = name;
  for (let links = 0; links < 4; links += 1) target = scope.references.get(target) ?? target;
  return target;
}

/** What `${name-word}` and similar forms give for a variable that is not set. */
const applyToUnset = (operator: string, argument: string): string | null =>
  /^:?[-=]$/.test(operator) ? argument : /^:?\+$/.test(operator) ? '' : null;

/** `${name:=word}` also sets the variable. */
function assigning(scope: Scope, { name, operator }: VariablePart, value: string | null): string | null {
  if (value !== null && operator.endsWith('=')) scope.variables.set(referenced(scope, name), value);
  return value;
}

/** `${HOME:0:1}` is a known way to write a slash, `${IFS:0:1}` a blank. */
function firstCharacter(name: string): string | null {
  if (name === 'IFS') return ' ';
  return ['HOME', 'PATH', 'PWD', 'OLDPWD', 'SHELL'].includes(name) ? '/' : null;
}

/**
 * The words of `$@`, `$*`, `${a[@]}` or `${a[1]}`; null if they are unknown or `part` is another
 * reference.
 */
export function knownWords(scope: Scope, { name, operator }: VariablePart): readonly Word[] | null {
  if (operator === '' && (name === '@' || name === '*' || name === 'argv')) return scope.positional;
  const subscript = /^\[(?:([@*])|(\d{1,4}))\]$/.exec(operator);
  const elements = subscript ? scope.arrays.get(name) : undefined;
  if (!subscript || !elements) return null;
  return subscript[1] === undefined ? elements.slice(Number(subscript[2]), Number(subscript[2]) + 1) : elements;
}

/** Undefined if it is unknown whether the variable is set. */
function lookUp(scope: Scope, name: string): string | null | undefined {
  if (/^[1-9]\d*$/.test(name)) return scope.positional?.[Number(name) - 1]?.value ?? undefined;
  scope.reads.add(name);
  return scope.variables.get(scope.references.size > 0 ? referenced(scope, name) : name);
}

function applyOperator(value: string | null, operator: string, argument: string): string | null {
  if (value === null) return null;
  switch (operator) {
    case '-':
    case '=':
    case '?':
    case ':?':
      return value;
    case ':-':
    case ':=':
      return value === '' ? argument : value;
    case '+':
      return argument;
    case ':+':
      return value === '' ? '' : argument;
    case '^^':
      return value.toUpperCase();
    case ',,':
      return value.toLowerCase();
    case '^':
      return value.slice(0, 1).toUpperCase() + value.slice(1);
    case ',':
      return value.slice(0, 1).toLowerCase() + value.slice(1);
    case ':':
      return substring(value, argument);
    case '/':
    case '//':
      return replace(value, argument, operator === '//');
    case '#':
    case '##':
      return isPlain(argument) ? (value.startsWith(argument) ? value.slice(argument.length) : value) : null;
    case '%':
    case '%%':
      return isPlain(argument)
        ? value.endsWith(argument)
          ? value.slice(0, value.length - argument.length)
          : value
        : null;
    default:
      return null;
  }
}

const isPlain = (pattern: string): boolean => !/[*?[\\]/.test(pattern);

/** `${x:offset:length}` */
function substring(value: string, argument: string): string | null {
  const found = /^\s*(-?\d{1,6})\s*(?::\s*(-?\d{1,6})\s*)?$/.exec(argument);
  if (found === null) return null;
  const offset = Number(found[1]);
  const start = offset < 0 ? value.length + offset : offset;
  if (found[2] === undefined) return value.slice(start);
  const length = Number(found[2]);
  return value.slice(start, length < 0 ? value.length + length : start + length);
}

/** `${x/pattern/text}` with a pattern of plain characters. */
function replace(value: string, argument: string, all: boolean): string | null {
  const slash = argument.indexOf('/');
  const pattern = slash < 0 ? argument : argument.slice(0, slash);
  const text = slash < 0 ? '' : argument.slice(slash + 1);
  if (pattern === '' || !isPlain(pattern)) return null;
  const result = all ? value.split(pattern).join(text) : value.replace(pattern, () => text);
  return result.length > MAX_VALUE ? null : result;
}

/** Builtins that affect later commands of the line. */
import { lookupTool } from '../../catalogue/catalogue.ts';
import { constantOutput } from '../../expansion/constant-output.ts';
import { inputText } from '../../expansion/input-text.ts';
import { setVariable } from '../../expansion/scope.ts';
import type { Assignment, Word } from '../../model.ts';
import { wordOf } from '../../syntax/parts.ts';
import { changeDirectory } from '../directory.ts';
import { type Call, type Frame, inputOf, type Output, type Walk } from '../frame.ts';
import { optionValue, readOptions } from '../options/options.ts';
import { wordSource } from '../payload.ts';
import { readUnrated, runBody } from '../run-text.ts';
import { assignVariable } from '../walker.ts';

const DECLARING = new Set(['export', 'declare', 'typeset', 'local', 'readonly']);
const ASSIGNMENT = /^([A-Za-z_]\w*)(?:\[[^\]]*\])?(\+?)=/;

/** Applies the builtin and returns what it prints; undefined if `tool` is not one of them. */
export function runBuiltin(walk: Walk, call: Call, tool: string, frame: Frame): Output | undefined {
  const args = call.words.slice(1);
  changeDirectory(walk, tool, args);
  if (DECLARING.has(tool)) return declare(walk, args, tool === 'export' || hasFlag(args, 'x'), frame);
  if (tool === 'set' && frame.dialect === 'fish') return setFish(walk, call, args, frame);
  if (tool === 'set') return setPositional(walk, args);
  if (tool === 'alias') return defineAliases(walk, args, frame);
  if (tool === 'unset') return unset(walk, args);
  if (tool === 'unalias') return unalias(walk, args);
  if (tool === 'hash') return hash(walk, args);
  if (tool === 'enable') return enable(walk, args);
  if (tool === 'printf' && args[0]?.text === '-v') return printfIntoVariable(walk, call, args, frame);
  if (tool === 'read') return read(walk, args, inputText(inputOf(call.redirections, frame)));
  if (tool === 'mapfile' || tool === 'readarray' || tool === 'getopts') return markUnknown(walk, args);
  return undefined;
}

const hasFlag = (args: readonly Word[], letter: string): boolean =>
  args.some(({ text }) => /^-[A-Za-z]+$/.test(text) && text.includes(letter));

function declare(walk: Walk, args: readonly Word[], exported: boolean, frame: Frame): Output {
  const isReference = hasFlag(args, 'n');
  const changesCase = hasFlag(args, 'l') || hasFlag(args, 'u');
  for (const arg of args) {
    const assignment = assignmentOf(arg);
    if (assignment === null) continue;
    if (isReference) walk.scope.references.set(assignment.name, assignment.value?.text ?? '');
    else {
      assignVariable(walk, assignment, exported, frame);
      if (changesCase) changeCase(walk, assignment.name, hasFlag(args, 'l'));
    }
  }
  return '';
}

/** `declare -l` and `declare -u` change the case of what is assigned. */
function changeCase(walk: Walk, name: string, isLower: boolean): void {
  const value = walk.scope.variables.get(name);
  if (typeof value !== 'string') return;
  walk.scope.variables.set(name, isLower ? value.toLowerCase() : value.toUpperCase());
}

/** Reads a word of the form `NAME=value`; null for other words. */
export function assignmentOf(word: Word): Assignment | null {
  const found = ASSIGNMENT.exec(word.text);
  if (found === null) return null;
  const first = word.parts[0];
  const skipped = found[0].length;
  if (first?.kind !== 'literal' || first.text.length < skipped) return null;
  const rest = first.text.slice(skipped);
  const verbatim = first.end - first.start === first.text.length;
  const head = { ...first, text: rest, start: verbatim ? first.start + skipped : first.start };
  const parts = rest === '' ? word.parts.slice(1) : [head, ...word.parts.slice(1)];
  const start = verbatim ? first.start + skipped : word.start;
  const value = wordOf(parts, start, word.end, word.exact);
  return { name: found[1] ?? '', append: found[2] === '+', value, elements: [], start: word.start, end: word.end };
}

/** fish: `set [-gxlU] NAME VALUE…` */
function setFish(walk: Walk, call: Call, args: readonly Word[], frame: Frame): Output {
  const at = args.findIndex(({ text }) => !text.startsWith('-'));
  const name = args[at];
  if (name === undefined) return null;
  const values = args.slice(at + 1);
  const only = values.length === 1 ? (values[0] ?? null) : null;
  const { start, end } = call;
  const assignment = { name: name.text, append: hasFlag(args, 'a'), value: only, elements: values, start, end };
  assignVariable(walk, assignment, hasFlag(args.slice(0, at), 'x'), frame);
  return '';
}

/** `alias name=text`, fish's `alias name text`. */
function defineAliases(walk: Walk, args: readonly Word[], frame: Frame): Output {
  const [name, text] = args;
  if (frame.dialect === 'fish' && args.length === 2 && name && text) {
    setAlias(walk, name.text, text, frame);
    return '';
  }
  for (const arg of args) {
    const equals = arg.text.indexOf('=');
    if (equals <= 0) continue;
    const assignment = assignmentOf(arg);
    if (assignment?.value) setAlias(walk, assignment.name, assignment.value, frame);
  }
  return args.length === 0 ? null : '';
}

/**
 * An alias with the name of a known program replaces that program, so its text is rated like a
 * function's body even if it is not used on this line.
 */
function setAlias(walk: Walk, name: string, text: Word, frame: Frame): void {
  walk.scope.aliases.set(name, text);
  if (walk.scope.active.has(`alias ${name}`)) return;
  if (lookupTool(name) === undefined) {
    readUnrated(walk, wordSource(text), `alias ${name}`, frame);
    return;
  }
  walk.scope.active.add(`alias ${name}`);
  runBody(walk, wordSource(text), `alias ${name}`, frame);
  walk.scope.active.delete(`alias ${name}`);
}

/** `unset -f` removes functions only, `unset -v` variables only. */
function unset(walk: Walk, args: readonly Word[]): Output {
  const [onlyVariables, onlyFunctions, isReference] = ['v', 'f', 'n'].map((letter) => hasFlag(args, letter));
  for (const { text } of args) {
    if (!onlyVariables) walk.scope.functions.delete(text);
    if (onlyFunctions || text.startsWith('-')) continue;
    if (isReference) walk.scope.references.delete(text);
    else {
      walk.scope.variables.delete(text);
      walk.scope.unset.add(text);
    }
  }
  return '';
}

/** `hash -p path name` */
function hash(walk: Walk, args: readonly Word[]): Output {
  const { options, next } = readOptions(args, 0, { short: 'p' });
  const path = optionValue(options, ['-p']);
  if (typeof path === 'string') for (const { text } of args.slice(next)) walk.scope.hashed.set(text, path);
  return args.length === 0 ? null : '';
}

/** `enable -n name` */
function enable(walk: Walk, args: readonly Word[]): Output {
  const names = args.filter(({ text }) => !text.startsWith('-'));
  const switchesOff = hasFlag(args, 'n');
  for (const { text } of names) {
    if (switchesOff) walk.scope.disabled.add(text);
    else walk.scope.disabled.delete(text);
  }
  return names.length === 0 ? null : '';
}

function unalias(walk: Walk, args: readonly Word[]): Output {
  for (const { text } of args) walk.scope.aliases.delete(text);
  return '';
}

/** `set -- a b` */
function setPositional(walk: Walk, args: readonly Word[]): Output {
  const dashes = args.findIndex(({ text }) => text === '--');
  if (dashes >= 0) walk.scope.positional = args.slice(dashes + 1);
  return args.length === 0 ? null : '';
}

/** `printf -v name format …` */
function printfIntoVariable(walk: Walk, call: Call, args: readonly Word[], frame: Frame): Output {
  const words = [...call.words.slice(0, 1), ...args.slice(2)];
  const value = constantOutput('printf', words, inputOf(call.redirections, frame), frame.dialect);
  walk.scope.variables.set(args[1]?.text ?? '', value);
  return '';
}

/** `read x`: sets x to the first line of the input if it is known. */
function read(walk: Walk, args: readonly Word[], input: string | null): Output {
  const names = args.filter(({ text }) => /^[A-Za-z_]\w*$/.test(text));
  const [line] = (input ?? '').split('\n');
  for (const { text } of names) setVariable(walk.scope, text, null);
  const [name] = names;
  if (input !== null && names.length === 1 && name) walk.scope.variables.set(name.text, line?.trim() ?? null);
  return '';
}

function markUnknown(walk: Walk, args: readonly Word[]): Output {
  for (const { text } of args) if (/^[A-Za-z_]\w*$/.test(text)) setVariable(walk.scope, text, null);
  return '';
}

/** Builtins that change what later commands of the line mean. */
import type { Call, Frame, Output, Walk } from './frame.ts';
import type { Assignment, Word } from './model.ts';
import { wordOf } from './parts.ts';
import { assign } from './walker.ts';

const DECLARING = new Set(['export', 'declare', 'typeset', 'local', 'readonly']);
const ASSIGNMENT = /^([A-Za-z_]\w*)(?:\[[^\]]*\])?(\+?)=/;

/** What the builtin prints, after it has taken effect; undefined when `tool` is none of them. */
export function runBuiltin(walk: Walk, call: Call, tool: string, frame: Frame): Output | undefined {
  const args = call.words.slice(1);
  if (DECLARING.has(tool)) return declare(walk, args, tool === 'export' || hasFlag(args, 'x'));
  if (tool === 'set' && frame.dialect === 'fish') return setFish(walk, call, args);
  if (tool === 'alias') return defineAliases(walk, args, frame);
  if (tool === 'unset') return forget(walk, args);
  if (tool === 'unalias') return forgetAliases(walk, args);
  if (tool === 'read' || tool === 'mapfile' || tool === 'readarray' || tool === 'getopts')
    return forgetValues(walk, args);
  return undefined;
}

const hasFlag = (args: readonly Word[], letter: string): boolean =>
  args.some(({ text }) => /^-[A-Za-z]+$/.test(text) && text.includes(letter));

function declare(walk: Walk, args: readonly Word[], exported: boolean): Output {
  for (const arg of args) {
    const assignment = assignmentOf(arg);
    if (assignment !== null) assign(walk, assignment, exported);
  }
  return '';
}

/** Reads a word of the form `NAME=value`; null for any other. */
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
function setFish(walk: Walk, call: Call, args: readonly Word[]): Output {
  const at = args.findIndex(({ text }) => !text.startsWith('-'));
  const name = args[at];
  if (name === undefined) return null;
  const values = args.slice(at + 1);
  const only = values.length === 1 ? (values[0] ?? null) : null;
  const { start, end } = call;
  const assignment = { name: name.text, append: hasFlag(args, 'a'), value: only, elements: values, start, end };
  assign(walk, assignment, hasFlag(args.slice(0, at), 'x'));
  return '';
}

/** `alias name=text`, fish's `alias name text`. */
function defineAliases(walk: Walk, args: readonly Word[], frame: Frame): Output {
  const [name, text] = args;
  if (frame.dialect === 'fish' && args.length === 2 && name && text) {
    walk.scope.aliases.set(name.text, text);
    return '';
  }
  for (const arg of args) {
    const equals = arg.text.indexOf('=');
    if (equals <= 0) continue;
    const assignment = assignmentOf(arg);
    if (assignment?.value) walk.scope.aliases.set(assignment.name, assignment.value);
  }
  return args.length === 0 ? null : '';
}

function forget(walk: Walk, args: readonly Word[]): Output {
  for (const { text } of args) {
    walk.scope.variables.delete(text);
    walk.scope.functions.delete(text);
  }
  return '';
}

function forgetAliases(walk: Walk, args: readonly Word[]): Output {
  for (const { text } of args) walk.scope.aliases.delete(text);
  return '';
}

function forgetValues(walk: Walk, args: readonly Word[]): Output {
  for (const { text } of args) if (/^[A-Za-z_]\w*$/.test(text)) walk.scope.variables.set(text, null);
  return '';
}

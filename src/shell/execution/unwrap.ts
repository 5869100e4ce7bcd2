/** Applies the wrapper tables to a command. */

import { SUBCOMMANDS } from '../catalogue/subcommand-wrappers.ts';
import type { SubcommandSpec, WrapperSpec } from '../catalogue/wrapper-spec.ts';
import { WRAPPERS } from '../catalogue/wrappers.ts';
import type { Assignment, Dialect, Input, Span, Word, Wrapper } from '../model.ts';
import { computedSource, type Source } from '../source.ts';
import { assignmentOf } from './builtins/builtins.ts';
import { knownInput } from './files.ts';
import { addInvocation, type Call, type Frame, inputOf, type Output, type Walk } from './frame.ts';
import { hasOption, type Option, optionValue, readOptions } from './options/options.ts';
import { joinedSource, partSource, wordSource } from './payload.ts';
import { runText } from './run-text.ts';

/** The words of a wrapper, by role. */
interface Reading {
  readonly options: readonly Option[];
  readonly holders: readonly Word[];
  readonly operands: readonly Word[];
  readonly assignments: readonly Assignment[];
  /** Index of the first word of the command; the number of words if there is none. */
  readonly next: number;
}

interface FoundSpec {
  readonly spec: WrapperSpec;
  /** Index of the first word after the name and subcommand. */
  readonly first: number;
}

/** Names of keys among the words of `tmux send-keys`. */
const TYPED_KEYS = new Set(['Enter', 'C-m', 'C-j', 'KPEnter']);

/**
 * Walks what a wrapper starts; undefined if the tool is no wrapper, or a prefix that starts
 * nothing.
 */
export function runWrapper(walk: Walk, call: Call, tool: string, frame: Frame): Output | undefined {
  const found = findSpec(tool, call.words);
  if (found === null) return undefined;
  const { spec, first } = found;
  const reading = readWrapper(call.words, first, spec);
  const isQuery = spec.inert !== undefined && hasOption(reading.options, spec.inert);
  const startsSomething = reading.next < call.words.length || startsShell(spec, reading) || hasPayload(spec, reading);
  if (spec.transparent && (isQuery || !startsSomething)) return undefined;
  const inner = innerFrame(frame, spec, wrapperOf(tool, call, reading), reading);
  if (spec.transparent && reading.next < call.words.length && !hasPayload(spec, reading)) {
    return walk.runCall(walk, transparentCall(call, reading), inner);
  }
  const name = call.words[0];
  if (name === undefined) return undefined;
  const input = inputOf(call.redirections, frame, call.substitutions);
  addInvocation(walk, frame, call, tool, name, input, null);
  if (isQuery) return null;
  return runInner(walk, call, spec, reading, { ...inner, input, depth: frame.depth + 1, topLevel: false }, tool);
}

/** `az vm run-command invoke` has three words. */
const MAX_SUBCOMMANDS = 3;

function findSpec(tool: string, words: readonly Word[]): FoundSpec | null {
  const spec = Object.hasOwn(WRAPPERS, tool) ? WRAPPERS[tool] : undefined;
  const own = spec === undefined ? null : { spec, first: 1 };
  const subcommands = Object.hasOwn(SUBCOMMANDS, tool) ? SUBCOMMANDS[tool] : undefined;
  return subcommands === undefined ? own : (findSubcommand(subcommands, words) ?? own);
}

function findSubcommand(subcommands: SubcommandSpec, words: readonly Word[]): FoundSpec | null {
  let { next } = readOptions(words, 1, subcommands.global ?? {});
  let name = '';
  for (let depth = 1; depth <= MAX_SUBCOMMANDS && next < words.length; depth += 1) {
    name += `${depth > 1 ? ' ' : ''}${words[next]?.text ?? ''}`;
    const spec = Object.hasOwn(subcommands.commands, name) ? subcommands.commands[name] : undefined;
    if (spec) return { spec, first: next + 1 };
    ({ next } = readOptions(words, next + 1, subcommands.global ?? {}));
  }
  return null;
}

function readWrapper(words: readonly Word[], first: number, spec: WrapperSpec): Reading {
  const options: Option[] = [];
  const holders: Word[] = [];
  const operands: Word[] = [];
  const assignments: Assignment[] = [];
  const wanted = spec.command === 'none' ? Number.POSITIVE_INFINITY : (spec.operands ?? 0);
  let next = first;
  for (;;) {
    if (next === first || spec.permutes) {
      const read = readOptions(words, next, spec);
      // Spread syntax has a limit, which a word of thousands of options exceeds.
      for (const option of read.options) options.push(option);
      for (const holder of read.holders) holders.push(holder);
      next = read.next;
    }
    const word = words[next];
    if (word === undefined) break;
    const assignment = spec.assignments ? assignmentOf(word) : null;
    if (assignment) assignments.push(assignment);
    else if (word.text === '-' && (spec.assignments || spec.userOperand !== undefined)) options.push(['-', null]);
    else if (operands.length < wanted) operands.push(word);
    else break;
    if (word.text === '-') holders.push(word);
    next += 1;
  }
  return { options, holders, operands, assignments, next };
}

const startsShell = (spec: WrapperSpec, { options }: Reading): boolean =>
  spec.shellByDefault === true || (spec.shell !== undefined && hasOption(options, spec.shell));

const hasPayload = (spec: WrapperSpec, { options }: Reading): boolean =>
  spec.payload !== undefined && hasOption(options, spec.payload) && allowsPayload(spec, options);

function allowsPayload(spec: WrapperSpec, options: readonly Option[]): boolean {
  if (spec.payloadWith === undefined) return true;
  const value = optionValue(options, spec.payloadWith.options);
  return value === undefined || (value !== null && spec.payloadWith.oneOf.includes(value));
}

const wrapperOf = (tool: string, call: Call, reading: Reading): Wrapper => ({
  name: tool,
  options: reading.options,
  operands: reading.operands.map(({ text }) => text),
  args: call.words.slice(1),
});

function innerFrame(frame: Frame, spec: WrapperSpec, wrapper: Wrapper, reading: Reading): Frame {
  const via = [...frame.via, wrapper];
  switch (spec.effect) {
    case 'elevates':
      return { ...frame, via, elevated: isRoot(spec, reading) };
    case 'remote':
      return { ...frame, via, remote: true };
    case 'contained':
      return { ...frame, via, contained: true };
    case 'remote-contained':
      return { ...frame, via, remote: true, contained: true };
    default:
      return { ...frame, via };
  }
}

/** Tells whether the target user is root, which is the default. */
function isRoot(spec: WrapperSpec, { options, operands }: Reading): boolean {
  const byOption = spec.user === undefined ? undefined : optionValue(options, spec.user);
  const named = byOption ?? (spec.userOperand === undefined ? undefined : operands[spec.userOperand]?.text);
  return named === undefined || /^(?:root|#?0)(?::.*)?$/.test(named);
}

/** The command behind a prefix; it keeps the prefix's redirections and substitutions. */
function transparentCall(call: Call, reading: Reading): Call {
  const substitutions = call.substitutions.map((one) => ({
    ...one,
    argument: Math.max(-1, one.argument - reading.next),
  }));
  const assignments = [...call.assignments, ...reading.assignments];
  return { ...call, words: call.words.slice(reading.next), assignments, substitutions };
}

function runInner(walk: Walk, call: Call, spec: WrapperSpec, reading: Reading, frame: Frame, tool: string): Output {
  const dialect: Dialect = tool === 'eval' ? frame.dialect : 'sh';
  let output: Output = null;
  if (spec.effect !== undefined && spec.effect !== 'elevates') walk.scope.directory = null;
  if (hasPayload(spec, reading)) {
    for (const source of payloadSources(spec, reading)) output = runText(walk, source, dialect, frame);
    return output;
  }
  const words = commandWords(call, spec, reading);
  if (words.length === 0) return startsShell(spec, reading) ? runInputText(walk, call, frame) : null;
  if (spec.requires && !spec.requires.oneOf.includes(reading.operands[spec.requires.operand]?.text ?? '')) return null;
  if (spec.command === 'shell' || (spec.command === 'either' && words.length === 1)) {
    const source = joinedSource(words);
    return runText(walk, spec.typed ? typedSource(source) : source, dialect, frame);
  }
  return walk.runCall(walk, innerCall(call, words, reading.assignments), frame);
}

/** The words of the command, behind the program that an option names for them. */
function commandWords(call: Call, spec: WrapperSpec, { options, holders, next }: Reading): readonly Word[] {
  const words = call.words.slice(next);
  if (spec.typed) return words.filter(({ text }) => !TYPED_KEYS.has(text));
  const at = spec.program === undefined ? -1 : options.findIndex(([name]) => spec.program?.includes(name));
  const [name = '', program = null] = options[at] ?? [];
  const holder = holders[at];
  if (program === null || program === '' || holder === undefined) return words;
  return [holder.text === program ? holder : wordAfter(holder, name.length + 1), ...words];
}

/** The value in `--entrypoint=sh` as a word. */
function wordAfter(word: Word, length: number): Word {
  const text = word.text.slice(length);
  const part = { kind: 'literal', text, quoted: true, start: word.start, end: word.end } as const;
  return { ...word, value: word.value === null ? null : text, text, parts: [part], exact: false };
}

/** Ends of lines as `screen -X stuff` and its kin are given them. */
const TYPED_END = /\\(?:[nr]|01[25]|x0[ad])|\^[JM]/gi;

/** Text that is typed, with its ends of lines, each as long as it is written. */
const typedSource = (source: Source): Source => ({
  ...source,
  text: source.text.replace(TYPED_END, (end) => '\n'.padEnd(end.length)),
});

/** A command that another program starts; redirections belong to that program. */
export const innerCall = (call: Call, words: readonly Word[], assignments: readonly Assignment[] = []): Call => ({
  words,
  assignments,
  redirections: [],
  substitutions: [],
  start: words[0]?.start ?? call.start,
  end: words.at(-1)?.end ?? call.end,
});

function* payloadSources(spec: WrapperSpec, { options, holders, operands }: Reading): Generator<Source> {
  for (const [index, [name, value]] of options.entries()) {
    const holder = holders[index];
    if (!spec.payload?.includes(name) || value === null || holder === undefined) continue;
    yield partSource(holder, value);
    if (spec.several?.includes(name)) {
      const end = holders[index + 1]?.start ?? Number.POSITIVE_INFINITY;
      for (const operand of operands) if (operand.start >= holder.end && operand.start < end) yield wordSource(operand);
    }
  }
}

/** Walks the standard input of a shell without a command, if it is known. */
export function runInputText(walk: Walk, call: Call, frame: Frame, dialect: Dialect = 'sh'): Output {
  const inner: Frame = { ...frame, input: { kind: 'inherited' } };
  const outputs = inputSources(walk, call, frame.input).map((source) => runText(walk, source, dialect, inner));
  return outputs.length === 1 ? (outputs[0] ?? null) : null;
}

/**
 * The input of a command with its place. Where a part of it is unknown, what is printed beside:
 * `(crontab -l; echo …) |`.
 */
export function inputSources(walk: Walk, call: Call, input: Input): readonly Source[] {
  if (input.kind === 'here-document' || input.kind === 'here-string') return [wordSource(input.word)];
  const text = knownInput(walk, input);
  if (text !== null) return [printedSource(input, text) ?? computedSource(text, printedSpan(input) ?? call)];
  const printers = input.kind === 'pipe' ? input.from.filter(({ tool }) => PRINTERS.test(tool)) : [];
  return printers
    .flatMap(({ args }) => args.slice(-1))
    .filter(({ exact }) => exact)
    .map(wordSource);
}

const PRINTERS = /^(?:echo|printf|print)$/;

/** All that a printer is given: where text lies that it has decoded or put together. */
function printedSpan(input: Input): Span | null {
  const [printer, ...others] = input.kind === 'pipe' ? input.from : [];
  const [first] = printer?.args ?? [];
  const last = printer?.args.at(-1);
  const isOne = printer !== undefined && others.length === 0 && PRINTERS.test(printer.tool);
  return isOne && first && last ? { start: first.start, end: last.end } : null;
}

/** The word that echo prints, where that is all the input; null for other input. */
export function printedSource(input: Input, text: string): Source | null {
  if (input.kind !== 'pipe' || input.from.length !== 1) return null;
  const word = input.from[0]?.args.at(-1);
  return word?.exact && text.trimEnd() === word.text.trimEnd() ? wordSource(word) : null;
}

/**
 * Programs that start others and need code of their own: shells, find, xargs, parallel, trap,
 * source.
 */

import { inputText } from '../../expansion/input-text.ts';
import type { Dialect, Word, Wrapper } from '../../model.ts';
import { computedSource, partOfSource } from '../../source.ts';
import { computedWord } from '../../syntax/parts.ts';
import { fileText } from '../files.ts';
import type { Call, Frame, Output, Walk } from '../frame.ts';
import { runMake } from '../makefile.ts';
import { hasOption, type OptionReading, optionValue, readOptions } from '../options/options.ts';
import { joinedSource, wordSource } from '../payload.ts';
import { runText } from '../run-text.ts';
import { shellDialect } from '../shells.ts';
import { innerCall, inputSources, runInputText } from '../unwrap.ts';

/** List items that are substituted one by one. */
const MAX_ITEMS = 64;
const MAX_BATCHES = 8;
const XARGS = {
  short: 'adEILnPsRSJ',
  optional: 'eil',
  long: ['arg-file', 'delimiter', 'max-lines', 'max-args', 'max-procs', 'max-chars', 'process-slot-var', 'eof'],
};
const PARALLEL = {
  short: 'jPSnNLIaCdEMsR',
  long: [
    'jobs',
    'colsep',
    'delay',
    'joblog',
    'results',
    'tmpdir',
    'arg-file',
    'load',
    'memfree',
    'retries',
    'timeout',
    'sshlogin',
    'slf',
    'sshloginfile',
    'max-args',
    'max-procs',
    'max-replace-args',
    'wd',
    'workdir',
    'env',
    'halt',
    'tagstring',
    'nice',
    'block',
    'recstart',
    'recend',
    'basefile',
    'return',
    'transferfile',
    'shuf',
    'seqreplace',
    'delimiter',
    'process-slot-var',
  ],
};
const EXEC_ACTIONS = new Set([
  '-exec',
  '-execdir',
  '-ok',
  '-okdir',
  '-x',
  '--exec',
  '-X',
  '--exec-batch',
  '-exec-batch',
]);

/**
 * Walks what the program starts and returns what it prints; undefined if it is not one of these
 * programs.
 */
export function runExecBuiltin(walk: Walk, call: Call, tool: string, frame: Frame): Output | undefined {
  const dialect = shellDialect(tool);
  if (dialect !== undefined) {
    return withEnvironment(walk, call.assignments, () => runShell(walk, call, tool, dialect, frame));
  }
  switch (tool) {
    case 'find':
    case 'gfind':
    case 'fd':
    case 'fdfind':
      return runFind(walk, call, tool, frame);
    case 'xargs':
    case 'gxargs':
      return runXargs(walk, call, tool, frame);
    case 'parallel':
    case 'sem':
      return runParallel(walk, call, tool, frame);
    case 'crontab':
      return runCrontab(walk, call, frame);
    case 'make':
    case 'gmake':
    case 'bmake':
    case 'remake':
      runMake(walk, call, frame);
      return undefined;
    case 'trap':
      return runTrap(walk, call, frame);
    case 'source':
    case '.':
      return runSource(walk, call, tool, frame);
    default:
      return undefined;
  }
}

function nestedFrame(frame: Frame, wrapper: Wrapper, openArguments = frame.openArguments): Frame {
  return { ...frame, via: [...frame.via, wrapper], depth: frame.depth + 1, topLevel: false, openArguments };
}

const wrapper = (
  name: string,
  call: Call,
  reading: Pick<OptionReading, 'options'>,
  operands: readonly Word[],
): Wrapper => ({
  name,
  options: reading.options,
  operands: operands.map(({ text }) => text),
  args: call.words.slice(1),
});

function runShell(walk: Walk, call: Call, tool: string, dialect: Dialect, frame: Frame): Output {
  const spec =
    dialect === 'fish'
      ? { short: 'cCdDof', long: ['command', 'init-command'] }
      : { short: 'oO', long: ['rcfile', 'init-file'] };
  const reading = readOptions(call.words, 1, spec);
  const operands = call.words.slice(reading.next);
  const inner = nestedFrame(frame, wrapper(tool, call, reading, operands));
  if (dialect === 'fish') {
    for (const [index, [name, value]] of reading.options.entries()) {
      const holder = reading.holders[index];
      if (!['-c', '-C', '--command', '--init-command'].includes(name) || value === null || !holder) continue;
      const source = holder.text === value ? wordSource(holder) : computedSource(value, holder);
      return runText(walk, source, dialect, inner);
    }
  }
  const [script] = operands;
  if (hasOption(reading.options, ['-c']) && script !== undefined) {
    return withArguments(walk, operands.slice(1), () => runText(walk, wordSource(script), dialect, inner));
  }
  if (
    script === undefined ||
    hasOption(reading.options, ['-s']) ||
    script.text === '/dev/stdin' ||
    script.text === '-'
  ) {
    return runInputText(walk, call, inner, dialect);
  }
  return runScriptFile(walk, call, script, dialect, inner);
}

/** Walks with the variables of `NAME=value sh -c …` set. */
function withEnvironment(walk: Walk, assignments: Call['assignments'], run: () => Output): Output {
  if (assignments.length === 0) return run();
  const { variables } = walk.scope;
  const before = assignments.map(({ name }) => [name, variables.get(name)] as const);
  for (const { name, value } of assignments) variables.set(name, value?.value ?? null);
  const output = run();
  for (const [name, value] of before) {
    if (value === undefined) variables.delete(name);
    else variables.set(name, value);
  }
  return output;
}

/** Walks with `$0`, `$1`, `$2`, … set. */
function withArguments(walk: Walk, [zero, ...args]: readonly Word[], run: () => Output): Output {
  const { scope } = walk;
  const before = scope.positional;
  const caller = scope.variables.get('0');
  scope.positional = args;
  if (zero) scope.variables.set('0', zero.value);
  const output = run();
  scope.positional = before;
  if (caller === undefined) scope.variables.delete('0');
  else scope.variables.set('0', caller);
  return output;
}

/**
 * The script is the output of the process substitution (`bash <(echo …)`), or a file written on
 * this line.
 */
function runScriptFile(walk: Walk, call: Call, script: Word, dialect: Dialect, frame: Frame): Output {
  const isProcess = script.parts[0]?.kind === 'process';
  const printed = call.substitutions.find(({ kind, output }) => kind === 'process' && output !== null)?.output;
  const text = isProcess ? (printed ?? null) : fileText(walk, script);
  return text === null ? null : runText(walk, computedSource(text, script), dialect, frame);
}

function runSource(walk: Walk, call: Call, tool: string, frame: Frame): Output {
  const [, file] = call.words;
  if (file === undefined) return null;
  const inner = nestedFrame(frame, wrapper(tool, call, { options: [] }, [file]));
  if (file.text === '/dev/stdin' || file.text === '-') return runInputText(walk, call, inner, frame.dialect);
  return runScriptFile(walk, call, file, frame.dialect, inner);
}

function runTrap(walk: Walk, call: Call, frame: Frame): Output {
  const reading = readOptions(call.words, 1, {});
  const [handler, ...signals] = call.words.slice(reading.next);
  if (handler === undefined || signals.length === 0 || handler.text === '-') return '';
  const inner = nestedFrame(frame, wrapper('trap', call, reading, signals));
  runText(walk, wordSource(handler), frame.dialect, { ...inner, conditional: true });
  return '';
}

const CRON_LINE = /^[ \t]*(?:@\w+|(?:[^ \t\n=#]+[ \t]+){5})(.+)$/gm;

/** `… | crontab -`: walks the commands of the table if it is known. */
function runCrontab(walk: Walk, call: Call, frame: Frame): Output {
  const [, file] = call.words;
  if (file !== undefined && file.text !== '-') return null;
  const inner = nestedFrame({ ...frame, input: { kind: 'inherited' } }, wrapper('crontab', call, { options: [] }, []));
  for (const table of inputSources(walk, call, frame.input))
    for (const { 0: line, 1: command = '', index } of table.text.matchAll(CRON_LINE)) {
      const end = index + line.length;
      runText(walk, partOfSource(table, end - command.length, end), 'sh', inner);
    }
  return null;
}

function runFind(walk: Walk, call: Call, tool: string, frame: Frame): Output {
  const args = call.words.slice(1);
  const firstTest = args.findIndex(({ text }) => /^[-(!]/.test(text));
  const paths = tool.startsWith('fd') ? [] : args.slice(0, firstTest < 0 ? args.length : firstTest);
  let started = 0;
  for (let at = 0; at < args.length && started < MAX_ITEMS; at += 1) {
    const action = args[at]?.text ?? '';
    if (!EXEC_ACTIONS.has(action)) continue;
    const words: Word[] = [];
    for (at += 1; at < args.length; at += 1) {
      const word = args[at];
      if (word === undefined || word.text === ';' || word.text === '+') break;
      words.push(word);
    }
    started += 1;
    const inner = nestedFrame(frame, wrapper(tool, call, { options: [[action, null]] }, paths), true);
    if (words.length > 0) walk.runCall(walk, innerCall(call, words), inner);
  }
  return null;
}

function runXargs(walk: Walk, call: Call, tool: string, frame: Frame): Output {
  const reading = readOptions(call.words, 1, XARGS);
  const command = call.words.slice(reading.next);
  if (command.length === 0) return inputText(frame.input);
  const replaced = optionValue(reading.options, ['-I', '-i', '--replace', '-J']);
  const token = replaced === undefined ? null : (replaced ?? '{}');
  const items = readItems(frame, reading, token !== null);
  const inner = nestedFrame(
    { ...frame, input: { kind: 'inherited' } },
    { ...wrapper(tool, call, reading, []), items: frame.input },
    items === null,
  );
  if (items === null) return walk.runCall(walk, innerCall(call, command), inner);
  const size = token === null ? Number(optionValue(reading.options, ['-n', '--max-args', '-L']) ?? MAX_ITEMS) : 1;
  let output: Output = null;
  for (const batch of batches(items, size, call)) {
    const words =
      token === null ? [...command, ...batch] : command.map((word) => substituteItem(word, token, batch[0]));
    output = walk.runCall(walk, innerCall(call, words), inner);
  }
  return items.length <= size ? output : null;
}

/** The items that xargs reads from standard input; null if unknown. */
function readItems(frame: Frame, { options }: OptionReading, byLine: boolean): readonly string[] | null {
  if (hasOption(options, ['-a', '--arg-file'])) return null;
  const text = inputText(frame.input);
  if (text === null) return null;
  const delimiter = optionValue(options, ['-d', '--delimiter']);
  const separator = hasOption(options, ['-0', '--null'])
    ? '\0'
    : delimiter
      ? plainDelimiter(delimiter)
      : byLine
        ? '\n'
        : /[ \t\n]+/;
  return text
    .split(separator)
    .map((item) =>
      byLine || typeof separator === 'string' ? item.replace(/^[ \t]+|\n$/g, '') : item.replace(/['"\\]/g, ''),
    )
    .filter((item) => item !== '')
    .slice(0, MAX_ITEMS);
}

const plainDelimiter = (delimiter: string): string =>
  delimiter === '\\n' ? '\n' : delimiter === '\\t' ? '\t' : delimiter === '\\0' ? '\0' : delimiter;

function batches(items: readonly string[], size: number, call: Call): Word[][] {
  const step = Number.isInteger(size) && size > 0 ? size : MAX_ITEMS;
  const result: Word[][] = [];
  for (let at = 0; at < items.length && result.length < MAX_BATCHES; at += step) {
    result.push(items.slice(at, at + step).map((item) => itemWord(item, call)));
  }
  return result.length > 0 ? result : [[]];
}

const itemWord = (text: string, call: Call): Word => computedWord(text, call);

/** Replaces `{}` in a word of the command. */
function substituteItem(word: Word, token: string, item: Word | undefined): Word {
  if (item === undefined || token === '' || !word.text.includes(token)) return word;
  const parts = word.parts.map((part) =>
    part.kind === 'literal' ? { ...part, text: part.text.split(token).join(item.text) } : part,
  );
  const text = word.text.split(token).join(item.text);
  return { ...word, parts, text, value: word.value === null ? null : text, exact: false };
}

function runParallel(walk: Walk, call: Call, tool: string, frame: Frame): Output {
  const reading = readOptions(call.words, 1, PARALLEL);
  const words = call.words.slice(reading.next);
  const listAt = words.findIndex(({ text }) => /^::::?\+?$/.test(text));
  const command = listAt < 0 ? words : words.slice(0, listAt);
  const items = parallelItems(words, listAt, call, frame);
  const inner = nestedFrame(
    { ...frame, input: { kind: 'inherited' } },
    { ...wrapper(tool, call, reading, []), items: frame.input },
    items === null,
  );
  if (items === null) return runParallelCommand(walk, call, command, inner);
  for (const item of items.slice(0, MAX_BATCHES)) {
    const takesItem = command.some(({ text }) => /\{[#%0-9./]*\}/.test(text));
    const withItem = takesItem
      ? command.map((word) => substituteItem(substituteItem(word, '{}', item), '{1}', item))
      : [...command, item];
    runParallelCommand(walk, call, withItem, inner);
  }
  return null;
}

function parallelItems(words: readonly Word[], listAt: number, call: Call, frame: Frame): readonly Word[] | null {
  if (listAt >= 0) {
    if (words[listAt]?.text.startsWith('::::')) return null;
    return words.slice(listAt + 1).filter(({ text }) => !/^:::\+?$/.test(text));
  }
  const text = inputText(frame.input);
  return text === null
    ? null
    : text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => itemWord(line, call));
}

/** A single word is text for a shell; several are a program and its arguments. */
function runParallelCommand(walk: Walk, call: Call, words: readonly Word[], frame: Frame): Output {
  if (words.length === 0) return null;
  if (words.length === 1 || /[ ;|&]/.test(words[0]?.text ?? '')) return runText(walk, joinedSource(words), 'sh', frame);
  return walk.runCall(walk, innerCall(call, words), frame);
}

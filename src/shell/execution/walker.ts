/** Walks a syntax tree in execution order and passes each expanded simple command to the runner. */
import { type Expander, expandWhole, expandWords } from '../expansion/expansion.ts';
import { isPlace, referenced, setVariable } from '../expansion/scope.ts';
import { MAX_CALLS, MAX_INVOCATIONS, MAX_VALUE } from '../limits.ts';
import type {
  Assignment,
  Command,
  CompoundCommand,
  Input,
  Pipeline,
  Redirection,
  Script,
  SimpleCommand,
  Substitution,
  Word,
} from '../model.ts';
import { cutOff } from '../syntax/reader.ts';
import { OUTPUT } from '../syntax/redirections.ts';
import { doubtAssigned, noteAssigned, noteDefault, withAlternatives } from './alternatives.ts';
import { openCoprocess, openDescriptors, openFiles, openRedirection, readDescriptor } from './descriptors.ts';
import { doubtDirectory } from './directory.ts';
import { recordRedirections } from './files.ts';
import type { Call, Frame, Output, Walk } from './frame.ts';
import { addInvocation, inputOf } from './frame.ts';
import { runCommandVariable } from './options/exec-options.ts';

/** Loop iterations that are walked separately, for a loop over a literal list. */
const MAX_ITERATIONS = 8;

/** Walks a script. Its output is known only if that of each of its commands is. */
export function runScript(walk: Walk, script: Script, frame: Frame): Output {
  let output: Output = '';
  let conditional = frame.conditional;
  /** What was assigned before the first pipeline of a list that may not run. */
  let assigned: number | null = null;
  for (const { pipeline, separator } of script.items) {
    if (isExhausted(walk, pipeline.start)) return null;
    const background = frame.background || separator === '&';
    const { directory } = walk.scope;
    const printed = runPipeline(walk, pipeline, { ...frame, conditional, background });
    if (separator === '&') walk.scope.directory = directory;
    else if (separator !== '&&') doubtDirectory(walk);
    output = output === null || printed === null ? null : output + printed;
    if (output !== null && output.length > MAX_VALUE) output = null;
    const continues = separator === '&&' || separator === '||';
    conditional = frame.conditional || continues;
    if (continues) assigned ??= walk.scope.assigned.length;
    else {
      if (assigned !== null) doubtAssigned(walk.scope, assigned);
      assigned = null;
    }
  }
  return output;
}

/**
 * Counts a command and tells whether the limit is reached, because functions and loops multiply.
 */
function isExhausted({ state, invocations }: Walk, offset: number): boolean {
  state.calls += 1;
  const exhausted = state.calls > MAX_CALLS || invocations.length >= MAX_INVOCATIONS;
  if (exhausted) cutOff(state, offset);
  return exhausted;
}

function runPipeline(walk: Walk, pipeline: Pipeline, frame: Frame): Output {
  let input = frame.input;
  let output: Output = null;
  let previous: { from: number; to: number } | null = null;
  for (const command of pipeline.commands) {
    const from = walk.invocations.length;
    const { directory } = walk.scope;
    output = runCommand(walk, command, { ...frame, input });
    if (pipeline.commands.length > 1) walk.scope.directory = directory;
    const to = walk.invocations.length;
    if (previous !== null) linkReader(walk, previous, from);
    if (pipeline.commands.length > 1) input = { kind: 'pipe', from: walk.invocations.slice(from, to), output };
    previous = { from, to };
  }
  return output;
}

/**
 * Sets the reader of a pipe's writers: the first invocation of the next command that is not inside
 * one of its words.
 */
function linkReader(walk: Walk, writers: { from: number; to: number }, readerFrom: number): void {
  const depth = Math.min(...walk.invocations.slice(readerFrom).map((invocation) => invocation.depth));
  const reader = walk.invocations.slice(readerFrom).find((invocation) => invocation.depth === depth);
  if (reader === undefined) return;
  for (const writer of walk.invocations.slice(writers.from, writers.to)) {
    writer.pipesTo ??= reader;
  }
}

function runCommand(walk: Walk, command: Command, frame: Frame): Output {
  return command.kind === 'simple' ? runSimple(walk, command, frame) : runCompound(walk, command, frame);
}

function runSimple(walk: Walk, command: SimpleCommand, frame: Frame): Output {
  const substitutions: Substitution[] = [];
  const expander = (argument: number): Expander => substituter(walk, frame, argument, substitutions);
  const written = expandWords(command.words, (index) => expander(index - 1));
  const opened = command.redirections.map((one) => openRedirection(walk, expandRedirection(one, expander(-1))));
  const redirections = readDescriptor(walk, written, opened);
  const words = openFiles(walk, written);
  const assignments = command.assignments.map((one) => expandAssignment(one, expander(-1)));
  if (words.length > 0) {
    const { start, end } = command;
    const call: Call = { words, assignments, redirections, substitutions, start, end };
    if (words.length === 1 && words[0]?.text === 'exec') openDescriptors(walk, redirections);
    const from = walk.invocations.length;
    const output = walk.runCall(walk, call, frame);
    recordRedirections(walk, redirections, output, frame);
    noteGroup(walk, redirections, from);
    if (words[0]?.text === 'coproc') openCoprocess(walk, 'COPROC', command, walk.invocations.slice(from));
    runAlternatives(walk, command, frame);
    return redirectsOutput(redirections) ? '' : output;
  }
  for (const assignment of assignments) assignVariable(walk, assignment, false, frame);
  runAlternatives(walk, command, frame);
  const input = assignments.length === 0 && !frame.topLevel ? redirections.find(({ fd }) => fd === 0) : undefined;
  if (input?.operator === '<') return readFile(walk, input, command, frame);
  placeRedirections(walk, redirections, true);
  return '';
}

const TEST = /^(?:\[|test)$/;

function runAlternatives(walk: Walk, command: SimpleCommand, frame: Frame): void {
  if (TEST.test(command.words[0]?.text ?? '')) return;
  withAlternatives(walk.scope, command, () => {
    if (!isExhausted(walk, command.start)) runSimple(walk, command, { ...frame, topLevel: false });
  });
}

/** Records redirections without a program, with the directory that their files are in. */
function placeRedirections(walk: Walk, found: readonly Redirection[], alone: boolean): void {
  const { directory } = walk.scope;
  for (const redirection of found) walk.redirections.push({ ...redirection, directory, alone });
}

/** Records where the programs since `from` print, unless the only one has them itself. */
function noteGroup(walk: Walk, redirections: readonly Redirection[], from: number): void {
  const targets = redirections.filter(({ operator }) => OUTPUT.test(operator)).map(({ target }) => target);
  if (targets.length === 0) return;
  const of = walk.invocations.slice(from);
  if (of.length === 1 && of[0]?.redirections === redirections) return;
  for (const target of targets) walk.groups.push({ of, target });
}

/** `$(<file)` prints the file, as `cat` does. */
function readFile(walk: Walk, { target }: Redirection, { start, end }: SimpleCommand, frame: Frame): Output {
  const part = { kind: 'literal', text: 'cat', quoted: false, start, end: start } as const;
  const name: Word = { value: 'cat', text: 'cat', parts: [part], exact: false, start, end: start };
  return walk.runCall(
    walk,
    { words: [name, target], assignments: [], redirections: [], substitutions: [], start, end },
    frame,
  );
}

const redirectsOutput = (redirections: readonly Redirection[]): boolean =>
  redirections.some(({ fd, operator }) => fd === 1 && operator.includes('>') && operator !== '>&');

/** Records a variable that is set for the rest of the line. */
export function assignVariable(walk: Walk, assignment: Assignment, exported: boolean, frame: Frame): void {
  walk.settings.push({ assignment, exported });
  runCommandVariable(walk, assignment, { ...frame, conditional: true });
  const { elements, append } = assignment;
  const name = referenced(walk.scope, assignment.name);
  noteAssigned(walk.scope, name);
  if (assignment.value === null) {
    walk.scope.arrays.set(name, append ? [...(walk.scope.arrays.get(name) ?? []), ...elements] : elements);
  }
  if (assignment.value && assignment.value.text !== '') walk.scope.values.set(name, assignment.value);
  const value = assignment.value?.value ?? null;
  const before = append ? walk.scope.variables.get(name) : '';
  const known = value !== null && before !== null && before !== undefined;
  const after = known ? before + value : null;
  if (after === null && !append) setVariable(walk.scope, name, assignment.value);
  else walk.scope.variables.set(name, after !== null && after.length > MAX_VALUE ? null : after);
  if (value === null && assignment.value && !append) noteDefault(walk.scope, name, assignment.value);
}

function expandRedirection(redirection: Redirection, expander: Expander): Redirection {
  const { target, body, operator } = redirection;
  if (target.value !== null && (body === null || body.value !== null)) return redirection;
  const isDocument = operator === '<<' || operator === '<<-';
  return {
    ...redirection,
    target: isDocument ? target : expandWhole(target, expander),
    body: body === null ? null : expandWhole(body, expander),
  };
}

function expandAssignment(assignment: Assignment, expander: Expander): Assignment {
  const value = assignment.value === null ? null : expandWhole(assignment.value, expander);
  const elements = expandWords(assignment.elements, () => expander);
  return value === assignment.value && elements.length === 0 ? assignment : { ...assignment, value, elements };
}

/** Expander that walks a script inside a word and records it as a substitution of that word. */
function substituter(walk: Walk, frame: Frame, argument: number, found: Substitution[]): Expander {
  const inner: Frame = { ...frame, topLevel: false, depth: frame.depth + 1, openArguments: false };
  return {
    scope: walk.scope,
    splits: frame.dialect === 'bash' || frame.dialect === 'sh' ? 'all' : 'commands',
    substitute: (script, kind, direction) => {
      const from = walk.invocations.length;
      const input: Input = direction === 'out' ? { kind: 'process', from: [] } : { kind: 'inherited' };
      const { directory } = walk.scope;
      const output = runScript(walk, script, { ...inner, input });
      walk.scope.directory = directory;
      const invocations = walk.invocations.slice(from);
      found.push({ kind, argument, invocations, output });
      const before = walk.substituted.get(script);
      if (before) before.push(...invocations);
      else walk.substituted.set(script, [...invocations]);
      return output;
    },
  };
}

function runCompound(walk: Walk, command: CompoundCommand, frame: Frame): Output {
  if (command.kind === 'function') {
    defineFunction(walk, command, frame);
    return '';
  }
  const found: Substitution[] = [];
  const expander = substituter(walk, frame, -1, found);
  const redirections = command.redirections.map((one) => openRedirection(walk, expandRedirection(one, expander)));
  placeRedirections(walk, redirections, false);
  const words = expandWords(command.words, () => expander);
  const input = inputOf(redirections, frame);
  const { directory } = walk.scope;
  const from = walk.invocations.length;
  if (command.kind === 'test') addTest(walk, command, { words, redirections, substitutions: found }, frame, input);
  const output =
    command.kind === 'loop'
      ? runLoop(walk, command, words, { ...frame, input, inLoop: true })
      : runBranches(walk, command, { ...frame, input });
  if (command.kind === 'coproc') openCoprocess(walk, command.name ?? 'COPROC', command, walk.invocations.slice(from));
  if (command.kind === 'coproc' || command.kind === 'subshell') walk.scope.directory = directory;
  recordRedirections(walk, redirections, output, frame);
  noteGroup(walk, redirections, from);
  return redirectsOutput(redirections) ? '' : output;
}

/** Adds `[[ … ]]` as an invocation, as `[ … ]` is one. */
function addTest(
  walk: Walk,
  { start, end }: CompoundCommand,
  found: Pick<Call, 'words' | 'redirections' | 'substitutions'>,
  frame: Frame,
  input: Input,
): void {
  const [name] = found.words;
  if (name) addInvocation(walk, frame, { ...found, assignments: [], start, end }, '[[', name, input, null);
}

function runBranches(walk: Walk, command: CompoundCommand, frame: Frame): Output {
  const isChoice = command.kind === 'if' || command.kind === 'case';
  const background = frame.background || command.kind === 'coproc';
  const assigned = walk.scope.assigned.length;
  let output: Output = '';
  for (const [index, { script, role }] of command.branches.entries()) {
    const conditional = frame.conditional || (isChoice && (index > 0 || role === 'body'));
    const printed = runScript(walk, script, { ...frame, conditional, background });
    output = isChoice || output === null || printed === null ? null : output + printed;
  }
  if (isChoice || command.kind === 'loop') doubtAssigned(walk.scope, assigned);
  return output;
}

const ALWAYS_TRUE = /^(?:\/(?:usr\/)?bin\/)?(?:true|:)$/;
const ALWAYS_FALSE = /^(?:\/(?:usr\/)?bin\/)?false$/;

/** `while true`, `until false`, `while [ 1 ]`, `for ((;;))` */
function isEndless({ branches, words, negated }: CompoundCommand): boolean {
  const condition = branches.find(({ role }) => role === 'condition');
  if (condition === undefined) return /^\(\(\s*;[^;]*;[^;]*\)\)$/.test(words[0]?.text.replace(/\s*1?\s*;/, ';') ?? '');
  const command = condition.script.items.length === 1 ? condition.script.items[0]?.pipeline.commands[0] : undefined;
  if (command === undefined) return false;
  if (command.kind === 'arithmetic') return !negated && /^\(\(\s*[1-9]\d*\s*\)\)$/.test(command.words[0]?.text ?? '');
  const text = command.words.map((word) => word.text).join(' ');
  if (command.kind === 'test') return !negated && /^\[\[ (?:1|true)$/.test(text);
  if (negated) return ALWAYS_FALSE.test(text);
  return ALWAYS_TRUE.test(text) || /^(?:\[ (?:1|true|-n \w+|1 -eq 1|1 = 1) \]|test (?:1|true))$/.test(text);
}

/** The values of a loop's variable, as those of an array. */
const itemsOf = (name: string, elements: readonly Word[], { start, end }: CompoundCommand): Assignment => ({
  name,
  append: false,
  value: null,
  elements,
  start,
  end,
});

/**
 * Walks a loop once, or once per item of a literal list, to detect `for d in / /home; do rm -rf $d;
 * done`.
 */
function runLoop(walk: Walk, command: CompoundCommand, words: readonly Word[], frame: Frame): Output {
  const { name } = command;
  const literal = name !== null && words.length > 0 && words.every((word) => word.value !== null || isPlace(word));
  const iterations: readonly (Word | null)[] = literal ? words.slice(0, MAX_ITERATIONS) : [null];
  const endless = frame.endless || isEndless(command);
  if (name !== null) walk.settings.push({ assignment: itemsOf(name, words, command), exported: false });
  for (const [index, word] of iterations.entries()) {
    if (name !== null) setVariable(walk.scope, name, word);
    if (name !== null) walk.scope.reads.delete(name);
    runBranches(walk, command, { ...frame, endless, background: false, topLevel: frame.topLevel && index === 0 });
    const differs = name !== null && walk.scope.reads.has(name);
    if (!differs) break;
  }
  if (name !== null && words.length !== 1) setVariable(walk.scope, name, null);
  return null;
}

/**
 * Records a function. Its body is walked separately, so that rules see it even if it is never
 * called.
 */
function defineFunction(walk: Walk, command: CompoundCommand, frame: Frame): void {
  const name = command.name ?? '';
  walk.scope.functions.set(name, command);
  const from = walk.invocations.length;
  const inner: Frame = { ...frame, inFunction: name, topLevel: false, conditional: true, depth: frame.depth + 1 };
  const variables = new Map(walk.scope.variables);
  const { positional, directory } = walk.scope;
  walk.scope.positional = null;
  walk.scope.active.add(name);
  for (const { script } of command.branches) runScript(walk, script, { ...inner, input: { kind: 'inherited' } });
  walk.scope.active.delete(name);
  walk.scope.positional = positional;
  walk.scope.directory = directory;
  for (const [key, value] of variables) walk.scope.variables.set(key, value);
  const { start, end } = command;
  walk.functions.push({ name, invocations: walk.invocations.splice(from), start, end });
}

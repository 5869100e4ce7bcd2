/**
 * Determines what a command with known words runs: itself, a wrapped command, or text for a shell.
 */

import { constantOutput } from '../expansion/constant-output.ts';
import { MAX_DEPTH, MAX_WALKED, MAX_WRAPPERS } from '../limits.ts';
import type { Input, Word } from '../model.ts';
import { computedSource } from '../source.ts';
import { cutOff } from '../syntax/reader.ts';
import { runBuiltin } from './builtins/builtins.ts';
import { runExecBuiltin } from './builtins/exec-builtins.ts';
import { leaveCall } from './directory.ts';
import { fileText, referencedTexts, runFileTool } from './files.ts';
import { addInvocation, type Call, type Frame, inputOf, type Output, type Walk } from './frame.ts';
import { codeOf, runCode } from './interpreters.ts';
import { runExecOptions, runExecVariables } from './options/exec-options.ts';
import { withVariableOptions } from './options/variable-options.ts';
import { joinedSource } from './payload.ts';
import { runText } from './run-text.ts';
import { toolName } from './tool-name.ts';
import { runWrapper } from './unwrap.ts';

export function runCall(walk: Walk, call: Call, frame: Frame): Output {
  const { directory } = walk.scope;
  const output = runResolved(walk, call, frame);
  leaveCall(walk, call, directory);
  return output;
}

function runResolved(walk: Walk, written: Call, frame: Frame): Output {
  const name = written.words[0];
  if (name === undefined) return null;
  for (const { text } of written.words) walk.state.walked += text.length + 1;
  if (frame.depth > MAX_DEPTH || frame.via.length > MAX_WRAPPERS || walk.state.walked > MAX_WALKED) {
    cutOff(walk.state, written.start);
    return null;
  }
  const tool = resolvedName(walk, toolName(name));
  const call = withVariableOptions(walk, written, tool);
  const aliased = runAlias(walk, call, name, frame);
  if (aliased !== undefined) return aliased;
  const wrapped = runWrapper(walk, call, tool, frame);
  if (wrapped !== undefined) {
    runExecOptions(walk, call, tool, frame);
    return wrapped;
  }
  const input = inputOf(call.redirections, frame, call.substitutions);
  const code = codeOf(walk, tool, call.words, input);
  const invocation = addInvocation(walk, frame, call, tool, name, input, code);
  if (invocation === null) return null;
  invocation.referencedTexts = referencedTexts(walk, call.words.slice(1));
  runExecVariables(walk, call, { ...frame, input });
  const called = runFunction(walk, call, tool, frame);
  if (called !== undefined) return called;
  const builtin = runBuiltin(walk, call, tool, frame);
  if (builtin !== undefined) return builtin;
  const fileOutput =
    runFileTool(walk, tool, call.words, { ...frame, input }) ?? runWrittenFile(walk, call, name, { ...frame, input });
  if (fileOutput !== undefined) return fileOutput;
  const execOutput = runExecBuiltin(walk, call, tool, { ...frame, input });
  if (execOutput !== undefined) return execOutput;
  runExecOptions(walk, call, tool, { ...frame, input });
  if (code !== null) runCode(walk, code, tool, call, { ...frame, input });
  return constantOutput(tool, ...fedBySubstitution(call, input), frame.dialect);
}

/**
 * `xxd -r <(echo 2f)`: what the substitution prints is the input of a program that reads one file.
 */
function fedBySubstitution({ words, substitutions }: Call, input: Input): [words: readonly Word[], input: Input] {
  const [only, ...more] = substitutions.filter(({ kind }) => kind === 'process');
  const at = (only?.argument ?? -1) + 1;
  if (only === undefined || more.length > 0 || only.output === null || words[at]?.parts[0]?.kind !== 'process')
    return [words, input];
  return [words.filter((_, index) => index !== at), { kind: 'pipe', from: only.invocations, output: only.output }];
}

/** Programs that `hash -p` cannot replace unless `enable -n` switches the builtin off. */
const BUILTINS = new Set('echo printf test [ cd pwd true false kill read let history type eval exec'.split(' '));

/** The program that a name stands for after `hash -p path name`. */
function resolvedName({ scope }: Walk, tool: string): string {
  const path = scope.hashed.size > 0 ? scope.hashed.get(tool) : undefined;
  if (path === undefined || (BUILTINS.has(tool) && !scope.disabled.has(tool))) return tool;
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Walks a script that was written on this line and is now called by its path. */
function runWrittenFile(walk: Walk, call: Call, name: Word, frame: Frame): Output | undefined {
  const text = name.value === null || name.text.includes('/') ? fileText(walk, name) : null;
  if (text === null) return undefined;
  const via = [...frame.via, { name: 'script', options: [], operands: [name.text], args: call.words.slice(1) }];
  return runText(walk, computedSource(text, name), 'sh', { ...frame, via, depth: frame.depth + 1, topLevel: false });
}

/** Walks the body of a function defined on this line with the arguments of the call. */
function runFunction(walk: Walk, call: Call, tool: string, frame: Frame): Output | undefined {
  const definition = walk.scope.functions.get(tool);
  if (definition === undefined || walk.scope.active.has(tool)) return undefined;
  walk.scope.active.add(tool);
  const before = walk.scope.positional;
  walk.scope.positional = call.words.slice(1);
  const via = [...frame.via, { name: 'function', options: [], operands: [tool], args: call.words.slice(1) }];
  const inner: Frame = { ...frame, via, inFunction: tool, topLevel: false, depth: frame.depth + 1 };
  let output: Output = null;
  for (const { script } of definition.branches) output = walk.runScript(walk, script, inner);
  walk.scope.positional = before;
  walk.scope.active.delete(tool);
  return output;
}

/** Walks an alias that was defined on this line and is used without quotes. */
function runAlias(walk: Walk, call: Call, name: Word, frame: Frame): Output | undefined {
  const text = walk.scope.aliases.get(name.text);
  const only = name.parts[0];
  if (text === undefined || walk.scope.active.has(`alias ${name.text}`)) return undefined;
  if (name.parts.length !== 1 || only?.kind !== 'literal' || only.quoted) return undefined;
  walk.scope.active.add(`alias ${name.text}`);
  const via = [...frame.via, { name: 'alias', options: [], operands: [name.text], args: call.words.slice(1) }];
  const source = joinedSource([text, ...call.words.slice(1)]);
  const script = walk.parse(source, frame.dialect, frame.depth + 1);
  const output = walk.runScript(walk, script, { ...frame, via, depth: frame.depth + 1 });
  walk.scope.active.delete(`alias ${name.text}`);
  return output;
}

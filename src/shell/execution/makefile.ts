/** Commands in a makefile that is written on the command line. */
import { computedSource } from '../source.ts';
import { computedWord } from '../syntax/parts.ts';
import { fileText, knownInput } from './files.ts';
import type { Call, Frame, Output, Walk } from './frame.ts';
import { type Option, optionValue, readOptions } from './options/options.ts';
import { runText } from './run-text.ts';

const MAKE = { short: 'CEfIoW', optional: 'jlO', long: ['directory', 'eval', 'file', 'makefile', 'include-dir'] };

/** Lines of a recipe (GNU make manual §5): after a tab, or after the prerequisites. */
const RECIPE = /^(?:\t|[^\t\n#:=;]{1,200}:[^=\n;]{0,400};)[ \t]*[@+-]*(.+)$/gm;
/** `name != cmd` runs when the file is read (GNU make manual §6.5). */
const SHELL_ASSIGNMENT = /^[ \t]*[\w.-]+[ \t]*!=[ \t]*(.+)$/gm;
/** Files that make reads where none is named. */
const DEFAULT_FILES = ['GNUmakefile', 'makefile', 'Makefile'];

/** `make -f - <<< …`, `make --eval=…`, `make SHELL=…`: walks the commands that are known. */
export function runMake(walk: Walk, call: Call, frame: Frame): void {
  const { options } = readOptions(call.words, 1, MAKE);
  const [origin] = call.words;
  if (!origin) return;
  const via = [...frame.via, { name: 'make', options, operands: [], args: call.words.slice(1) }];
  const inner: Frame = { ...frame, via, depth: frame.depth + 1, topLevel: false, input: { kind: 'inherited' } };
  const run = (text: string): Output => runText(walk, computedSource(text, { ...origin, end: call.end }), 'sh', inner);
  for (const { text } of call.words) if (text.startsWith('SHELL=')) run(text.slice('SHELL='.length));
  for (const text of makefiles(walk, call, options, frame)) {
    if (text === null) continue;
    const matched = [SHELL_ASSIGNMENT, RECIPE].flatMap((pattern) => [...text.matchAll(pattern)]);
    const commands = matched.map(([, command = '']) => command);
    for (const command of [...shellFunctions(text), ...commands]) run(command.replaceAll('$$', '$'));
  }
}

/** `$(shell cmd)` runs when the file is read (GNU make manual §8.14). */
const shellFunctions = (text: string): readonly string[] =>
  text.split('\n').flatMap((line) => {
    const at = line.indexOf(SHELL_FUNCTION);
    const end = line.lastIndexOf(')');
    return at < 0 || end < at ? [] : [line.slice(at + SHELL_FUNCTION.length, end)];
  });
const SHELL_FUNCTION = '$(shell ';

/** Texts of the makefiles as far as they are known. */
function makefiles(walk: Walk, call: Call, options: readonly Option[], frame: Frame): readonly (string | null)[] {
  const evaluated = optionValue(options, ['-E', '--eval']) ?? null;
  const name = optionValue(options, ['-f', '--file', '--makefile']);
  if (name === undefined) {
    const inOther = optionValue(options, ['-C', '--directory']) !== undefined;
    return [evaluated, ...(inOther ? [] : DEFAULT_FILES.map((file) => fileText(walk, computedWord(file, call))))];
  }
  if (name === '-' || name === '/dev/stdin') return [evaluated, knownInput(walk, frame.input)];
  const file = call.words.find(({ text }) => text === name || text === `-f${name ?? ''}`);
  const printed = call.substitutions.find(({ kind }) => kind === 'process')?.output ?? null;
  return [evaluated, file?.parts[0]?.kind === 'process' ? printed : fileText(walk, file)];
}

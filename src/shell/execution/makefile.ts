/** Commands in a makefile that is written on the command line. */
import { computedSource } from '../source.ts';
import { fileText, knownInput } from './files.ts';
import type { Call, Frame, Walk } from './frame.ts';
import { optionValue, readOptions } from './options/options.ts';
import { runText } from './run-text.ts';

const MAKE = { short: 'CEfIoW', optional: 'jlO', long: ['directory', 'eval', 'file', 'makefile', 'include-dir'] };

/** Lines of a recipe (GNU make manual §5): after a tab, or after the prerequisites. */
const RECIPE = /^(?:\t|[^\t\n#:=;]{1,200}:[^=\n;]{0,400};)[ \t]*[@+-]*(.+)$/gm;

/** `make -f - <<< …`, `make --eval=…`: walks the recipes if their text is known. */
export function runMake(walk: Walk, call: Call, frame: Frame): void {
  const { options } = readOptions(call.words, 1, MAKE);
  const name = optionValue(options, ['-f', '--file', '--makefile']);
  const file = call.words.find(({ text }) => text === name || text === `-f${name ?? ''}`);
  const fromInput = name === '-' || name === '/dev/stdin';
  const texts = [
    optionValue(options, ['-E', '--eval']),
    fromInput ? knownInput(walk, frame.input) : name ? fileText(walk, file) : null,
  ];
  const [origin] = call.words;
  if (!origin) return;
  const via = [...frame.via, { name: 'make', options, operands: [], args: call.words.slice(1) }];
  const inner: Frame = { ...frame, via, depth: frame.depth + 1, topLevel: false, input: { kind: 'inherited' } };
  for (const text of texts)
    for (const [, command = ''] of (text ?? '').matchAll(RECIPE))
      runText(walk, computedSource(command.replaceAll('$$', '$'), { ...origin, end: call.end }), 'sh', inner);
}

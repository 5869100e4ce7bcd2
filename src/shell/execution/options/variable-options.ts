/**
 * Variables from which programs read more options: tar(1), gzip(1), xz(1), less(1), git-config(1).
 */
import type { Word } from '../../model.ts';
import { computedWord } from '../../syntax/parts.ts';
import type { Call, Walk } from '../frame.ts';

/** By program: variables with options, separated by blanks. */
const OPTION_VARIABLES: Readonly<Record<string, readonly string[]>> = {
  tar: ['TAR_OPTIONS'],
  gtar: ['TAR_OPTIONS'],
  gzip: ['GZIP'],
  xz: ['XZ_DEFAULTS', 'XZ_OPT'],
  zip: ['ZIPOPT'],
  less: ['LESS'],
  make: ['MAKEFLAGS'],
  perl: ['PERL5OPT'],
  ruby: ['RUBYOPT'],
  node: ['NODE_OPTIONS'],
};
const TAR_FILE = /^(?:-[A-Za-z]*f|--file(?:=.*)?|-f.+)$/;

/** The command with the options that variables of this line add to it. */
export function withVariableOptions(walk: Walk, call: Call, tool: string): Call {
  if (walk.scope.values.size === 0 && call.assignments.length === 0) return call;
  const more = tool === 'git' ? gitSettings(walk, call) : optionsFor(walk, call, tool);
  const [name, ...rest] = call.words;
  return more.length === 0 || name === undefined ? call : { ...call, words: [name, ...more, ...rest] };
}

function optionsFor(walk: Walk, call: Call, tool: string): readonly Word[] {
  const names = Object.hasOwn(OPTION_VARIABLES, tool) ? OPTION_VARIABLES[tool] : undefined;
  if (names === undefined) return [];
  const found = names.flatMap((name) => {
    const value = variable(walk, call, name);
    return value === undefined
      ? []
      : value.text
          .split(/\s+/)
          .filter((text) => text !== '')
          .map(wordLike(value));
  });
  const tape = tool.endsWith('tar') ? variable(walk, call, 'TAPE') : undefined;
  if (tape === undefined || [...found, ...call.words].some(({ text }) => TAR_FILE.test(text))) return found;
  return [...found, wordLike(tape)('-f'), tape];
}

const wordLike =
  (origin: Word) =>
  (text: string): Word =>
    computedWord(text, origin);

/**
 * The value of a variable set for this command, or the last one set on the line. An assignment that
 * empties it may not have run, so an empty value does not count.
 */
function variable(walk: Walk, call: Call, name: string): Word | undefined {
  const own = call.assignments.find((item) => item.name === name)?.value;
  return own && own.text !== '' ? own : walk.scope.values.get(name);
}

/** `GIT_CONFIG_KEY_0=name GIT_CONFIG_VALUE_0=value` as `-c name=value`. */
function gitSettings(walk: Walk, call: Call): readonly Word[] {
  const words: Word[] = [];
  for (let index = 0; index < 4; index += 1) {
    const key = variable(walk, call, `GIT_CONFIG_KEY_${index}`);
    const value = variable(walk, call, `GIT_CONFIG_VALUE_${index}`);
    if (key === undefined || value === undefined) break;
    words.push(computedWord('-c', key), computedWord(`${key.text}=${value.text}`, value));
  }
  return words;
}

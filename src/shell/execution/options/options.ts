/** Reads options as getopt_long(3) does, up to the first operand. */
import type { OptionSpec } from '../../catalogue/wrapper-spec.ts';
import type { Word } from '../../model.ts';

export type Option = readonly [name: string, value: string | null];

export interface OptionReading {
  readonly options: readonly Option[];
  /** The word that contains each option's value: the next word, or the option itself. */
  readonly holders: readonly Word[];
  /** Index of the first word that is not an option. */
  readonly next: number;
}

/** Reads options starting at `words[from]`. `--` ends them and is skipped. */
export function readOptions(words: readonly Word[], from: number, spec: OptionSpec): OptionReading {
  const options: Option[] = [];
  const holders: Word[] = [];
  let next = from;
  while (next < words.length) {
    const word = words[next];
    if (word === undefined) break;
    const { text } = word;
    if (text === '--') {
      next += 1;
      break;
    }
    if (text.length < 2 || (text[0] !== '-' && text[0] !== '+')) break;
    if (text[0] === '+' && !/^\+[A-Za-z]+$/.test(text)) break;
    const isLong = text.startsWith('--') || spec.singleDash === true;
    const read = isLong ? readLong(text, words[next + 1], spec) : readShort(text, words[next + 1], spec);
    for (const option of read.options) options.push(option);
    for (let index = 1; index < read.options.length; index += 1) holders.push(word);
    holders.push(read.following > 0 ? (words[next + 1] ?? word) : word);
    next += 1 + read.following;
  }
  return { options, holders, next: Math.min(next, words.length) };
}

/** Letters of one word that are read as options; no program has more. */
const MAX_BUNDLE = 64;

interface ReadOption {
  readonly options: readonly Option[];
  /** Words after this one that are its values. */
  readonly following: number;
}

function readLong(text: string, following: Word | undefined, spec: OptionSpec): ReadOption {
  const equals = text.indexOf('=');
  if (equals > 0) return { options: [[text.slice(0, equals), text.slice(equals + 1)]], following: 0 };
  const name = text.replace(/^--?/, '');
  const takes = spec.long?.includes(name) ? 1 : spec.two?.includes(name) ? 2 : 0;
  if (takes === 0 || following === undefined) return { options: [[text, null]], following: 0 };
  return { options: [[text, following.text]], following: takes };
}

function readShort(text: string, following: Word | undefined, spec: OptionSpec): ReadOption {
  const options: Option[] = [];
  for (let at = 1; at < Math.min(text.length, MAX_BUNDLE); at += 1) {
    const letter = text[at] ?? '';
    const name = `${text[0] ?? '-'}${letter}`;
    const rest = text.slice(at + 1);
    if (spec.short?.includes(letter)) {
      if (rest !== '') return { options: [...options, [name, rest]], following: 0 };
      return { options: [...options, [name, following?.text ?? null]], following: following === undefined ? 0 : 1 };
    }
    if (spec.optional?.includes(letter)) {
      return { options: [...options, [name, rest === '' ? null : rest]], following: 0 };
    }
    options.push([name, null]);
  }
  return { options, following: 0 };
}

/** Value of the first of these options; undefined if none is given, null if it has no value. */
export function optionValue(options: readonly Option[], names: readonly string[]): string | null | undefined {
  return options.find(([name]) => names.includes(name))?.[1];
}

export const hasOption = (options: readonly Option[], names: readonly string[]): boolean =>
  options.some(([name]) => names.includes(name));

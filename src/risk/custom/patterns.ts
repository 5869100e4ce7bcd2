/*
 * Values of a Sigma rule as matchers (Sigma specification 2.0, "Value modifiers"). Each takes time
 * linear in the text: plain ones search, those with wildcards and `re` run on RE2.
 */
import { RE2JS } from 're2js';
import type { Budget } from './budget.ts';
import type { FieldText } from './command-fields.ts';
import { RuleFault } from './condition.ts';

export type Matcher = (value: FieldText, budget: Budget) => boolean;

type Part = string | { readonly wildcard: '*' | '?' | 'dash' };

/** Plain searches read text this many times faster than regular expressions do. */
const PLAIN_SHARE = 16;
const MAX_PATTERN = 4_096;
/** Instructions of one compiled expression: repetitions make short ones large. */
const MAX_PROGRAM = 10_000;
/** What `windash` takes for a dash: hyphen, slash, en dash, em dash, horizontal bar. */
const DASHES = '[-/\u2013\u2014\u2015]';
const CASE_INSENSITIVE = RE2JS.CASE_INSENSITIVE;

export type Place = 'whole' | 'contains' | 'startswith' | 'endswith';

export interface TextOptions {
  readonly place: Place;
  readonly cased: boolean;
  readonly windash: boolean;
}

/** A matcher for text with the wildcards `*` and `?`. @throws RuleFault */
export function textMatcher(value: string, { place, cased, windash }: TextOptions): Matcher {
  assertLength(value);
  const written = parts(value);
  const body = windash ? written.flatMap(withDashes) : written;
  const all: Part[] = [
    ...(place === 'contains' || place === 'endswith' ? [ANY] : []),
    ...body,
    ...(place === 'contains' || place === 'startswith' ? [ANY] : []),
  ];
  const isOpen = (part: Part | undefined): boolean => typeof part === 'object' && part.wildcard === '*';
  const [from, to] = [isOpen(all[0]), all.length > 0 && isOpen(all.at(-1))];
  const inner = trimmed(all);
  if (inner.every((part) => typeof part === 'string')) return plainMatcher(inner.join(''), from, to, cased);
  return regexMatcher(`^(?s:${from ? '.*' : ''}${inner.map(source).join('')}${to ? '.*' : ''})$`, !cased);
}

const ANY: Part = { wildcard: '*' };

/** Without the stars at both ends. */
function trimmed(all: readonly Part[]): readonly Part[] {
  const isStar = (part: Part | undefined): boolean => typeof part === 'object' && part.wildcard === '*';
  let [from, to] = [0, all.length];
  while (from < to && isStar(all[from])) from += 1;
  while (to > from && isStar(all[to - 1])) to -= 1;
  return all.slice(from, to);
}

function plainMatcher(text: string, isOpenBefore: boolean, isOpenAfter: boolean, cased: boolean): Matcher {
  const wanted = cased ? text : text.toLowerCase();
  const form = cased ? 'text' : 'lower';
  if (isOpenBefore && isOpenAfter)
    return (value, budget) => {
      budget.spend(value.text.length / PLAIN_SHARE);
      return value[form].includes(wanted);
    };
  if (isOpenAfter) return (value) => value[form].startsWith(wanted);
  if (isOpenBefore) return (value) => value[form].endsWith(wanted);
  return (value) => value[form] === wanted;
}

/** A matcher that finds a regular expression anywhere in the text. @throws RuleFault */
export function regexMatcher(pattern: string, ignoresCase: boolean, flags = 0): Matcher {
  assertLength(pattern);
  const compiled = compile(pattern, flags | (ignoresCase ? CASE_INSENSITIVE : 0));
  return (value, budget) => {
    budget.spend(value.text.length + 1);
    return compiled.test(value.text);
  };
}

function compile(pattern: string, flags: number): RE2JS {
  // Counted before, because compiling a large one takes seconds.
  assertSize(repetitions(pattern));
  const compiled = compiledBy(pattern, flags);
  assertSize(compiled.programSize());
  return compiled;
}

/** The sum of the bounds of all repetitions, a lower limit of the program's size. */
const repetitions = (pattern: string): number =>
  [...pattern.matchAll(/(?<!\\)\{(\d{1,4})(?:,(\d{0,4}))?\}/g)].reduce(
    (sum, [, from = '0', to = '']) => sum + Math.max(Number(from), Number(to)),
    0,
  );

function assertSize(size: number): void {
  if (size > MAX_PROGRAM)
    throw new RuleFault(
      `the regular expression is too large: expected at most ${MAX_PROGRAM} steps, got ${size}; repeat less with {n,m}`,
    );
}

/** What RE2 says of expressions that no other engine would take either. */
const MISTAKE = /^(?:missing|unexpected|trailing|invalid character class|duplicate)/;

function compiledBy(pattern: string, flags: number): RE2JS {
  try {
    return RE2JS.compile(pattern, flags);
  } catch (error) {
    const said = error instanceof Error ? error.message.replace('error parsing regexp: ', '').slice(0, 80) : '';
    if (MISTAKE.test(said)) throw new RuleFault(`the regular expression has a mistake: ${said}; correct it`);
    if (said.startsWith('invalid repeat count'))
      throw new RuleFault(`the regular expression repeats too often (${said}): expected at most 1000 times in all`);
    const why = /\(\?<?[=!]/.test(pattern)
      ? 'it looks ahead or behind'
      : /\\[1-9]/.test(pattern)
        ? 'it refers back to a group'
        : 'RE2 does not know its syntax';
    throw new RuleFault(
      `the regular expression cannot be matched in linear time: ${why}; write it without, or use contains`,
    );
  }
}

const FLAGS: Readonly<Record<string, number>> = {
  i: CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
};
/** The flag of a sub-modifier of `re`; undefined for another word. */
export const regexFlag = (name: string): number | undefined => (Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined);

function assertLength(value: string): void {
  if (value.length > MAX_PATTERN)
    throw new RuleFault(`expected values of at most ${MAX_PATTERN} characters, got ${value.length}`);
}

/** `\*`, `\?` and `\\` are literal; any other backslash stands for itself. */
function parts(value: string): Part[] {
  const found: Part[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') found.push(text);
    text = '';
  };
  for (let at = 0; at < value.length; at += 1) {
    const character = value[at] ?? '';
    const next = value[at + 1];
    if (character === '\\' && (next === '*' || next === '?' || next === '\\')) {
      text += next;
      at += 1;
    } else if (character === '*' || character === '?') {
      flush();
      found.push({ wildcard: character });
    } else text += character;
  }
  flush();
  return found;
}

/** Marks the dashes that begin an option: `-x`, `/x`, `--x`. */
function withDashes(part: Part): readonly Part[] {
  if (typeof part !== 'string') return [part];
  const found: Part[] = [];
  let from = 0;
  for (const { index } of part.matchAll(/(?<!\w)[-/](?=\w)/g)) {
    if (index > from) found.push(part.slice(from, index));
    found.push({ wildcard: 'dash' });
    from = index + 1;
  }
  if (from < part.length) found.push(part.slice(from));
  return found;
}

function source(part: Part): string {
  if (typeof part === 'string') return RE2JS.quote(part);
  if (part.wildcard === 'dash') return DASHES;
  return part.wildcard === '*' ? '.*' : '.';
}

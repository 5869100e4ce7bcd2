/* Selections of a Sigma rule: which values of which fields they want. */

import type { Budget } from './budget.ts';
import { type CommandFields, type FieldText, type KnownField, kindOfField } from './command-fields.ts';
import { type Predicate, RuleFault, type Truth } from './condition.ts';
import { base64, base64Offsets, type Encoded, encode, isEncoding } from './encodings.ts';
import { type Matcher, type Place, regexFlag, regexMatcher, textMatcher } from './patterns.ts';
import { isYamlList, isYamlMap, shownValue, type YamlValue } from './yaml-values.ts';

/** One entry of a selection: a field, and what it must be. */
export interface Item {
  readonly field: string;
  readonly test: Predicate<CommandFields>;
  /**
   * Names that the program must have for the entry to be true, in lower case; null if any name may
   * do.
   */
  readonly programs: ReadonlySet<string> | null;
}

/** Alternatives, each a list of entries that all must be true. */
export interface Selection {
  readonly alternatives: readonly (readonly Item[])[];
}

const MAX_VALUES = 2_000;

/** @throws RuleFault */
export function readSelection(name: string, value: YamlValue): Selection {
  if (isYamlMap(value)) return { alternatives: [entries(name, value)] };
  if (!isYamlList(value) || value.length === 0)
    throw new RuleFault(`expected fields or a list in the selection "${name}", got ${shownValue(value)}`);
  const maps = value.filter(isYamlMap);
  if (maps.length === value.length) return { alternatives: maps.map((map) => entries(name, map)) };
  if (maps.length > 0) throw new RuleFault(`expected fields or words in the selection "${name}", got both`);
  return { alternatives: [[readItem('', value)]] };
}

const entries = (name: string, map: { readonly [key: string]: YamlValue }): readonly Item[] => {
  const keys = Object.keys(map);
  if (keys.length === 0) throw new RuleFault(`expected fields in the selection "${name}", got none`);
  return keys.map((key) => readItem(key, map[key] ?? null));
};

/** Modifiers that this program knows and cannot apply to a command, and why. */
const UNUSABLE: Readonly<Record<string, string>> = {
  cidr: 'no field of a command is a network address',
  lt: 'no field of a command is a number',
  lte: 'no field of a command is a number',
  gt: 'no field of a command is a number',
  gte: 'no field of a command is a number',
  fieldref: 'it compares two fields of an event',
  expand: 'its placeholders are filled in by a converter; write the values',
  ...Object.fromEntries(
    ['minute', 'hour', 'day', 'week', 'month', 'year'].map((part) => [part, 'no field of a command is a time']),
  ),
};

const PLACES: ReadonlySet<string> = new Set(['contains', 'startswith', 'endswith']);
const SIMPLE: ReadonlySet<string> = new Set([
  'all',
  'cased',
  'windash',
  'exists',
  'neq',
  're',
  'base64',
  'base64offset',
]);

/** Words without a field are looked for in the command line. */
function readItem(key: string, value: YamlValue): Item {
  const [name = '', ...modifiers] = key.split('|');
  assertModifiers(name, modifiers);
  const field = name === '' ? 'CommandLine' : name;
  const has = (modifier: string): boolean => modifiers.includes(modifier);
  if (has('exists')) return existence(field, value);
  const values = isYamlList(value) ? value : [value];
  if (values.length > MAX_VALUES)
    throw new RuleFault(`expected at most ${MAX_VALUES} values of ${field}, got ${values.length}`);
  const texts = values.map((one) => textOf(field, one));
  const options = { place: placeOf(name, modifiers), cased: has('cased'), windash: has('windash') };
  const matchers = texts.map((text) => (text === null ? null : matcherOf(text, modifiers, options)));
  const isNegated = has('neq');
  const test = tested(field, matchers, has('all'));
  return {
    field,
    test: isNegated ? (fields) => negated(test(fields)) : test,
    programs: isNegated || field !== 'Image' || has('all') || has('re') ? null : programsOf(texts, options),
  };
}

const negated = (truth: Truth): Truth => (truth === null ? null : !truth);

const KNOWN_MODIFIERS = [...PLACES, ...SIMPLE, 'wide', 'utf16', 'utf16le', 'utf16be'].join(', ');

function assertModifiers(name: string, modifiers: readonly string[]): void {
  const isRegex = modifiers.includes('re');
  for (const modifier of modifiers) {
    const why = Object.hasOwn(UNUSABLE, modifier) ? UNUSABLE[modifier] : undefined;
    if (why !== undefined) throw new RuleFault(`the modifier "${modifier}" cannot be used: ${why}`);
    const isFlag = isRegex && regexFlag(modifier) !== undefined;
    if (!PLACES.has(modifier) && !SIMPLE.has(modifier) && !isEncoding(modifier) && !isFlag)
      throw new RuleFault(`the modifier "${modifier}" is not known; known are ${KNOWN_MODIFIERS}`);
    if (isRegex && !isFlag && modifier !== 're' && !['all', 'neq'].includes(modifier))
      throw new RuleFault(`the modifier "${modifier}" cannot be combined with "re"`);
  }
  if (modifiers.some(isEncoding) && !modifiers.some((one) => one.startsWith('base64')))
    throw new RuleFault('text in UTF-16 is on a command line only as base64: add "base64offset"');
  if (name === '' && modifiers.includes('exists')) throw new RuleFault('"exists" needs a field');
}

/** Words without a field may be anywhere. */
function placeOf(name: string, modifiers: readonly string[]): Place {
  const places = modifiers.filter((modifier) => PLACES.has(modifier));
  if (places.length > 1) throw new RuleFault(`the modifiers ${places.join(' and ')} exclude each other`);
  const fallback = name === '' || modifiers.includes('base64offset') ? 'contains' : 'whole';
  return (places[0] as Place | undefined) ?? fallback;
}

function textOf(field: string, value: YamlValue): string | null {
  if (typeof value === 'string' || value === null) return value;
  throw new RuleFault(`expected text as the value of ${field}, got ${shownValue(value)}`);
}

type Options = Parameters<typeof textMatcher>[1];

function matcherOf(text: string, modifiers: readonly string[], options: Options): Matcher {
  if (modifiers.includes('re'))
    return regexMatcher(
      text,
      false,
      modifiers.reduce((flags, modifier) => flags | (modifier === 're' ? 0 : (regexFlag(modifier) ?? 0)), 0),
    );
  let value: Encoded = text;
  for (const modifier of modifiers) {
    if (isEncoding(modifier)) value = encode(value, modifier);
    else if (modifier === 'base64') value = base64(value);
    else if (modifier === 'base64offset')
      return anyOf(base64Offsets(value).map((one) => textMatcher(escaped(one), options)));
  }
  const isEncoded = modifiers.includes('base64');
  return textMatcher(typeof value === 'string' ? (isEncoded ? escaped(value) : value) : text, options);
}

/** Base64 has no wildcards. */
const escaped = (text: string): string => text.replace(/[\\*?]/g, '\\$&');

const anyOf =
  (matchers: readonly Matcher[]): Matcher =>
  (value, budget) =>
    matchers.some((matcher) => matcher(value, budget));

/** A value of null wants a field that is absent or empty. */
function tested(field: string, matchers: readonly (Matcher | null)[], wantsAll: boolean): Item['test'] {
  const kind = kindOfField(field);
  if (kind === 'unknown') return () => null;
  if (kind === 'absent') {
    const wantsNothing = matchers.length > 0 && matchers.every((matcher) => matcher === null);
    const truth = wantsAll ? wantsNothing : matchers.includes(null);
    return () => truth;
  }
  const texts = matchers.filter((matcher) => matcher !== null);
  const takesNothing = wantsAll ? texts.length === 0 : texts.length < matchers.length;
  const holds = wantsAll ? holdsAll : holdsAny;
  return (fields) => {
    const value = fields.value(field as KnownField);
    if (value === 'unknown') return null;
    if (value === 'absent' || value.every(({ text }) => text === '')) return takesNothing;
    return holds(texts, value, fields.budget);
  };
}

function holdsAny(matchers: readonly Matcher[], values: readonly FieldText[], budget: Budget): boolean {
  for (const matcher of matchers) for (const value of values) if (matcher(value, budget)) return true;
  return false;
}

function holdsAll(matchers: readonly Matcher[], values: readonly FieldText[], budget: Budget): boolean {
  for (const matcher of matchers) if (!holdsAny([matcher], values, budget)) return false;
  return matchers.length > 0;
}

function existence(field: string, value: YamlValue): Item {
  if (value !== 'true' && value !== 'false')
    throw new RuleFault(`expected true or false for ${field}|exists, got ${shownValue(value)}`);
  const wanted = value === 'true';
  const kind = kindOfField(field);
  const test: Item['test'] = (fields) => {
    if (kind === 'unknown') return null;
    const found = kind === 'absent' ? 'absent' : fields.value(field as KnownField);
    return found === 'unknown' ? null : (found !== 'absent') === wanted;
  };
  return { field, test, programs: null };
}

/**
 * The names of programs that these images have: `/usr/bin/curl` and `*\/curl` say `curl`. Null if
 * one of them leaves the name open.
 */
function programsOf(texts: readonly (string | null)[], { place, windash }: Options): ReadonlySet<string> | null {
  if (windash || place === 'contains' || place === 'startswith') return null;
  const names = texts.map((text) => /\/([^/*?\\]+)$/.exec(text ?? '')?.[1]?.toLowerCase());
  return names.every((name) => name !== undefined) ? new Set(names) : null;
}

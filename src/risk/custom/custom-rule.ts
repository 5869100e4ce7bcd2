/* One Sigma rule, checked and ready to be evaluated. */

import type { RiskLevel } from '../../domain/events/risk-level.ts';
import { customRuleId } from '../../domain/rules/custom-rule.ts';
import { type CommandFields, kindOfField } from './command-fields.ts';
import { allOf, anyOf, type Condition, type Predicate, parseCondition, predicateOf, RuleFault } from './condition.ts';
import { type Item, readSelection, type Selection } from './selection.ts';
import { isYamlList, isYamlMap, shownValue, type YamlMap, type YamlValue } from './yaml-values.ts';

export type RuleSystem = 'linux' | 'macos';

export interface CustomRule {
  readonly id: string;
  readonly file: string;
  readonly title: string;
  /** `safe` for Sigma's `informational` and `low`: such a rule is named and raises nothing. */
  readonly level: RiskLevel;
  readonly techniques: readonly string[];
  readonly advice: string;
  /** The only system that the rule is for; null for both. */
  readonly system: RuleSystem | null;
  readonly notes: readonly string[];
  /** Names that a program must have to match, in lower case; null if any program may. */
  readonly programs: ReadonlySet<string> | null;
  readonly matches: Predicate<CommandFields>;
}

/** What can be said of a rule that is not used. */
export interface UnusableRule {
  readonly id: string | null;
  readonly file: string;
  readonly title: string | null;
  readonly reason: string;
}

const LEVELS: Readonly<Record<string, RiskLevel>> = {
  informational: 'safe',
  low: 'safe',
  medium: 'moderate',
  high: 'high',
  critical: 'critical',
};

const NO_ADVICE = 'The rule of your organization gives no advice; ask its author.';
const MAX_LINE = 300;
const BEGIN = 'a rule is a mapping with title, logsource and detection';

/** Reads one document of a rule file. @param name the part of its id after `organisation.` */
export function readRule(value: YamlValue, file: string, name: string): CustomRule | UnusableRule {
  const id = customRuleId(name);
  if (!isYamlMap(value))
    return { id, file, title: null, reason: `expected a Sigma rule, got ${shownValue(value)}; ${BEGIN}` };
  const title = line(value['title']);
  try {
    return checked(value, file, id, title);
  } catch (error) {
    // A reason quotes names of the rule, which may be long or hold line breaks.
    if (error instanceof RuleFault) return { id, file, title, reason: line(error.message) ?? 'it cannot be used' };
    throw error;
  }
}

export const isUsable = (rule: CustomRule | UnusableRule): rule is CustomRule => 'matches' in rule;

function checked(rule: YamlMap, file: string, id: string, title: string | null): CustomRule {
  assertKind(rule);
  if (title === null) throw new RuleFault('expected a title of one line, got none');
  const { condition, selections } = readDetection(rule['detection']);
  const notes = unknownNotes(condition, selections);
  return {
    id,
    file,
    title,
    level: levelOf(rule['level']),
    techniques: techniquesOf(rule['tags']),
    advice: line(rule['advice']) ?? NO_ADVICE,
    system: systemOf(rule['logsource']),
    notes,
    programs: programsOf(condition, selections),
    matches: predicateOf(condition, (name) => predicateOfSelection(selections.get(name))),
  };
}

/** Rules about several events, and pieces that only a converter puts together. */
function assertKind(rule: YamlMap): void {
  if (rule['correlation'] !== undefined) throw new RuleFault('it is a correlation, which needs more than one command');
  if (rule['filter'] !== undefined) throw new RuleFault('it is a filter for another rule, not a rule');
  if (rule['action'] !== undefined) throw new RuleFault('"action" joins several documents; write one whole rule');
  const status = rule['status'];
  if (status === 'deprecated' || status === 'unsupported') throw new RuleFault(`its status is "${status}"`);
}

function levelOf(value: YamlValue | undefined): RiskLevel {
  if (value === undefined) return 'moderate';
  const level = typeof value === 'string' && Object.hasOwn(LEVELS, value) ? LEVELS[value] : undefined;
  if (level === undefined)
    throw new RuleFault(`expected the level informational, low, medium, high or critical, got ${shownValue(value)}`);
  return level;
}

function systemOf(value: YamlValue | undefined): RuleSystem | null {
  if (!isYamlMap(value)) throw new RuleFault('expected a logsource, got none');
  const { category, product, service } = value;
  if (category !== 'process_creation')
    throw new RuleFault(`expected the category process_creation, got ${shownValue(category)}`);
  if (service !== undefined) throw new RuleFault(`it is for the log of one service (${shownValue(service)})`);
  if (product === undefined) return null;
  if (product !== 'linux' && product !== 'macos')
    throw new RuleFault(`expected the product linux or macos, got ${shownValue(product)}`);
  return product;
}

/** `attack.t1053.003` is the technique T1053.003. */
function techniquesOf(tags: YamlValue | undefined): readonly string[] {
  if (!isYamlList(tags)) return [];
  return tags.flatMap((tag) => {
    const [, technique] = /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(typeof tag === 'string' ? tag : '') ?? [];
    return technique === undefined ? [] : [technique.toUpperCase()];
  });
}

/** Text for screens, as one line without control characters. */
function line(value: YamlValue | undefined): string | null {
  if (typeof value !== 'string') return null;
  const text = value.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return text === '' ? null : text.slice(0, MAX_LINE);
}

interface Detection {
  readonly condition: Condition;
  /** The selections that the condition uses. */
  readonly selections: ReadonlyMap<string, Selection>;
}

function readDetection(value: YamlValue | undefined): Detection {
  if (!isYamlMap(value)) throw new RuleFault('expected a detection, got none');
  if (value['timeframe'] !== undefined) throw new RuleFault('"timeframe" needs more than one command');
  const names = Object.keys(value).filter((name) => name !== 'condition');
  const condition = conditionOf(value['condition'], names);
  const selections = new Map(
    [...new Set(namesIn(condition))].map((name) => [name, readSelection(name, value[name] ?? null)]),
  );
  return { condition, selections };
}

/** Several conditions are alternatives. */
function conditionOf(value: YamlValue | undefined, names: readonly string[]): Condition {
  const texts = isYamlList(value) ? value : [value ?? null];
  const of = texts.map((text) => {
    if (typeof text !== 'string') throw new RuleFault('expected a condition, got none');
    return parseCondition(text, names);
  });
  const [first] = of;
  if (!first) throw new RuleFault('expected a condition, got none');
  return of.length === 1 ? first : { kind: 'or', of };
}

function namesIn(condition: Condition): readonly string[] {
  if (condition.kind === 'selection') return [condition.name];
  return condition.kind === 'not' ? namesIn(condition.of) : condition.of.flatMap(namesIn);
}

const predicateOfSelection = (selection: Selection | undefined): Predicate<CommandFields> =>
  anyOf((selection?.alternatives ?? []).map((items) => allOf(items.map(({ test }) => test))));

/** Which results a condition can have, whatever the command. */
interface Possible {
  readonly isTrue: boolean;
  readonly isFalse: boolean;
}

/**
 * A rule that can only be true with a field that a shell does not know is refused: it would look as
 * if it watched something.
 */
function unknownNotes(condition: Condition, selections: Detection['selections']): readonly string[] {
  const fields = new Set<string>();
  for (const { alternatives } of selections.values())
    for (const { field } of alternatives.flat()) if (kindOfField(field) === 'unknown') fields.add(field);
  const names = [...fields].map((field) => field.slice(0, 40)).join(', ');
  if (!possible(condition, selections).isTrue)
    throw new RuleFault(
      names === '' ? 'no command can match it' : `it needs ${names}, which is unknown for a shell command`,
    );
  return names === ''
    ? []
    : [`${names}: not known of a command; where the rule depends on it, the rule does not match`];
}

function possible(condition: Condition, selections: Detection['selections']): Possible {
  switch (condition.kind) {
    case 'selection':
      return possibleSelection(selections.get(condition.name));
    case 'not': {
      const { isTrue, isFalse } = possible(condition.of, selections);
      return { isTrue: isFalse, isFalse: isTrue };
    }
    case 'and': {
      const of = condition.of.map((one) => possible(one, selections));
      return { isTrue: of.every(({ isTrue }) => isTrue), isFalse: of.some(({ isFalse }) => isFalse) };
    }
    case 'or': {
      const of = condition.of.map((one) => possible(one, selections));
      return { isTrue: of.some(({ isTrue }) => isTrue), isFalse: of.every(({ isFalse }) => isFalse) };
    }
  }
}

const possibleSelection = (selection: Selection | undefined): Possible => {
  const isKnown = ({ field }: Item): boolean => kindOfField(field) !== 'unknown';
  const alternatives = selection?.alternatives ?? [];
  return {
    isTrue: alternatives.some((items) => items.every(isKnown)),
    isFalse: alternatives.every((items) => items.some(isKnown)),
  };
};

/** The names that a program must have for the condition to be true; null if any may do. */
function programsOf(condition: Condition, selections: Detection['selections']): ReadonlySet<string> | null {
  switch (condition.kind) {
    case 'selection':
      return union(
        (selections.get(condition.name)?.alternatives ?? []).map((items) =>
          smallest(items.map((item) => item.programs)),
        ),
      );
    case 'not':
      return null;
    case 'and':
      return smallest(condition.of.map((one) => programsOf(one, selections)));
    case 'or':
      return union(condition.of.map((one) => programsOf(one, selections)));
  }
}

type Programs = ReadonlySet<string> | null;

/** Null as soon as one of them may be any name. */
function union(sets: readonly Programs[]): Programs {
  const known = sets.filter((set) => set !== null);
  return known.length === sets.length ? new Set(known.flatMap((set) => [...set])) : null;
}

/** The one that says most. */
function smallest(sets: readonly Programs[]): Programs {
  const [least = null] = sets.filter((set) => set !== null).sort((a, b) => a.size - b.size);
  return least;
}

import type { Vocabulary } from '../answers/vocabulary.ts';
import { isCustomRule, ORGANISATION } from '../rules/custom-rule.ts';
import type { Advisory, Subject } from './advisory.ts';

type Words = Pick<Vocabulary, 'rules' | 'ruleFamilies'>;

/** Whether the subject is a built-in rule or family of this version. */
export function isKnownSubject({ kind, name }: Subject, { rules, ruleFamilies }: Words): boolean {
  if (name === ORGANISATION || isCustomRule(name)) return false;
  return kind === 'rule' ? Object.hasOwn(rules, name) : ruleFamilies.includes(name);
}

/** Null, or why an advisory must not leave. */
export const advisoryFault = ({ subject }: Pick<Advisory, 'subject'>, words: Words): string | null =>
  isKnownSubject(subject, words) ? null : `the ${subject.kind} is not in the catalogue`;

/** Ids of the rules that a subject stands for. */
export const rulesOf = ({ kind, name }: Subject, { rules }: Words): readonly string[] =>
  kind === 'rule' ? [name] : Object.keys(rules).filter((id) => rules[id]?.family === name);

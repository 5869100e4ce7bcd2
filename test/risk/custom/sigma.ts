/** Sigma rules written for the tests, and what they match. */
import { type CustomRule, isUsable, type UnusableRule } from '../../../src/risk/custom/custom-rule.ts';
import { CustomRuleSet } from '../../../src/risk/custom/custom-rule-set.ts';
import { readRuleFile } from '../../../src/risk/custom/rule-files.ts';
import { stepsOf } from '../../../src/risk/step.ts';
import type { PathContext } from '../../../src/risk/subjects/paths.ts';
import { analyse } from '../../../src/shell/analyse.ts';

/** A rule for Linux; `detection` is indented YAML. */
export const sigma = (detection: string, more = 'level: high'): string => `title: A test rule
logsource:
    category: process_creation
    product: linux
detection:
${detection
  .split('\n')
  .map((line) => `    ${line}`)
  .join('\n')}
${more}
`;

/** A rule with one selection, whose only entry is `entry`. */
export const selecting = (entry: string): string => sigma(`selection:\n    ${entry}\ncondition: selection`);

export function readOne(text: string, name = 'test.yml'): CustomRule | UnusableRule {
  const [rule] = readRuleFile({ name, text });
  if (!rule) throw new Error('expected a rule');
  return rule;
}

/** @throws where the rule cannot be used */
export function usable(text: string, name?: string): CustomRule {
  const rule = readOne(text, name);
  if (!isUsable(rule)) throw new Error(rule.reason);
  return rule;
}

/** Why a rule is set aside. @throws where it is not */
export function reasonOf(text: string): string {
  const rule = readOne(text);
  if (isUsable(rule)) throw new Error('expected a rule that cannot be used');
  return rule.reason;
}

/** Ids of the rules that match a command line. */
export function matching(
  rules: readonly CustomRule[],
  command: string,
  context: PathContext = {},
  user: string | null = 'ada',
): readonly string[] {
  const set = new CustomRuleSet(rules, { system: 'linux', user });
  return set.assess(stepsOf(analyse(command, 'bash'), context)).findings.map(({ rule }) => rule);
}

export const matches = (text: string, command: string, context?: PathContext, user?: string | null): boolean =>
  matching([usable(text)], command, context, user).length > 0;

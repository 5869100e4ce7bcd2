import type { RuleWords, Vocabulary } from '../domain/answers/vocabulary.ts';
import { CATALOGUE_VERSION, FAMILIES, isPattern, lookupTool } from '../shell/catalogue/catalogue.ts';
import { RISK_FAMILIES, type Rule } from './rule.ts';
import { RULES } from './rule-set.ts';

let rules: Readonly<Record<string, RuleWords>> | undefined;

/** The closed words of this version: what its catalogue and its rules can say, and nothing else. */
export const vocabulary = (): Vocabulary => ({
  catalogueVersion: CATALOGUE_VERSION,
  families: FAMILIES,
  ruleFamilies: RISK_FAMILIES,
  /**
   * Made when first asked for: it meets many tools, and an idle node that nobody asks shall not
   * hold them.
   */
  get rules() {
    rules ??= Object.fromEntries(RULES.map((rule) => [rule.id, wordsOf(rule)]));
    return rules;
  },
  canonicalTool: (name) => lookupTool(name)?.name,
  isPattern,
});

const wordsOf = (rule: Rule): RuleWords => ({
  family: rule.family,
  technique: rule.technique ?? null,
  tools: toolsOf(rule),
});

/** The only tools that a rule is about; null where it may concern any. */
function toolsOf(rule: Rule): readonly string[] | null {
  if (!('tools' in rule) || rule.tools.includes('*')) return null;
  return rule.tools.split(' ').map((name) => lookupTool(name)?.name ?? name);
}

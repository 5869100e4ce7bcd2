import type { RuleWords, Vocabulary } from '../domain/answers/vocabulary.ts';
import { ORGANISATION } from '../domain/rules/custom-rule.ts';
import { CATALOGUE_VERSION, FAMILIES, isPattern, lookupTool } from '../shell/catalogue/catalogue.ts';
import { RISK_FAMILIES, type Rule } from './rule.ts';
import { RULES } from './rule-set.ts';

let rules: Readonly<Record<string, RuleWords>> | undefined;

/** The closed vocabulary of this version, from its catalogue and its rules. */
export const vocabulary = (): Vocabulary => ({
  catalogueVersion: CATALOGUE_VERSION,
  families: FAMILIES,
  ruleFamilies: RISK_FAMILIES,
  /**
   * Computed on first use, because it looks up many tools that an idle node need not keep in
   * memory.
   */
  get rules() {
    rules ??= Object.fromEntries([...RULES.map((rule) => [rule.id, wordsOf(rule)] as const), CUSTOM_RULES]);
    return rules;
  },
  canonicalTool: (name) => lookupTool(name)?.name,
  isPattern,
});

/**
 * All custom rules under one name. Any tool may match one, so that none is told where tools are
 * denied; their techniques stay here.
 */
const CUSTOM_RULES = [ORGANISATION, { family: ORGANISATION, technique: null, tools: null }] as const;

const wordsOf = (rule: Rule): RuleWords => ({
  family: rule.family,
  technique: rule.technique ?? null,
  tools: toolsOf(rule),
});

/** The tools that a rule is limited to; null if it applies to all. */
function toolsOf(rule: Rule): readonly string[] | null {
  if (!('tools' in rule) || rule.tools.includes('*')) return null;
  return rule.tools.split(' ').map((name) => lookupTool(name)?.name ?? name);
}

/** Descriptions of rules, for screens that explain a rating and for summaries that count rules. */
import { ORGANISATION } from '../domain/rules/custom-rule.ts';
import type { RiskFamily, Rule, Severity } from './rule.ts';
import { RULES } from './rule-set.ts';

export interface RuleDescription {
  readonly id: string;
  /** The rule's usual level; a finding may have a higher or lower one. */
  readonly level: Severity;
  readonly family: RiskFamily;
  /** MITRE ATT&CK technique, or null. */
  readonly technique: string | null;
  readonly reason: string;
  readonly safer: string;
}

const describe = ({ id, level, family, technique, reason, safer }: Rule): RuleDescription => ({
  id,
  level,
  family,
  technique: technique ?? null,
  reason,
  safer,
});

/** Descriptions of these rules, in the order of `ids`; unknown ids are left out. */
export const describeRules = (ids: readonly string[]): readonly RuleDescription[] => {
  const wanted = new Set(ids);
  const known = new Map(RULES.filter((rule) => wanted.has(rule.id)).map((rule) => [rule.id, rule]));
  return ids.flatMap((id) => {
    const rule = known.get(id);
    return rule ? [describe(rule)] : [];
  });
};

interface RuleFacts {
  readonly family: RiskFamily;
  readonly technique: string | null;
}

/**
 * Family and technique of every rule, by id: plain data that can be passed to a worker thread. All
 * custom rules are one.
 */
export const ruleFacts = (): Readonly<Record<string, RuleFacts>> => ({
  ...Object.fromEntries(RULES.map(({ id, family, technique }) => [id, { family, technique: technique ?? null }])),
  [ORGANISATION]: { family: ORGANISATION, technique: null },
});

import type { Actor } from '../../bus/actor.ts';
import type { GuardHint } from '../../domain/guard/guard.ts';
import type { RuleFolder } from '../../domain/rules/custom-rule.ts';
import type { CustomRules } from '../../risk/assess.ts';
import { type CustomRulePorts, CustomRulesInForce } from './custom-rules.ts';

export interface RiskAssessorPorts extends CustomRulePorts {
  /** The value of `~` and `$HOME`. */
  readonly home: string;
  /**
   * The rule folder as the disk has it at this moment, null where there are no rules; `trouble`
   * where the configuration is not valid.
   */
  readonly rulesOnDisk: () => Promise<{ readonly rules: RuleFolder | null; readonly trouble: string | null }>;
}

type Kinds = 'command.assess' | 'guard.agent' | 'guard.check' | 'rules.list' | 'rules.status' | 'techniques.list';

/** Rates every command (FR-404). Rules are loaded with the first command. */
export const createRiskAssessor = ({ home, rulesOnDisk, ...ports }: RiskAssessorPorts): Actor<Kinds> => {
  const custom = new CustomRulesInForce(ports);
  /** By the rules that the guard itself would read now. */
  const allowIf = async <Q>(
    runs: (question: Q, custom: CustomRules | 'none') => boolean,
    question: Q,
  ): Promise<GuardHint> => {
    const { rules, trouble } = await rulesOnDisk();
    const inForce = trouble === null ? await custom.strictly(rules?.version ?? '') : null;
    return { decision: inForce !== null && runs(question, inForce) ? 'allow' : 'unsure' };
  };
  return {
    name: 'risk assessor',
    handlers: {
      'command.assess': async (questions) => {
        const [{ assess }, rules] = await Promise.all([import('../../risk/assess.ts'), custom.rules()]);
        return questions.map(({ analysis, cwd }) => {
          const { level, findings } = assess(analysis, { home, ...(cwd === null ? {} : { cwd }) }, rules);
          return { level, rules: findings.map((finding) => finding.rule) };
        });
      },
      'guard.agent': async (question) => {
        const { agentRunsUnasked } = await import('./guard-check.ts');
        return allowIf(agentRunsUnasked, question);
      },
      'guard.check': async (question) => {
        const { runsUnasked } = await import('./guard-check.ts');
        return allowIf(runsUnasked, question);
      },
      'rules.list': () => custom.report(),
      'rules.status': () => custom.status(),
      'techniques.list': async ({ technique }) => {
        const { techniqueGuides } = await import('../../risk/technique-guide.ts');
        return techniqueGuides(technique);
      },
    },
  };
};

import type { Actor } from '../../bus/actor.ts';
import { type CustomRulePorts, CustomRulesInForce } from './custom-rules.ts';

export interface RiskAssessorPorts extends CustomRulePorts {
  /** The value of `~` and `$HOME`. */
  readonly home: string;
}

type Kinds = 'command.assess' | 'rules.list' | 'rules.status' | 'techniques.list';

/** Rates every command (FR-404). Rules are loaded with the first command. */
export const createRiskAssessor = ({ home, ...ports }: RiskAssessorPorts): Actor<Kinds> => {
  const custom = new CustomRulesInForce(ports);
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
      'rules.list': () => custom.report(),
      'rules.status': () => custom.status(),
      'techniques.list': async ({ technique }) => {
        const { techniqueGuides } = await import('../../risk/technique-guide.ts');
        return techniqueGuides(technique);
      },
    },
  };
};

import type { Actor } from '../bus/actor.ts';
import type { RiskQuestion, RiskRating } from '../bus/messages.ts';
import { assess } from '../risk/assess.ts';

/** Rates every command (FR-404). `home` is the owner's home directory, which `~` and `$HOME` stand for. */
export const createRiskAssessor = (home: string): Actor<'command.assess'> => ({
  name: 'risk assessor',
  handlers: { 'command.assess': (questions) => questions.map((question) => rate(question, home)) },
});

function rate({ analysis, cwd }: RiskQuestion, home: string): RiskRating {
  const { level, findings } = assess(analysis, { home, ...(cwd === null ? {} : { cwd }) });
  return { level, rules: findings.map((finding) => finding.rule) };
}

import type { Actor } from '../bus/actor.ts';

/**
 * Rates every command (FR-404). `home` is the value of `~` and `$HOME`. Rules are loaded with the
 * first command.
 */
export const createRiskAssessor = (home: string): Actor<'command.assess'> => ({
  name: 'risk assessor',
  handlers: {
    'command.assess': async (questions) => {
      const { assess } = await import('../risk/assess.ts');
      return questions.map(({ analysis, cwd }) => {
        const { level, findings } = assess(analysis, { home, ...(cwd === null ? {} : { cwd }) });
        return { level, rules: findings.map((finding) => finding.rule) };
      });
    },
  },
});

import type { Actor } from '../bus/actor.ts';

/**
 * Rates every command (FR-404). `home` is the owner's home directory, which `~` and `$HOME` stand
 * for. Rules are read with the first one.
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

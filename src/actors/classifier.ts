import type { Actor } from '../bus/actor.ts';

/**
 * Sorts commands by tool and masks secrets before anything is stored. Grammar and catalogue are
 * loaded with the first command, so that an idle service does without them.
 */
export const createClassifier = (): Actor<'command.classify'> => ({
  name: 'classifier',
  handlers: {
    'command.classify': async (commands) => {
      const { classify } = await import('./classification.ts');
      return commands.map(classify);
    },
  },
});

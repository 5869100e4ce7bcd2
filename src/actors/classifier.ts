import type { Actor } from '../bus/actor.ts';

/**
 * Sorts commands by tool and masks secrets before anything is stored. Shell grammar and catalogue
 * are read with the first command: a service that has nothing to observe does without them.
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

import type { Actor } from '../bus/actor.ts';
import type { Configuration } from '../domain/configuration.ts';

/** Says what may leave this node. Until peers exist that is the owner's sharing level and the tools kept back (FR-303). */
export function createPolicyEngine(initial: Configuration): Actor<'policy.sharing' | 'config.commit'> {
  let { sharing } = initial;
  return {
    name: 'policy engine',
    handlers: {
      'policy.sharing': () => ({ level: sharing.level, denyTools: sharing.deny_tools }),
      'config.commit': (configuration) => {
        sharing = configuration.sharing;
        return null;
      },
    },
  };
}

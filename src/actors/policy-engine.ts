import type { Actor } from '../bus/actor.ts';
import type { Configuration } from '../domain/configuration.ts';
import { decide } from '../policy/decide.ts';
import { explain } from '../policy/explanation.ts';
import { createResponder, type ResponderPorts } from '../policy/responder.ts';
import { runTrustTests, verifyTrustTests } from '../policy/trust-test.ts';

type Kinds =
  | 'policy.sharing'
  | 'policy.decide'
  | 'policy.explain'
  | 'policy.test'
  | 'query.answer'
  | 'config.verify'
  | 'config.commit';

/**
 * Says what other nodes may have from this one, and answers their queries accordingly (FR-603). A configuration whose own trust tests
 * fail is refused, at start as at a reload.
 */
export function createPolicyEngine(ports: ResponderPorts, initial: Configuration): Actor<Kinds> {
  verifyTrustTests(initial);
  let settings = initial;
  const responder = createResponder(ports);
  return {
    name: 'policy engine',
    handlers: {
      'policy.sharing': () => ({ level: settings.sharing.level, denyTools: settings.sharing.deny_tools }),
      'policy.decide': (question) => decide(settings, question),
      'policy.explain': (question) => explain(settings, question),
      'policy.test': () => runTrustTests(settings),
      'query.answer': ({ asker, query }) => responder.answer(settings, asker, query),
      'config.verify': (configuration) => {
        verifyTrustTests(configuration);
        return null;
      },
      'config.commit': (configuration) => {
        settings = configuration;
        responder.forget();
        return null;
      },
    },
  };
}

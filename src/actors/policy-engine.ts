import type { Actor } from '../bus/actor.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { PeerKeys } from '../keys/peer-keys.ts';
import { explain } from '../policy/explanation.ts';
import { createResponder, type ResponderPorts } from '../policy/responder.ts';
import { trustRules } from '../policy/trust-rules.ts';
import { runTrustTests, verifyTrustTests } from '../policy/trust-test.ts';

type Kinds =
  | 'policy.sharing'
  | 'policy.explain'
  | 'policy.test'
  | 'trust.list'
  | 'query.answer'
  | 'config.verify'
  | 'config.commit';

/**
 * Explains what other nodes may have from this one, and answers their queries (FR-603). Rejects a
 * configuration whose own trust tests fail, at start and at reload.
 */
export function createPolicyEngine(
  ports: ResponderPorts & { readonly peerKeys: Pick<PeerKeys, 'known'> },
  initial: Configuration,
): Actor<Kinds> {
  verifyTrustTests(initial);
  let settings = initial;
  const responder = createResponder(ports);
  return {
    name: 'policy engine',
    handlers: {
      'policy.sharing': () => ({ level: settings.sharing.level, denyTools: settings.sharing.deny_tools }),
      'policy.explain': async (question) =>
        explain(settings, (await ports.peerKeys.known())?.asker(question) ?? question),
      'policy.test': () => runTrustTests(settings),
      'trust.list': () => trustRules(settings),
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

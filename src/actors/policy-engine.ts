import type { Actor } from '../bus/actor.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { SharingLevel, TrustLevel } from '../domain/trust.ts';
import { decide } from '../policy/decide.ts';
import { explain } from '../policy/explanation.ts';
import { createResponder, type ResponderPorts } from '../policy/responder.ts';
import { trustRules } from '../policy/trust-rules.ts';
import { runTrustTests, verifyTrustTests } from '../policy/trust-test.ts';

/** Changes the owner's settings; each is written, in force and on record when it resolves. */
export interface SettingsPort {
  readonly setSharing: (level: SharingLevel) => Promise<void>;
  readonly setTrust: (id: string, level: TrustLevel) => Promise<void>;
  readonly revokeTrust: (id: string) => Promise<void>;
}

type Kinds =
  | 'policy.sharing'
  | 'policy.decide'
  | 'policy.explain'
  | 'policy.test'
  | 'trust.list'
  | 'sharing.set'
  | 'trust.set'
  | 'trust.revoke'
  | 'query.answer'
  | 'config.verify'
  | 'config.commit';

/**
 * Says what other nodes may have from this one, and answers their queries accordingly (FR-603). A configuration whose own trust tests
 * fail is refused, at start as at a reload.
 */
export function createPolicyEngine(
  ports: ResponderPorts & { readonly settings: SettingsPort },
  initial: Configuration,
): Actor<Kinds> {
  verifyTrustTests(initial);
  let settings = initial;
  const responder = createResponder(ports);
  return {
    name: 'policy engine',
    // The reload behind a change asks this very actor.
    concurrent: ['sharing.set', 'trust.set', 'trust.revoke'],
    handlers: {
      'policy.sharing': () => ({ level: settings.sharing.level, denyTools: settings.sharing.deny_tools }),
      'policy.decide': (question) => decide(settings, question),
      'policy.explain': (question) => explain(settings, question),
      'policy.test': () => runTrustTests(settings),
      'trust.list': () => trustRules(settings),
      'sharing.set': ({ level }) => ports.settings.setSharing(level).then(() => null),
      'trust.set': ({ id, level }) => ports.settings.setTrust(id, level).then(() => null),
      'trust.revoke': ({ id }) => ports.settings.revokeTrust(id).then(() => null),
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

import type { Actor } from '../bus/actor.ts';
import type { Configuration } from '../domain/configuration.ts';
import { CaroError } from '../domain/errors.ts';
import type { KeyChange } from '../domain/identity/key-state.ts';
import type { PolicyQuestion } from '../domain/policy/policy.ts';
import type { SharingLevel, TrustLevel } from '../domain/policy/trust.ts';
import { decide } from '../policy/decide.ts';
import { explain } from '../policy/explanation.ts';
import { createResponder, type ResponderPorts } from '../policy/responder.ts';
import { trustRules } from '../policy/trust-rules.ts';
import { runTrustTests, verifyTrustTests } from '../policy/trust-test.ts';

export interface ConsentPort {
  /** Whether the preview of this digest was shown to the owner (`summary.shown`). */
  readonly wasShown: (digest: string) => Promise<boolean>;
}

/** Changes the owner's settings; each is written, in force and on record when it resolves. */
export interface SettingsPort {
  readonly setSharing: (level: SharingLevel) => Promise<void>;
  readonly setTrust: (id: string, level: TrustLevel) => Promise<void>;
  readonly revokeTrust: (id: string) => Promise<void>;
}

/** What is known of the keys of other nodes. */
export interface KeyStatusPort {
  /** The question as the gateway would put it: with what became of the key. */
  readonly complete: (question: PolicyQuestion) => Promise<PolicyQuestion>;
  readonly changes: () => Promise<readonly KeyChange[]>;
  /** In force when it resolves. @throws CaroError `not_found` */
  readonly confirm: (id: string) => Promise<void>;
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
  | 'trust.confirm'
  | 'trust.keys'
  | 'query.answer'
  | 'config.verify'
  | 'config.commit';

/**
 * Says what other nodes may have from this one, and answers their queries accordingly (FR-603). A
 * configuration whose own trust tests fail is refused, at start as at a reload.
 */
export function createPolicyEngine(
  ports: ResponderPorts & ConsentPort & { readonly settings: SettingsPort; readonly standing: KeyStatusPort },
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
      'policy.decide': async (question) => decide(settings, await ports.standing.complete(question)),
      'policy.explain': async (question) => explain(settings, await ports.standing.complete(question)),
      'policy.test': () => runTrustTests(settings),
      'trust.list': () => trustRules(settings),
      'sharing.set': async ({ level, preview }) => {
        if (EXPOSURE[level] > EXPOSURE[settings.sharing.level]) await assertShown(ports, preview);
        await ports.settings.setSharing(level);
        return null;
      },
      'trust.set': ({ id, level }) => ports.settings.setTrust(id, level).then(() => null),
      'trust.revoke': ({ id }) => ports.settings.revokeTrust(id).then(() => null),
      'trust.confirm': ({ id }) => ports.standing.confirm(id).then(() => null),
      'trust.keys': () => ports.standing.changes(),
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

/** How much may leave at each level: nothing, summaries and sums, sums only. */
const EXPOSURE: Readonly<Record<SharingLevel, number>> = { 0: 0, 1: 2, 2: 1 };

/**
 * Consent needs to have seen what it is about, whoever asks: page and command line alike (FR-303,
 * FR-504).
 */
async function assertShown({ wasShown }: ConsentPort, preview: string | undefined): Promise<void> {
  if (preview !== undefined && (await wasShown(preview))) return;
  throw new CaroError(
    'preview_unseen',
    `expected a preview that was shown within the last hour before more is shared, got ${preview === undefined ? 'none' : 'another one'}; look at it with caro sharing enable or on the privacy page, then try again`,
  );
}

import type { Actor } from '../bus/actor.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { PeerKeys } from '../keys/peer-keys.ts';
import { explain } from '../policy/explanation.ts';
import { createResponder, type ResponderPorts } from '../policy/responder.ts';
import { sharingWarnings } from '../policy/sharing-warnings.ts';
import { trustRules } from '../policy/trust-rules.ts';
import { runTrustTests, verifyTrustTests } from '../policy/trust-test.ts';
import { ShownPreviews } from './shown-previews.ts';

type Kinds =
  | 'aggregates.preview'
  | 'aggregates.shown'
  | 'policy.sharing'
  | 'policy.explain'
  | 'policy.test'
  | 'trust.list'
  | 'query.answer'
  | 'query.rehearse'
  | 'config.verify'
  | 'config.commit'
  | 'clock.quarter';

export interface PolicyPorts extends ResponderPorts {
  readonly peerKeys: Pick<PeerKeys, 'known'>;
  /** Reads the history that a query about anomalies needs, so that the query need not. */
  readonly prepareHistory: (settings: Configuration) => Promise<void>;
}

/** The start of the service and of its mesh comes first. */
const PREPARE_AFTER_MS = 5_000;

/**
 * Explains what other nodes may have from this one, and answers their queries (FR-603). Rejects a
 * configuration whose own trust tests fail, at start and at reload.
 */
export function createPolicyEngine(ports: PolicyPorts, initial: Configuration): Actor<Kinds> {
  verifyTrustTests(initial);
  let settings = initial;
  let timer: NodeJS.Timeout | undefined;
  const responder = createResponder(ports);
  const shown = new ShownPreviews(ports.now);
  const prepare = async (): Promise<void> => {
    if (settings.mesh.enabled && settings.sharing.level > 0) await ports.prepareHistory(settings);
  };
  return {
    name: 'policy engine',
    start: () => {
      // A query that needs the history reports the error.
      timer = setTimeout(() => void prepare().catch(() => undefined), PREPARE_AFTER_MS).unref();
    },
    stop: () => clearTimeout(timer),
    handlers: {
      'aggregates.preview': async () => {
        const vectors = await responder.preview(settings);
        return { vectors, digest: shown.note(vectors) };
      },
      'aggregates.shown': ({ digest }) => shown.has(digest),
      'policy.sharing': async () => {
        const { level, deny_tools: denyTools } = settings.sharing;
        return { level, denyTools, warnings: await sharingWarnings(settings, ports.vocabulary) };
      },
      'policy.explain': async (question) =>
        explain(settings, (await ports.peerKeys.known())?.asker(question) ?? question),
      'policy.test': () => runTrustTests(settings),
      'trust.list': () => trustRules(settings),
      'query.answer': ({ asker, query }) => responder.answer(settings, asker, query),
      'query.rehearse': (query) => responder.rehearse(settings, query),
      'clock.quarter': prepare,
      'config.verify': (configuration) => {
        verifyTrustTests(configuration);
        return null;
      },
      'config.commit': (configuration) => {
        if (configuration.sharing.deny_tools.join() !== settings.sharing.deny_tools.join()) shown.forget();
        settings = configuration;
        responder.forget();
        return null;
      },
    },
  };
}

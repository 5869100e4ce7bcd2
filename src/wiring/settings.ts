import { hostname } from 'node:os';
import type { ConsentPort, SettingsPort } from '../actors/policy-engine.ts';
import type { Speaker } from '../bus/bus.ts';
import { changeManaged } from '../config/loader.ts';
import { withRevoked, withSharing, withTrust } from '../config/managed-changes.ts';
import { CaroError } from '../domain/errors.ts';
import { verifyTrustTests } from '../policy/trust-test.ts';
import type { Ground } from './ground.ts';

/**
 * Writes `managed.toml` and takes it over at once, one change after the other. What the service would refuse is not written; what
 * changed is put on record by the reload.
 */
export function settingsPort({
  places,
  configuration,
  reload,
}: Pick<Ground, 'places' | 'configuration' | 'reload'>): SettingsPort {
  let last: Promise<unknown> = Promise.resolve();
  const change = (edit: Parameters<typeof changeManaged>[2]): Promise<void> => {
    const done = last.then(async () => {
      changeManaged(places, hostname(), edit, verifyTrustTests);
      await reload();
    });
    last = done.catch(() => undefined);
    return done;
  };
  return {
    setSharing: (level) => change(withSharing(level)),
    setTrust: async (id, level) => {
      if (configuration().trust.deny.nodes.includes(id))
        throw new CaroError(
          'usage',
          'expected a node that is not denied; to trust a revoked key again, use caro trust set',
        );
      await change(withTrust(id, level));
    },
    revokeTrust: (id) => change(withRevoked(id)),
  };
}

/** The summarizer knows what it has shown. */
export const consentPort = (bus: Speaker): ConsentPort => ({
  wasShown: (digest) => bus.request('summary.shown', { digest }),
});

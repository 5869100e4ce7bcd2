import { hostname } from 'node:os';
import type { ConsentPort, SettingsPort } from '../actors/policy-engine.ts';
import type { BusClient } from '../bus/bus.ts';
import { changeManaged } from '../config/loader.ts';
import { withRevoked, withSharing, withTrust } from '../config/managed-changes.ts';
import type { Configuration } from '../domain/configuration.ts';
import { CaroError } from '../domain/errors.ts';
import { needsConfirmation, revokedWith } from '../domain/identity/key-state.ts';
import { verifyTrustTests } from '../policy/trust-test.ts';
import { withFileLock } from '../storage/instance-lock.ts';
import { createQueue } from './queue.ts';
import type { ServiceContext } from './service-context.ts';

/**
 * Writes `managed.toml` and takes it over at once, one change after the other. What the service
 * would refuse is not written, but for a revocation, which always is; what changed is put on record
 * by the reload.
 */
export function settingsPort({
  bus,
  places,
  configuration,
  peerKeys,
  reload,
}: Pick<ServiceContext, 'bus' | 'places' | 'configuration' | 'peerKeys' | 'reload'>): SettingsPort {
  const oneByOne = createQueue();
  const change = (
    edit: Parameters<typeof changeManaged>[2],
    verify?: (configuration: Configuration) => void,
  ): Promise<void> =>
    oneByOne(async () => {
      await withFileLock(places.managedLock, () => changeManaged(places, hostname(), edit, verify));
      await reload();
    });
  return {
    setSharing: (level) => change(withSharing(level), verifyTrustTests),
    setTrust: async (id, level) => {
      if (configuration().trust.deny.nodes.includes(id))
        throw new CaroError(
          'usage',
          'expected a node that is not denied; to trust a revoked key again, use caro trust set',
        );
      await change(withTrust(id, level), verifyTrustTests);
      if (level === 'untrusted') return;
      // Who gives a level to a key that claims to follow another has said that it is right.
      const keeper = await peerKeys.known();
      if (!keeper?.changes().some((one) => one.new === id && needsConfirmation(one))) return;
      keeper.confirm(id);
      await bus.publish('keys.changed', {});
    },
    revokeTrust: async (id) => {
      // Never kept back, so least of all by a book that cannot be read.
      const keeper = await peerKeys.known().catch(() => null);
      await change(withRevoked(revokedWith(keeper?.changes() ?? [], id)));
    },
  };
}

/** The summarizer knows what it has shown. */
export const consentPort = (bus: BusClient): ConsentPort => ({
  wasShown: (digest) => bus.request('summary.shown', { digest }),
});

import type { Configuration } from '../domain/configuration.ts';
import { parseEndpoint } from '../domain/ip-address.ts';
import type { PeerKeyStore } from '../keys/peer-key-store.ts';
import type { Mesh } from '../mesh/mesh-options.ts';
import type { PeerAddress } from '../mesh/peer-table.ts';
import { decide } from '../policy/decide.ts';
import type { ServiceContext } from './service-context.ts';

/** Where the peers of a configuration are, those that were found on the network among them. */
export interface PeerFinder {
  readonly peers: (configuration: Configuration) => readonly PeerAddress[];
  readonly close: () => Promise<void>;
}

const NOTHING_FOUND: PeerFinder = { peers: ({ mesh }) => mesh.peers, close: () => Promise.resolve() };

/**
 * Looks for peers by multicast DNS, if the owner wants it (FR-204). What is found gives no trust:
 * only ids that may connect anyway are dialled, and an address in the configuration goes before one
 * that somebody announced.
 */
export async function findPeers(
  { configuration, identity }: ServiceContext,
  mesh: Mesh,
  keys: PeerKeyStore,
): Promise<PeerFinder> {
  const endpoint = parseEndpoint(mesh.status().listen ?? '');
  if (!configuration().mesh.mdns || endpoint === undefined) return NOTHING_FOUND;
  const { openDiscovery } = await import('../mesh/discovery.ts');
  const peers = (settings: Configuration): readonly PeerAddress[] => {
    const listed = new Set(settings.mesh.peers.map(({ id }) => id));
    const isWelcome = ({ id, address }: PeerAddress): boolean => {
      const host = parseEndpoint(address)?.host;
      return (
        !listed.has(id) &&
        decide(settings, {
          ...keys.asker({ id, ...(host === undefined ? {} : { address: host }) }),
          action: 'connect',
        }).allow
      );
    };
    return [...settings.mesh.peers, ...discovery.found().filter(isWelcome)];
  };
  const discovery = await openDiscovery({
    id: identity.id,
    ...endpoint,
    onFound: () => mesh.reload(peers(configuration())),
    now: Date.now,
  });
  return { peers, close: discovery.close };
}

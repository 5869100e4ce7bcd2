import type { Configuration, PeerEntry } from '../domain/configuration.ts';
import type { ManagedSettings } from './managed/managed-settings.ts';

/**
 * Merges `managed.toml` over `caro.toml`. `managed.toml` wins, but denials of both files apply
 * (FR-704).
 */
export function merge(owner: Configuration, managed: ManagedSettings): Configuration {
  return {
    ...owner,
    mesh: { ...owner.mesh, peers: mergePeers(owner.mesh.peers, managed.mesh.peers) },
    trust: {
      ...owner.trust,
      nodes: { ...owner.trust.nodes, ...managed.trust.nodes },
      subnets: { ...owner.trust.subnets, ...managed.trust.subnets },
      deny: {
        nodes: union(owner.trust.deny.nodes, managed.trust.deny.nodes),
        subnets: union(owner.trust.deny.subnets, managed.trust.deny.subnets),
      },
      ...(managed.trust.deny.nodes.length === 0 ? {} : { revoked: managed.trust.deny.nodes }),
    },
    sharing: { ...owner.sharing, level: managed.sharing.level ?? owner.sharing.level },
    blind: { ...owner.blind, ...managed.blind },
  };
}

/** One entry for each id. */
function mergePeers(owner: readonly PeerEntry[], managed: readonly PeerEntry[]): readonly PeerEntry[] {
  return [...new Map([...owner, ...managed].map((peer) => [peer.id, peer])).values()];
}

const union = (a: readonly string[], b: readonly string[]): readonly string[] => [...new Set([...a, ...b])];

import type { Configuration } from '../domain/configuration.ts';
import { parseEndpoint } from '../domain/ip-address.ts';
import { addressesOf } from '../domain/peer-addresses.ts';
import type { NamedNode, TrustRules } from '../domain/policy/policy.ts';

/** The trust rules as shown to their owner, with the names and addresses of the peers. Pure. */
export function trustRules({ trust, mesh }: Pick<Configuration, 'trust' | 'mesh'>): TrustRules {
  const named = (id: string): NamedNode => {
    const peer = mesh.peers.find((entry) => entry.id === id);
    return { id, name: peer?.name ?? null, address: parseEndpoint((peer && addressesOf(peer)[0]) ?? '')?.host ?? null };
  };
  const isDenied = (id: string): boolean => trust.deny.nodes.includes(id);
  return {
    default: trust.default,
    nodes: Object.entries(trust.nodes)
      .filter(([id]) => !isDenied(id))
      .map(([id, level]) => ({ ...named(id), level })),
    subnets: Object.entries(trust.subnets).map(([subnet, level]) => ({ subnet, level })),
    deniedNodes: trust.deny.nodes.map(named),
    deniedSubnets: trust.deny.subnets,
    others: mesh.peers.filter(({ id }) => !isDenied(id) && !Object.hasOwn(trust.nodes, id)).map(({ id }) => named(id)),
  };
}

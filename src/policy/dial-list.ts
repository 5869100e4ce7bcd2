import type { Configuration, PeerEntry } from '../domain/configuration.ts';
import { parseEndpoint } from '../domain/ip-address.ts';
import { addressesOf } from '../domain/peer-addresses.ts';
import type { Asker, PolicySettings } from '../domain/policy/policy.ts';
import { decide } from './decide.ts';

/** Addresses that were not configured, by node id. */
export interface FoundAddresses {
  /** Proven by a connection with that node. */
  readonly learned: readonly PeerEntry[];
  /** Announced on the local network, by anybody. */
  readonly discovered: readonly PeerEntry[];
}

/**
 * The peers to dial. Those of the configuration come with the addresses at which they were last
 * reached, and with discovered ones only where they have no other: an announcement never replaces
 * an address of the owner (FR-204). Other nodes are dialled if they may connect: at learned
 * addresses if a rule names them by id, at discovered ones by any rule. An address gives no trust.
 */
export function dialList(
  settings: PolicySettings & { readonly mesh: Pick<Configuration['mesh'], 'peers'> },
  { learned, discovered }: FoundAddresses,
  asker: (peer: { readonly id: string; readonly address?: string }) => Asker,
): readonly PeerEntry[] {
  const isWelcome = (id: string, address: string, isByName: boolean): boolean => {
    const host = parseEndpoint(address)?.host;
    const peer = asker({ id, ...(host === undefined ? {} : { address: host }) });
    const { allow, rule } = decide(settings, { ...peer, action: 'connect' });
    return allow && (!isByName || rule === 'trust.nodes');
  };
  const found = (entries: readonly PeerEntry[], id: string, isByName: boolean): readonly string[] =>
    entries
      .filter((entry) => entry.id === id)
      .flatMap(addressesOf)
      .filter((address) => isWelcome(id, address, isByName));
  const listed = settings.mesh.peers.map((peer) => {
    const sure = [...found(learned, peer.id, false), ...addressesOf(peer)];
    return { ...peer, address: [...new Set(sure.length > 0 ? sure : found(discovered, peer.id, false))] };
  });
  const ids = new Set(settings.mesh.peers.map(({ id }) => id));
  const others = [...new Set([...learned, ...discovered].map(({ id }) => id))].filter((id) => !ids.has(id));
  const named = others.map((id) => ({
    id,
    address: [...new Set([...found(learned, id, true), ...found(discovered, id, false)])],
  }));
  return [...listed, ...named.filter(({ address }) => address.length > 0)];
}

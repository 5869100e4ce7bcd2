import type { Configuration, PeerEntry } from '../domain/configuration.ts';
import { parseEndpoint } from '../domain/ip-address.ts';
import type { Asker } from '../domain/policy/policy.ts';
import { decide } from './decide.ts';

/**
 * The peers to dial: those of the configuration, and of the discovered ones those that may connect.
 * A discovered address gives no trust, and never replaces one of the configuration (FR-204).
 */
export function dialList(
  settings: Configuration,
  discovered: readonly PeerEntry[],
  asker: (peer: { readonly id: string; readonly address?: string }) => Asker,
): readonly PeerEntry[] {
  const listed = new Set(settings.mesh.peers.map(({ id }) => id));
  const isWelcome = ({ id, address }: PeerEntry): boolean => {
    const host = parseEndpoint(address)?.host;
    const peer = asker({ id, ...(host === undefined ? {} : { address: host }) });
    return !listed.has(id) && decide(settings, { ...peer, action: 'connect' }).allow;
  };
  return [...settings.mesh.peers, ...discovered.filter(isWelcome)];
}

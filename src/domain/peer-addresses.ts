import type { PeerEntry } from './configuration.ts';

/** Where a peer may be dialled, in order; empty for a peer that only dials this node. */
export function addressesOf({ address }: Pick<PeerEntry, 'address'>): readonly string[] {
  if (address === undefined) return [];
  return typeof address === 'string' ? [address] : address;
}

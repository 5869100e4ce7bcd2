/** Who is there now: every node that this one knows, accounted for. */
import type { MeshStatus, NodeState } from '../status/status.ts';

/** What became of one member that was asked over the relay. */
export type Presence =
  | { readonly ok: true; readonly version: string; readonly skewMs?: number }
  | { readonly ok: false; readonly code: 'peer_unreachable' };

export interface RollCallLine {
  readonly id: string;
  readonly name: string | null;
  /** How it answered; null if it did not. */
  readonly via: 'direct' | 'relay' | null;
  readonly state: NodeState;
  /** Version of its program; null where it is unknown. */
  readonly version: string | null;
  /** How far its clock is ahead of this one; null where it is unknown, or close enough. */
  readonly skewMs: number | null;
  readonly lastSeen: string | null;
}

export interface RollCall {
  /** Whether a relay was asked; nodes without a direct connection answer only there. */
  readonly isRelayAsked: boolean;
  /** In the order of the list: those that are away first. */
  readonly nodes: readonly RollCallLine[];
}

/** @param heard what the relay brought; undefined if it was not asked */
export function rollCallOf(peers: MeshStatus['peers'], heard: ReadonlyMap<string, Presence> | undefined): RollCall {
  const nodes = peers.map(({ id, name, state, version, skewMs, lastSeen }): RollCallLine => {
    const line = { id, name, state, version, skewMs, lastSeen };
    if (state === 'connected') return { ...line, via: 'direct' };
    const presence = heard?.get(id);
    if (!presence?.ok) return { ...line, via: null };
    return { ...line, via: 'relay', version: presence.version, skewMs: presence.skewMs ?? null };
  });
  const isAway = ({ via }: RollCallLine): number => (via === null ? 0 : 1);
  return { isRelayAsked: heard !== undefined, nodes: nodes.toSorted((a, b) => isAway(a) - isAway(b)) };
}

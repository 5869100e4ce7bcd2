import type { PeerEntry } from '../domain/configuration.ts';
import type { SharingLevel, TrustLevel } from '../domain/policy/trust.ts';
import type { ManagedSettings } from './managed-settings.ts';

/**
 * What an owner can decide without an editor; each gives the settings as they are to be
 * (`changeManaged` of loader.ts).
 */
type Change = (settings: ManagedSettings) => ManagedSettings;

export const withSharing =
  (level: SharingLevel): Change =>
  (settings) => ({ ...settings, sharing: { level } });

/** Where a node is; what was known of that is replaced, but for a name that is not given anew. */
export const withPeer =
  ({ name, ...entry }: PeerEntry): Change =>
  ({ mesh, ...settings }) => {
    const called = name ?? mesh.peers.find(({ id }) => id === entry.id)?.name;
    const others = mesh.peers.filter(({ id }) => id !== entry.id);
    const peer = { ...(called === undefined ? {} : { name: called }), ...entry };
    return { ...settings, mesh: { ...mesh, peers: [...others, peer] } };
  };

/** A denial of the node is left in force: to lift one is a decision of its own. */
export const withTrust =
  (id: string, level: TrustLevel): Change =>
  ({ trust, ...settings }) => ({ ...settings, trust: { ...trust, nodes: { ...trust.nodes, [id]: level } } });

/** Lifts denials that a command set; those in the owner's own file stay. */
export const withoutDenial =
  (ids: readonly string[]): Change =>
  ({ trust, ...settings }) => {
    const nodes = trust.deny.nodes.filter((denied) => !ids.includes(denied));
    return { ...settings, trust: { ...trust, deny: { ...trust.deny, nodes } } };
  };

/**
 * Ends all trust in a node: a denial wins over every rule, also over those of the owner's own file
 * (FR-704). `ids` are its key and those that followed it; each is named, so that a revocation
 * outlives what is known of keys.
 */
export const withRevoked =
  (ids: readonly string[]): Change =>
  ({ trust, ...settings }) => ({
    ...settings,
    trust: {
      ...trust,
      nodes: Object.fromEntries(Object.entries(trust.nodes).filter(([node]) => !ids.includes(node))),
      deny: { ...trust.deny, nodes: [...new Set([...trust.deny.nodes, ...ids])] },
    },
  });

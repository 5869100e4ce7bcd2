import type { SharingLevel, TrustLevel } from '../domain/trust.ts';
import type { ManagedSettings } from './managed-settings.ts';

/** What an owner can decide without an editor; each gives the settings as they are to be (`changeManaged` of loader.ts). */
type Change = (settings: ManagedSettings) => ManagedSettings;

export const withSharing =
  (level: SharingLevel): Change =>
  (settings) => ({ ...settings, sharing: { level } });

/** A denial of the node is left in force: to lift one is a decision of its own. */
export const withTrust =
  (id: string, level: TrustLevel): Change =>
  ({ trust, ...settings }) => ({ ...settings, trust: { ...trust, nodes: { ...trust.nodes, [id]: level } } });

/** Lifts a denial that a command set; one in the owner's own file stays. */
export const withoutDenial =
  (id: string): Change =>
  ({ trust, ...settings }) => {
    const nodes = trust.deny.nodes.filter((denied) => denied !== id);
    return { ...settings, trust: { ...trust, deny: { ...trust.deny, nodes } } };
  };

/** Ends all trust in a node: a denial wins over every rule, also over those of the owner's own file (FR-704). */
export const withRevoked =
  (id: string): Change =>
  ({ trust, ...settings }) => ({
    ...settings,
    trust: {
      ...trust,
      nodes: Object.fromEntries(Object.entries(trust.nodes).filter(([node]) => node !== id)),
      deny: { ...trust.deny, nodes: [...new Set([...trust.deny.nodes, id])] },
    },
  });

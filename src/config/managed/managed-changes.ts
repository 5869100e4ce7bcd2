import type { PeerEntry } from '../../domain/configuration.ts';
import type { SharingLevel, TrustLevel } from '../../domain/policy/trust.ts';
import type { SettingsChange } from '../../domain/settings-change.ts';
import type { ManagedSettings } from './managed-settings.ts';

/** An edit of the managed settings, for `changeManaged` in src/config/loader.ts. */
export type ManagedEdit = (settings: ManagedSettings) => ManagedSettings;

/** The edit that implements a change. `revoked`: the node ids that a revocation denies. */
export function editFor(change: SettingsChange, revoked: readonly string[]): ManagedEdit {
  switch (change.set) {
    case 'sharing':
      return withSharing(change.level);
    case 'blind':
      return (settings) => ({ ...settings, blind: { ...settings.blind, report: change.report } });
    case 'blind-joined':
      return (settings) => ({ ...settings, blind: { ...settings.blind, task: change.task } });
    case 'blind-left':
      return withoutTask;
    case 'trust':
      return (settings) => withTrust(change.id, change.level)(withoutDenial(change.lift ?? [])(settings));
    case 'revoked':
      return withRevoked(revoked);
    case 'denied-addresses':
      return withDenied(change.subnets);
    case 'peer':
      return withPeer(change.peer);
    case 'no-peer':
      return withoutPeer(change.id);
  }
}

const withoutTask: ManagedEdit = ({ blind: { report }, ...settings }) => ({
  ...settings,
  blind: report === undefined ? {} : { report },
});

const withSharing =
  (level: SharingLevel): ManagedEdit =>
  (settings) => ({ ...settings, sharing: { level } });

/** Sets the address of a node. Replaces an earlier entry but keeps its name if none is given. */
const withPeer =
  ({ name, ...entry }: PeerEntry): ManagedEdit =>
  ({ mesh, ...settings }) => {
    const called = name ?? mesh.peers.find(({ id }) => id === entry.id)?.name;
    const others = mesh.peers.filter(({ id }) => id !== entry.id);
    const peer = { ...(called === undefined ? {} : { name: called }), ...entry };
    return { ...settings, mesh: { ...mesh, peers: [...others, peer] } };
  };

const withoutPeer =
  (id: string): ManagedEdit =>
  ({ mesh, ...settings }) => ({ ...settings, mesh: { ...mesh, peers: mesh.peers.filter((peer) => peer.id !== id) } });

/** Leaves a denial of the node in force: lifting one is a separate decision. */
const withTrust =
  (id: string, level: TrustLevel): ManagedEdit =>
  ({ trust, ...settings }) => ({ ...settings, trust: { ...trust, nodes: { ...trust.nodes, [id]: level } } });

/** Lifts denials set by a command. Those in the owner's file stay. */
const withoutDenial =
  (ids: readonly string[]): ManagedEdit =>
  ({ trust, ...settings }) => {
    const nodes = trust.deny.nodes.filter((denied) => !ids.includes(denied));
    return { ...settings, trust: { ...trust, deny: { ...trust.deny, nodes } } };
  };

/**
 * Ends all trust in a node. A denial overrides every rule, including those of the owner's file
 * (FR-704). `ids` are its key and the keys that followed it. Each is listed, so that the revocation
 * does not depend on the key history.
 */
const withRevoked =
  (ids: readonly string[]): ManagedEdit =>
  ({ trust, ...settings }) => ({
    ...settings,
    trust: {
      ...trust,
      nodes: Object.fromEntries(Object.entries(trust.nodes).filter(([node]) => !ids.includes(node))),
      deny: { ...trust.deny, nodes: [...new Set([...trust.deny.nodes, ...ids])] },
    },
  });

const withDenied =
  (subnets: readonly string[]): ManagedEdit =>
  ({ trust, ...settings }) => {
    const denied = [...new Set([...trust.deny.subnets, ...subnets])];
    return { ...settings, trust: { ...trust, deny: { ...trust.deny, subnets: denied } } };
  };

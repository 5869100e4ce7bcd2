import type { Configuration, PeerEntry } from '../domain/configuration.ts';
import type { RosterView } from '../domain/organisation/membership.ts';
import type { RosterHead, RosterNode } from '../domain/organisation/roster.ts';
import type { RosterSource } from '../domain/organisation/roster-source.ts';

/** The roster as it is stored now. */
export interface StoredRoster {
  readonly view: () => RosterView | null;
  /** Another number after every change. */
  readonly revision: () => number;
}

/**
 * The roster as a source of trust. Every decision is made with the roster that is stored at that
 * moment: what a new head takes away is gone before the configuration has been loaded again.
 *
 * @param view of this moment
 */
export function rosterSource(view: RosterView, now: () => number, stored?: StoredRoster): RosterSource {
  let revision = stored?.revision();
  let grants: Grants | null = grantsOf(view, now);
  const present = (): Grants | null => {
    if (stored === undefined || stored.revision() === revision) return grants;
    revision = stored.revision();
    const next = stored.view();
    grants = next && grantsOf(next, now);
    return grants;
  };
  return {
    org: view.org,
    get version() {
      return present()?.version ?? view.current.version;
    },
    get isForked() {
      return present()?.isForked ?? view.isForked;
    },
    hasExpired: () => present()?.hasExpired() ?? true,
    levelOf: (id) => present()?.levelOf(id),
    isSupervisor: (id) => present()?.isSupervisor(id) ?? false,
    isTrustee: (id) => present()?.isTrustee(id) ?? false,
    mayKeepList: (id) => present()?.mayKeepList(id) ?? false,
    members: () => present()?.members() ?? [],
  };
}

type Grants = Omit<RosterSource, 'org'>;

/**
 * What one view grants. A head that waits for the owner gives nothing, and takes away at once: each
 * node has what both heads grant.
 */
function grantsOf({ current, waiting, isForked, members }: RosterView, now: () => number): Grants {
  const heads = waiting === null ? [current] : [current, waiting];
  const inAll = (pick: (head: RosterHead) => readonly RosterNode[]): ReadonlySet<string> =>
    new Set(
      pick(current).flatMap(({ id }) => (heads.every((head) => pick(head).some((one) => one.id === id)) ? [id] : [])),
    );
  const supervisors = inAll((head) => head.supervisors);
  const trustees = inAll((head) => head.trustees);
  const ids = members.map(({ id }) => id);
  const contacts = new Set([...trustees, ...ids]);
  const level = heads.every((head) => head.level === 1) ? 'query_from' : 'supervisor';
  const untilMs = Math.min(...heads.map(({ expires }) => Date.parse(expires)));
  const hasExpired = (): boolean => now() >= untilMs;
  const grants = (): boolean => !isForked && !hasExpired();
  return {
    version: current.version,
    isForked,
    hasExpired,
    levelOf: (id) => {
      if (!grants()) return undefined;
      if (supervisors.has(id)) return level;
      return contacts.has(id) ? 'contact' : undefined;
    },
    isSupervisor: (id) => grants() && supervisors.has(id),
    isTrustee: (id) => grants() && trustees.has(id),
    mayKeepList: (id) => grants() && (supervisors.has(id) || trustees.has(id)),
    members: () => (grants() ? ids : []),
  };
}

export interface WithRosterOptions {
  readonly self: string;
  /** Whether the owner has written that the mesh is off. */
  readonly isMeshRefused: boolean;
  readonly now: () => number;
  readonly stored?: StoredRoster;
}

/**
 * The configuration with what the roster adds: trust, supervisors and trustees to dial, and, where
 * this node keeps the list, names and units of the members. The owner's own entries take
 * precedence.
 */
export function withRoster(
  configuration: Configuration,
  view: RosterView | null,
  { self, isMeshRefused, now, stored }: WithRosterOptions,
): Configuration {
  if (view === null || !configuration.org.follow) return configuration;
  const { mesh, trust, trustee } = configuration;
  const { supervisors, trustees } = view.current;
  const dialled = [...supervisors, ...trustees].map(({ id, name, addresses }) => ({ id, name, address: addresses }));
  const units = view.members.filter(({ unit }) => !NO_UNITS.includes(unit)).map(({ id, unit }) => [id, unit] as const);
  return {
    ...configuration,
    mesh: { ...mesh, enabled: !isMeshRefused, peers: withPeers(mesh.peers, [...dialled, ...view.members], self) },
    trust: { ...trust, roster: rosterSource(view, now, stored) },
    trustee: { ...trustee, units: { ...Object.fromEntries(units), ...trustee.units } },
  };
}

/** Names of blocks that are no unit (src/blind/trustee/blocks.ts). */
const NO_UNITS: readonly string[] = ['organisation', 'rest'];

/** Adds peers that the owner has not listed. A name that a peer of the owner has is left out. */
function withPeers(
  own: readonly PeerEntry[],
  others: readonly { readonly id: string; readonly name: string; readonly address?: readonly string[] }[],
  self: string,
): readonly PeerEntry[] {
  const ids = new Set([self, ...own.map(({ id }) => id)]);
  const names = new Set(own.flatMap(({ name }) => name ?? []));
  const added: PeerEntry[] = [];
  for (const { id, name, address = [] } of others) {
    if (ids.has(id)) continue;
    ids.add(id);
    added.push({ id, ...(names.has(name) ? {} : { name }), ...(address.length === 0 ? {} : { address }) });
    names.add(name);
  }
  return [...own, ...added];
}

/** The rule that keeps back a message about the roster, or null. */
export function rosterRefusal(
  { trust }: Pick<Configuration, 'trust'>,
  { type, body }: { readonly type: string; readonly body: unknown },
  recipient: string,
): 'org.follow' | 'org.list' | null {
  if (type !== 'org-ask' && type !== 'org-news') return null;
  if (trust.roster === undefined) return 'org.follow';
  const { delta = null } = body as { readonly delta?: unknown };
  // Names and units of colleagues are for the nodes that add up their figures.
  return delta !== null && !trust.roster.mayKeepList(recipient) ? 'org.list' : null;
}

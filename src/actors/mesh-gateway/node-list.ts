import type { Configuration } from '../../domain/configuration.ts';
import { parseEndpoint } from '../../domain/ip-address.ts';
import { byTrouble, type NodeReason, reasonOfCode, reasonOfKey } from '../../domain/status/node-reasons.ts';
import type { MeshStatus, NodeState } from '../../domain/status/status.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { explain } from '../../policy/explanation.ts';
import type { SeenStore } from '../../storage/mesh/seen-store.ts';
import type { OpenMesh, OpenPeer } from './open-mesh.ts';

type Node = MeshStatus['peers'][number];

export interface NodeListInput {
  readonly configuration: Configuration;
  readonly mesh: Pick<OpenMesh, 'status' | 'asker' | 'account'>;
  readonly seen: ReturnType<SeenStore['all']>;
  /** This node's own id, which is not listed. */
  readonly self: string;
  readonly nowMs: number;
}

/**
 * Every peer and every trusted node, connected or not, and the nodes that a trusted subnet let in;
 * troubles first. A node that is listed under two of its keys has one row.
 */
export function nodeList(input: NodeListInput): readonly Node[] {
  const { configuration, mesh, self } = input;
  // A peer without a known address is not dialled; it is listed like a trusted node that is away.
  const status = mesh.status();
  const peers = status.peers.filter(({ address }) => address !== '');
  const listed = new Set(peers.flatMap(({ id, peer }) => [id, peer ?? id].map(mesh.account)));
  const others = trustedIds(configuration, self).filter((id) => {
    const account = mesh.account(id);
    const isNew = !listed.has(account);
    listed.add(account);
    return isNew;
  });
  const rows: readonly Listed[] = [...peers, ...others.map(absent)];
  // Of an organization's members there are thousands. The first entry of a node counts.
  const names = new Map(configuration.mesh.peers.toReversed().map(({ id, name }) => [mesh.account(id), name] as const));
  return rows.map((row) => nodeOf({ ...input, names }, status.refused, row)).sort(byTrouble);
}

/** Ids of the nodes that have a trust level of their own, or an address. */
export function trustedIds({ trust, mesh }: Configuration, self: string): readonly string[] {
  const trusted = Object.entries(trust.nodes).flatMap(([id, level]) => (level === 'untrusted' ? [] : [id]));
  return [...new Set([...mesh.peers.map(({ id }) => id), ...trusted])].filter((id) => id !== self);
}

type Refused = ReturnType<OpenMesh['status']>['refused'];
type Listed = Omit<OpenPeer, 'address'> & { readonly address: string | null };

const absent = (id: string): Listed => ({
  id,
  address: null,
  state: 'offline',
  code: null,
  skewMs: null,
  version: null,
  peer: null,
});

function nodeOf(
  {
    configuration,
    mesh,
    seen,
    names,
    nowMs,
  }: NodeListInput & { readonly names: ReadonlyMap<string, string | undefined> },
  refused: Refused,
  row: Listed,
): Node {
  const { id, peer, address, skewMs } = row;
  const host = address === null ? undefined : parseEndpoint(address)?.host;
  const asker = mesh.asker({ id: peer ?? id, ...(host === undefined ? {} : { address: host }) });
  const { trust } = explain(configuration, { ...asker, action: 'connect' });
  const account = mesh.account(peer ?? id);
  const sighting = seen.get(account);
  const isConnected = row.state === 'connected';
  const reason = isConnected ? null : reasonFor(row, trust, asker.keyState, refused);
  const lastMs = isConnected ? nowMs : sighting?.lastMs;
  return {
    id,
    name: names.get(account) ?? null,
    address,
    trust: trust === 'denied' ? 'untrusted' : trust,
    state: stateFor(row.state, reason),
    reason,
    skewMs,
    lastSeen: lastMs === undefined ? null : isoTime(lastMs),
    version: row.version ?? sighting?.version ?? null,
  };
}

function reasonFor(
  { id, peer, address, code }: Listed,
  trust: ReturnType<typeof explain>['trust'],
  key: Parameters<typeof reasonOfKey>[0],
  refused: Refused,
): NodeReason | null {
  const known = reasonOfKey(key);
  if (known !== null) return known;
  if (trust === 'denied') return 'denied';
  const latest = code ?? refused.get(peer ?? id) ?? null;
  if (latest !== null) return reasonOfCode(latest);
  return address === null ? 'no_address' : null;
}

/** A node that was refused when it connected is refused, though nobody dials it. */
function stateFor(state: NodeState, reason: NodeReason | null): NodeState {
  if (state !== 'offline' || reason === null || reason === 'no_address' || reason === 'unreachable') return state;
  return reason === 'skewed' ? 'skewed' : 'refused';
}

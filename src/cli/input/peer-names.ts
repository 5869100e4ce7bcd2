import { callAdmin } from '../../admin/client.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { CaroError } from '../../domain/errors.ts';
import { alongKeys, type KeyChange } from '../../domain/identity/key-state.ts';
import { parseNodeId } from '../../domain/identity/node-id.ts';
import type { OrgNode } from '../../domain/organisation/membership.ts';
import type { Context } from '../context.ts';

type Peers = Pick<Configuration, 'mesh'>;

/**
 * Resolves `text` to a node id: an id itself, the name of a configured peer, or that of a
 * supervisor or trustee in the roster, which only the running service knows.
 * @throws CaroError `not_found` for a name that none has, `usage` for one that several have
 */
export async function nodeIdOf(context: Context, text: string, { mesh }: Peers): Promise<string> {
  if (parseNodeId(text)) return text;
  const listed = mesh.peers.filter(({ name }) => name === text);
  const [first, ...others] = listed.length > 0 ? listed : await inRoster(context, text);
  if (!first) {
    throw new CaroError(
      'not_found',
      'expected a node id (caro:ed25519:…) or the name of a peer, got neither; see: caro peers list, caro org status',
    );
  }
  if (others.length > 0)
    throw new CaroError('usage', `expected a name that one peer has, ${others.length + 1} have it; give the node id`);
  return first.id;
}

async function inRoster(context: Context, name: string): Promise<readonly OrgNode[]> {
  const found = (await rosterNodes(context)).filter((node) => node.name === name);
  // One node may have both roles.
  return [...new Map(found.map((node) => [node.id, node])).values()];
}

/** Supervisors and trustees in the roster; none where the service does not run. */
async function rosterNodes(context: Context): Promise<readonly OrgNode[]> {
  const status = await callAdmin(context.places().socket, 'org.status', {}).catch((error: unknown) => {
    if (error instanceof CaroError && error.code === 'not_running') return null;
    throw error;
  });
  const { supervisors = [], trustees = [] } = status?.terms ?? {};
  return [...supervisors, ...trustees];
}

/** `shownName` that also knows the names in the roster. */
export async function nodeNames(
  context: Context,
  configuration: Peers,
  changes: readonly KeyChange[] = [],
): Promise<(id: string) => string> {
  const names = new Map((await rosterNodes(context)).map(({ id, name }) => [id, name]));
  return (id) => {
    const shown = shownName(id, configuration, changes);
    return shown === id ? (alongKeys(changes, id, (key) => names.get(key)) ?? id) : shown;
  };
}

/**
 * The display name of a node: its configured name, which also applies to a successor key, or its
 * id.
 */
export const shownName = (id: string, { mesh }: Peers, changes: readonly KeyChange[] = []): string =>
  alongKeys(changes, id, (key) => mesh.peers.find((peer) => peer.id === key)?.name) ?? id;

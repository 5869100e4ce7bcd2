import type { Configuration } from '../../domain/configuration.ts';
import { CaroError } from '../../domain/errors.ts';
import { alongKeys, type KeyChange } from '../../domain/identity/key-state.ts';
import { parseNodeId } from '../../domain/identity/node-id.ts';

type Peers = Pick<Configuration, 'mesh'>;

/**
 * Resolves `text` to a node id: an id itself, or the name of a configured peer.
 * @throws CaroError `not_found` for a name that no peer has, `usage` for one that several have
 */
export function nodeIdOf(text: string, { mesh }: Peers): string {
  if (parseNodeId(text)) return text;
  const [first, ...others] = mesh.peers.filter(({ name }) => name === text);
  if (!first) {
    throw new CaroError(
      'not_found',
      'expected a node id (caro:ed25519:…) or the name of a peer, got neither; see: caro peers list',
    );
  }
  if (others.length > 0)
    throw new CaroError('usage', `expected a name that one peer has, ${others.length + 1} have it; give the node id`);
  return first.id;
}

/**
 * The display name of a node: its configured name, which also applies to a successor key, or its
 * id.
 */
export const shownName = (id: string, { mesh }: Peers, changes: readonly KeyChange[] = []): string =>
  alongKeys(changes, id, (key) => mesh.peers.find((peer) => peer.id === key)?.name) ?? id;

import type { Configuration } from '../domain/configuration.ts';
import { CaroError } from '../domain/errors.ts';
import type { SettingsChange } from '../domain/settings-change.ts';

/**
 * Trust, denial and address are about other nodes: for its own id, none of them has an effect.
 * @throws CaroError `usage` for a change that names the node itself
 */
export function assertOtherNode(change: SettingsChange, self: string | undefined): void {
  if (self === undefined || namedBy(change) !== self) return;
  throw new CaroError(
    'usage',
    change.set === 'revoked'
      ? 'expected the id of another node, got the id of this node; to replace a key that was stolen: caro identity rotate --compromised'
      : 'expected the id of another node, got the id of this node; print the id on the other node: caro identity show',
  );
}

function namedBy(change: SettingsChange): string | undefined {
  switch (change.set) {
    case 'trust':
    case 'revoked':
      return change.id;
    case 'peer':
      return change.peer.id;
    default:
      return undefined;
  }
}

/** The same for a configuration, where the entries are valid but useless. */
export function ownIdWarnings(
  { mesh, trust }: Pick<Configuration, 'mesh' | 'trust'>,
  self: string | undefined,
): readonly string[] {
  if (self === undefined) return [];
  const places = [
    ...mesh.peers.flatMap(({ id }, index) => (id === self ? [`mesh.peers[${index}]`] : [])),
    ...(Object.hasOwn(trust.nodes, self) ? ['trust.nodes'] : []),
    ...(trust.deny.nodes.includes(self) ? ['trust.deny.nodes'] : []),
  ];
  return places.map((place) => `${place} names this node itself, which has no effect; correct or remove the entry`);
}

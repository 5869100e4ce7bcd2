import type { Configuration } from '../domain/configuration.ts';

/** Whether the owner of this node has named a key: as a peer, in a rule of trust or in a denial. */
export const isNamed = ({ mesh, trust }: Pick<Configuration, 'mesh' | 'trust'>, id: string): boolean =>
  Object.hasOwn(trust.nodes, id) || trust.deny.nodes.includes(id) || mesh.peers.some((peer) => peer.id === id);

import type { Connection } from './connection.ts';

/** The live connections after their hello: one for each peer. */
export interface ConnectionRegistry {
  /**
   * Adds a connection. Of two connections with one peer, one is retired. Returns true for the first
   * connection with this peer.
   */
  readonly add: (connection: Connection) => boolean;
  /** Removes a connection. Returns true if it was in use. */
  readonly remove: (connection: Connection) => boolean;
  readonly get: (peer: string) => Connection | undefined;
  readonly all: () => readonly Connection[];
}

/**
 * @param self node id
 * @param raceMs connections that open within this time count as dialled simultaneously
 */
export function createConnectionRegistry(self: string, raceMs: number): ConnectionRegistry {
  const live = new Map<string, Connection>();
  return {
    add: (connection) => {
      const known = live.get(connection.peer);
      const kept = known === undefined ? connection : preferred(self, known, connection, raceMs);
      live.set(connection.peer, kept);
      if (known !== undefined) (kept === known ? connection : known).retire();
      return known === undefined;
    },
    remove: (connection) => live.get(connection.peer) === connection && live.delete(connection.peer),
    get: (peer) => live.get(peer),
    all: () => [...live.values()],
  };
}

/**
 * Which of two connections is kept; both sides come to the same result. If both sides dialled
 * simultaneously, it is the one that the node with the smaller id dialled. Otherwise it is the
 * newer one: a node that dials has lost the older one.
 */
function preferred(self: string, known: Connection, newer: Connection, raceMs: number): Connection {
  if (known.isDialled === newer.isDialled || newer.openedMs - known.openedMs > raceMs) return newer;
  const isOwnPreferred = self < known.peer;
  return known.isDialled === isOwnPreferred ? known : newer;
}

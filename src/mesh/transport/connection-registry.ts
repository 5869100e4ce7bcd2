import type { Connection } from './connection.ts';

/** The live connections that have said their hello: one for each peer. */
export interface ConnectionRegistry {
  /**
   * Takes a connection in; the one that it does not keep is retired. True if there was none with
   * this peer before.
   */
  readonly add: (connection: Connection) => boolean;
  /** Forgets a connection. True if it was the one in use. */
  readonly remove: (connection: Connection) => boolean;
  readonly get: (peer: string) => Connection | undefined;
  readonly all: () => readonly Connection[];
}

/**
 * @param self node id
 * @param raceMs two connections that open within this time were dialled at once from both sides
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
 * Which of two connections stays; both ends come to the same answer. Dialled at once from both
 * sides: the one that the node with the smaller id dialled. Otherwise the younger one, since nobody
 * dials a peer that it believes connected.
 */
function preferred(self: string, known: Connection, young: Connection, raceMs: number): Connection {
  if (known.isDialled === young.isDialled || young.openedMs - known.openedMs > raceMs) return young;
  const isOursPreferred = self < known.peer;
  return known.isDialled === isOursPreferred ? known : young;
}

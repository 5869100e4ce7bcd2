import type { OpenPeer } from '../../src/actors/mesh-gateway/open-mesh.ts';
import { placesFrom } from '../../src/config/places.ts';
import { CaroError } from '../../src/domain/errors.ts';
import type { Role, TrustLevel } from '../../src/domain/policy/trust.ts';
import type { RelayStatus } from '../../src/domain/status/relay-status.ts';
import type { MeshStatus } from '../../src/domain/status/status.ts';
import { type Database, openDatabase } from '../../src/storage/database.ts';
import { openNode, type TestNode, type Typed } from '../policy/node.ts';
import { nodeId, settings } from '../policy/settings.ts';
import { type DashboardRig, openRig } from './dashboard-rig.ts';

/**
 * Another node: what its owner lets the asker have, what was typed there; or how it is out of
 * reach.
 */
export interface Neighbour {
  readonly name: string;
  /** Its node id; one of no key unless told. */
  readonly id?: string;
  readonly lets?: TrustLevel;
  readonly typed?: readonly Typed[];
  readonly state?: MeshStatus['peers'][number]['state'];
  readonly skewMs?: number;
}

export interface MeshRig extends DashboardRig {
  readonly ids: readonly string[];
  /** Lets so much time pass at all neighbours. */
  readonly pass: (ms: number) => void;
  /** Types commands at the neighbour with this place. */
  readonly typeAt: (place: number, typed: readonly Typed[]) => void;
}

const RELAY: RelayStatus = {
  state: 'waiting',
  mode: 'stay',
  code: 'relay_unreachable',
  nextAt: '2026-03-05T12:00:00.000Z',
  passExpires: '2026-06-01T00:00:00.000Z',
};

/** Why a neighbour in that state is not connected. */
const CODES = {
  connected: null,
  connecting: 'peer_unreachable',
  offline: null,
  refused: 'key_changed',
  skewed: 'clock_skewed',
} as const;

/**
 * A dashboard whose node trusts some neighbours. Each of them is a real database behind a real
 * responder; what is missing is the wire, which the tests of the mesh are about.
 */
export async function openMeshRig(
  role: Role,
  neighbours: readonly Neighbour[],
  {
    floor = 5,
    more = '',
    name = 'rig',
    fill,
  }: {
    readonly floor?: number;
    readonly more?: string;
    readonly name?: string;
    /** Fills the database before it is opened; `ids` are those of the neighbours. */
    readonly fill?: (database: Database, ids: readonly string[]) => void;
  } = {},
): Promise<MeshRig> {
  const ids = neighbours.map(({ id }, index) => id ?? nodeId(index + 1));
  const nodes = neighbours.map(({ typed }) => {
    const node = openNode();
    if (typed) node.type(typed);
    return node;
  });
  const peers = neighbours.map(({ name, state = 'connected', skewMs = 12 }, index): OpenPeer & { name: string } => ({
    id: ids[index] ?? '',
    peer: state === 'connected' ? (ids[index] ?? '') : null,
    name,
    address: `10.0.1.${index + 10}:9238`,
    state,
    skewMs: state === 'connecting' ? null : skewMs,
    code: CODES[state],
    version: state === 'connected' ? '0.1.0' : null,
  }));
  const rig = await openRig(
    {},
    {
      toml: tomlOf(role, name, peers, floor) + more,
      ...(fill ? { fill: (home: string) => fillDatabase(home, (database) => fill(database, ids)) } : {}),
      mesh: {
        status: () => ({ listen: '10.0.1.2:9238', waiting: null, peers, refused: new Map(), relay: RELAY }),
        ask: async (id, query) => {
          const index = ids.indexOf(id);
          const { lets = 'untrusted', state = 'connected' } = neighbours[index] ?? {};
          if (state !== 'connected') {
            const code = state === 'skewed' ? 'clock_skewed' : 'peer_unreachable';
            throw new CaroError(code, 'expected a connection');
          }
          const given = settings({ trust: { nodes: { [SELF]: lets } } });
          return nodeAt(nodes, index).responder.answer(given, { id: SELF }, query);
        },
        exchange: () => Promise.reject(new CaroError('peer_unreachable', 'expected a connection')),
      },
    },
  );
  return {
    ...rig,
    ids,
    pass: (ms) => {
      for (const node of nodes) node.pass(ms);
    },
    typeAt: (place, typed) => nodeAt(nodes, place).type(typed),
    close: async () => {
      await rig.close();
      for (const node of nodes) node.close();
    },
  };
}

const SELF = nodeId(200);

function fillDatabase(home: string, fill: (database: Database) => void): void {
  const { database } = openDatabase(placesFrom({ CARO_HOME: home }, home).database, Date.now());
  fill(database);
  database.close();
}

function nodeAt(nodes: readonly TestNode[], place: number): TestNode {
  const node = nodes[place];
  if (!node) throw new Error('expected a neighbour');
  return node;
}

const tomlOf = (
  role: Role,
  name: string,
  peers: readonly (OpenPeer & { readonly name: string })[],
  floor: number,
): string =>
  [
    `[node]\nname = "${name}"\nrole = "${role}"`,
    '[mesh]\nenabled = true\nlisten = "127.0.0.1:0"',
    ...peers.map(
      ({ id, name: peer, address }) => `[[mesh.peers]]\nname = "${peer}"\nid = "${id}"\naddress = "${address}"`,
    ),
    '[trust.nodes]',
    ...peers.map(({ id }) => `"${id}" = "peer"`),
    `[privacy]\nmin_contributors = ${floor}\n`,
  ].join('\n');

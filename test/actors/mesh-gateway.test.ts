import { afterEach, expect, test } from '@jest/globals';
import { createKeyRegistry, type KeyRegistryPorts } from '../../src/actors/key-registry.ts';
import { createMeshGateway, type GatewayPorts } from '../../src/actors/mesh-gateway/mesh-gateway.ts';
import type { OpenMesh } from '../../src/actors/mesh-gateway/open-mesh.ts';
import { Bus } from '../../src/bus/bus.ts';
import { type ActorSpec, Supervised } from '../../src/bus/supervisor.ts';
import { writeDefaultConfiguration } from '../../src/config/default-file.ts';
import { loadConfiguration } from '../../src/config/loader.ts';
import { placesFrom, preparePlaces } from '../../src/config/places.ts';
import type { Configuration } from '../../src/domain/configuration.ts';
import { CaroError } from '../../src/domain/errors.ts';
import { encodeNodeId } from '../../src/domain/identity/node-id.ts';
import { lazyPeerKeys } from '../../src/keys/peer-keys.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const folder = temporaryFolders();
const running: Supervised[] = [];
afterEach(async () => {
  for (const actor of running.splice(0)) await actor.stop();
});

const [OLD, NEW] = [1, 2].map((byte) => encodeNodeId(new Uint8Array(32).fill(byte))) as [string, string];
const STATUS = { from: OLD, to: NEW, fingerprint: '0'.repeat(16), compromised: true, switchesAt: '2026-01-01' };

/** A configuration of its own defaults, but with the mesh on. */
function withMesh(): Configuration {
  const places = placesFrom({ CARO_HOME: folder() }, '/');
  preparePlaces(places);
  writeDefaultConfiguration(places, { name: 'ada' });
  const { configuration } = loadConfiguration(places, 'host');
  return { ...configuration, mesh: { ...configuration.mesh, enabled: true } };
}

/** A gateway that can be kept from opening the mesh, and the keys with which it was opened. */
async function rig() {
  const opened: string[] = [];
  const state = { key: OLD, isBlocked: false };
  const mesh: OpenMesh = {
    status: () => ({ listen: '127.0.0.1:9238', waiting: null, peers: [], refused: new Map(), relay: null }),
    askAway: () => new Map(),
    rollCall: () => undefined,
    reload: () => undefined,
    rehearse: () => Promise.resolve(),
    submit: () => Promise.reject(new CaroError('peer_unreachable', 'expected a peer')),
    enrol: () => Promise.reject(new Error('nobody enrols')),
    invite: () => ({ code: '', expiresAt: '' }),
    join: () => Promise.reject(new Error('nobody joins')),
    asker: (peer) => peer,
    account: (id) => id,
    ask: () => Promise.reject(new CaroError('peer_unreachable', 'expected a peer')),
    advise: () => Promise.reject(new CaroError('peer_unreachable', 'expected a peer')),
    exchange: () => Promise.reject(new CaroError('peer_unreachable', 'expected a peer')),
    carry: () => Promise.resolve([]),
    carried: () => [],
    deliver: () => Promise.reject(new CaroError('peer_unreachable', 'expected a peer')),
    keepUp: () => Promise.resolve(),
    announceRotation: () => Promise.resolve([]),
    announceRevocation: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  };
  const bus = new Bus();
  const gateway: GatewayPorts = {
    bus,
    open: () => {
      if (state.isBlocked) return Promise.reject(new CaroError('address_in_use', 'expected a free port'));
      opened.push(state.key);
      return Promise.resolve(mesh);
    },
    summaries: {
      nodes: () => [state.key],
      deliveries: { admit: () => undefined, dismiss: () => undefined, due: () => [], acknowledge: () => undefined },
      audit: () => Promise.resolve(),
      now: () => 0,
    },
    peerKeys: { family: (id) => Promise.resolve([id]) },
    egress: { list: () => [], read: () => undefined, prune: () => undefined },
    seen: { note: () => undefined, all: () => new Map() },
    self: () => state.key,
    now: () => 0,
  };
  const configuration = withMesh();
  const actors: Readonly<Record<string, ActorSpec['create']>> = {
    auditor: () => ({ name: 'auditor', handlers: { 'audit.append': () => ({}) as never } }),
    'key registry': () => createKeyRegistry(registryPorts(bus, state)),
    'mesh gateway': () => createMeshGateway(gateway, configuration),
  };
  for (const [name, create] of Object.entries(actors)) {
    const actor = new Supervised({ name, capacity: 8, policy: 'wait', create }, bus, SUPERVISION);
    await actor.start();
    running.push(actor);
  }
  return { bus, opened, state };
}

/** The rotation of this node's key is due at once, as for a compromised one. */
function registryPorts(bus: Bus, state: { key: string }): KeyRegistryPorts {
  const own = {
    identity: () => ({ id: state.key }),
    formerIds: () => [],
    rotation: () => (state.key === OLD ? STATUS : null),
    statements: () => ({ rotations: [], revocations: [] }),
    begin: () => Promise.resolve({ rotations: [], revocations: [] }),
    complete: () => {
      const isDue = state.key === OLD;
      state.key = NEW;
      return isDue;
    },
    stepsFrom: () => [],
    nextStep: () => null,
  };
  return {
    bus,
    own: own as unknown as KeyRegistryPorts['own'],
    peers: lazyPeerKeys(`${folder()}/peer-keys.json`, 0, () => false),
    audited: { get: () => OLD, set: () => undefined },
    alarm: () => ({ set: () => undefined, stop: () => undefined }),
    log: { warn: () => undefined, error: () => undefined },
  };
}

const SUPERVISION = {
  backoffMs: () => 0,
  maxCrashes: 1,
  windowMs: 1_000,
  startMs: 5_000,
  stopMs: 5_000,
  now: () => 0,
  onCrash: (_: string, error: unknown) => {
    throw error;
  },
  onDegraded: () => undefined,
};

test('the mesh is opened again with the next key', async () => {
  const { bus, opened } = await rig();
  expect(await bus.request('identity.rotate', { compromised: true })).toEqual({ ...STATUS, told: [] });
  expect(opened).toEqual([OLD, NEW]);
});

test('a mesh that cannot be opened with the next key is reported, and opened as soon as possible', async () => {
  const { bus, opened, state } = await rig();
  state.isBlocked = true;
  const rotated = bus.request('identity.rotate', { compromised: true });
  await expect(rotated).rejects.toThrow(/the key has changed, but the mesh could not be opened/);
  await expect(rotated).rejects.toMatchObject({ code: 'address_in_use' });
  expect(await bus.request('mesh.status', {})).toMatchObject({ enabled: false });
  state.isBlocked = false;
  await bus.publish('clock.quarter', { nowMs: 0, retentionMs: 0 });
  expect(await bus.request('mesh.status', {})).toMatchObject({ enabled: true });
  expect(opened).toEqual([OLD, NEW]);
});

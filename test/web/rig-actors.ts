import { join } from 'node:path';
import { createMeshGateway } from '../../src/actors/mesh-gateway/mesh-gateway.ts';
import type { OpenMesh } from '../../src/actors/mesh-gateway/open-mesh.ts';
import { createStatusReporter } from '../../src/actors/status-reporter.ts';
import type { Actor } from '../../src/bus/actor.ts';
import type { Bus } from '../../src/bus/bus.ts';
import { type ActorSpec, messageCounts, Supervised } from '../../src/bus/supervisor.ts';
import { shellSetups } from '../../src/cli/shell-setup/rc-line.ts';
import { loadConfiguration } from '../../src/config/loader.ts';
import type { Places } from '../../src/config/places.ts';
import type { ActorStatus, ObserveStatus, RotationStatus, StorageStatus } from '../../src/domain/status/status.ts';
import { openOwnKeys } from '../../src/keys/own-keys.ts';
import { lazyPeerKeys } from '../../src/keys/peer-keys.ts';
import { openLog } from '../../src/platform/service-log.ts';
import { type Database, databaseBytes } from '../../src/storage/database.ts';
import { StorageHealth } from '../../src/storage/maintenance/storage-health.ts';
import { createRosterStore } from '../../src/storage/mesh/roster-store.ts';
import { openSpoolFolder } from '../../src/storage/spool/spool-folder.ts';
import { actorSpecs, gatewayPorts } from '../../src/wiring/actors.ts';
import type { ServiceContext } from '../../src/wiring/service-context.ts';
import { openPool } from '../../src/workers/pool.ts';

/** What lies beyond this node: the state of its connections, and what a peer answers. */
export type RigMesh = Pick<OpenMesh, 'status' | 'ask'> & Partial<Pick<OpenMesh, 'exchange'>>;

/** What is wrong with the service, as its parts would report it. */
export interface Faults {
  readonly storage?: Partial<StorageStatus>;
  readonly observe?: Partial<ObserveStatus>;
  readonly actors?: readonly ActorStatus[];
  readonly rotation?: RotationStatus;
}

/**
 * Starts the service's own actors; only the wire to peers is `mesh`. Resolves with what stops them.
 */
export async function startActors(
  bus: Bus,
  places: Places,
  database: Database,
  mesh: RigMesh,
  faults: () => Faults,
): Promise<() => Promise<void>> {
  const ownKeys = await openOwnKeys(places, 0);
  const identity = ownKeys.identity();
  let { configuration } = loadConfiguration(places, 'rig');
  const pool = openPool(join(__dirname, '../../dist/worker.js'));
  const context: ServiceContext = {
    places,
    identity,
    ownKeys,
    peerKeys: lazyPeerKeys(places.peerKeys, 0, () => false),
    database,
    log: openLog(places.log),
    health: new StorageHealth(() => undefined),
    bus,
    pool,
    roster: createRosterStore(database),
    spool: openSpoolFolder(places.spool, process.getuid?.() ?? 0),
    configuration: () => configuration,
    adopt: (next) => {
      configuration = next;
    },
  };
  const gateway = { ...gatewayPorts(context), open: () => Promise.resolve({ ...UNUSED, ...mesh }) };
  const actors: Supervised[] = [];
  const facts = () => ({
    node: { id: identity.id, fingerprint: identity.fingerprint, ...configuration.node, ...rotationOf(faults()) },
    service: { pid: process.pid, uptimeSeconds: Math.floor(process.uptime()), version: '0.1.0' },
    dashboard: { url: '', waiting: null },
    storage: { ...SOUND, ...faults().storage },
    memory: { rssBytes: process.memoryUsage.rss() },
    setup: shellSetups(process.env, places),
    actors: faults().actors ?? [],
  });
  const metrics = () => ({ databaseBytes: databaseBytes(places.database), messages: messageCounts(actors) });
  const replaced: Readonly<Record<string, (spec: ActorSpec) => ActorSpec['create']>> = {
    'mesh gateway': () => () => createMeshGateway(gateway, configuration),
    collector: (spec) => () => withFaults(spec.create(), faults),
  };
  const specs = actorSpecs(context).map((spec) => ({ ...spec, create: replaced[spec.name]?.(spec) ?? spec.create }));
  const status = () => createStatusReporter({ totals: () => Promise.resolve(null), bus, facts, metrics });
  for (const spec of [...specs, { name: 'status reporter', capacity: 64, policy: 'wait', create: status } as const]) {
    const actor = new Supervised(spec, bus, SUPERVISION);
    await actor.start();
    actors.push(actor);
  }
  return async () => {
    for (const actor of actors.reverse()) await actor.stop();
    await pool.close();
  };
}

/** The collector, with what it reports about itself overridden. */
function withFaults(actor: Actor<never>, faults: () => Faults): Actor<never> {
  const handlers = actor.handlers as {
    readonly 'observe.status': (body: unknown) => ObserveStatus | Promise<ObserveStatus>;
  };
  const overridden = async (): Promise<ObserveStatus> => ({
    ...(await handlers['observe.status']({})),
    ...faults().observe,
  });
  return { ...actor, handlers: { ...handlers, 'observe.status': overridden } };
}

const rotationOf = ({ rotation }: Faults) => (rotation ? { rotation } : {});

const SOUND: StorageStatus = {
  trouble: null,
  failures: 0,
  setAside: [],
  backup: { last: null, trouble: null },
  logLinesLost: 0,
};

const unused = (): never => {
  throw new Error('expected no use of this part of the mesh');
};

const UNUSED: OpenMesh = {
  status: unused,
  asker: (peer) => peer,
  account: (id) => id,
  reload: () => undefined,
  rehearse: () => Promise.resolve(),
  ask: unused,
  askAway: () => new Map(),
  rollCall: () => undefined,
  advise: unused,
  exchange: unused,
  carry: unused,
  carried: () => [],
  enrol: unused,
  deliver: unused,
  submit: unused,
  invite: unused,
  join: unused,
  keepUp: () => Promise.resolve(),
  announceRotation: unused,
  announceRevocation: unused,
  close: () => Promise.resolve(),
};

const SUPERVISION = {
  backoffMs: () => 10,
  maxCrashes: 3,
  windowMs: 60_000,
  startMs: 5_000,
  stopMs: 5_000,
  now: () => performance.now(),
  onCrash: (actor: string, error: unknown) => {
    throw new Error(`${actor} crashed: ${error instanceof Error ? error.message : 'unknown'}`);
  },
  onDegraded: () => undefined,
};

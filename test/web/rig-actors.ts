import { join } from 'node:path';
import { createStatusReporter } from '../../src/actors/status-reporter.ts';
import type { Actor } from '../../src/bus/actor.ts';
import type { Bus } from '../../src/bus/bus.ts';
import { type ActorSpec, messageCounts, Supervised } from '../../src/bus/supervisor.ts';
import { loadConfiguration } from '../../src/config/loader.ts';
import type { Places } from '../../src/config/places.ts';
import type { PeerAnswer, QueryBody } from '../../src/domain/answers/query.ts';
import { CaroError } from '../../src/domain/errors.ts';
import type {
  ActorStatus,
  MeshStatus,
  ObserveStatus,
  RotationStatus,
  StorageStatus,
} from '../../src/domain/status/status.ts';
import { openOwnKeys } from '../../src/keys/own-keys.ts';
import { lazyPeerKeys } from '../../src/keys/peer-keys.ts';
import { openLog } from '../../src/platform/service-log.ts';
import { type Database, databaseBytes } from '../../src/storage/database.ts';
import { createEgressStore } from '../../src/storage/egress-store.ts';
import { openSpoolFolder } from '../../src/storage/events/spool-folder.ts';
import { StorageHealth } from '../../src/storage/maintenance/storage-health.ts';
import { createReader } from '../../src/storage/reader.ts';
import { actorSpecs } from '../../src/wiring/actors.ts';
import type { ServiceContext } from '../../src/wiring/service-context.ts';
import { openPool } from '../../src/workers/pool.ts';

/** What lies beyond this node: the state of its connections, and what a peer answers. */
export interface RigMesh {
  readonly status: () => MeshStatus;
  readonly ask: (id: string, query: QueryBody) => Promise<PeerAnswer>;
}

/** What is wrong with the service, as its parts would say it. */
export interface Faults {
  readonly storage?: Partial<StorageStatus>;
  readonly observe?: Partial<ObserveStatus>;
  readonly actors?: readonly ActorStatus[];
  readonly rotation?: RotationStatus;
}

/** Only shells and peers are replaced. */
const REPLACED = ['mesh gateway', 'collector'];

/** The service's own actors on one database, behind the dashboard; resolves with what stops them. */
export async function startActors(
  bus: Bus,
  places: Places,
  database: Database,
  mesh: RigMesh,
  faults: () => Faults,
): Promise<() => Promise<void>> {
  const ownKeys = await openOwnKeys(places, 0);
  const { id, fingerprint } = ownKeys.identity();
  let { configuration } = loadConfiguration(places, 'rig');
  const pool = openPool(join(__dirname, '../../dist/worker.js'));
  const context: ServiceContext = {
    places,
    identity: ownKeys.identity(),
    ownKeys,
    peerKeys: lazyPeerKeys(places.peerKeys, 0),
    database,
    log: openLog(places.log),
    health: new StorageHealth(() => undefined),
    bus,
    pool,
    spool: openSpoolFolder(places.spool, process.getuid?.() ?? 0),
    configuration: () => configuration,
    adopt: (next) => {
      configuration = next;
    },
  };
  const actors: Supervised[] = [];
  const facts = () => ({
    node: { id, fingerprint, ...configuration.node, ...rotationOf(faults()) },
    service: { pid: process.pid, uptimeSeconds: Math.floor(process.uptime()), version: '0.1.0' },
    dashboard: { url: '' },
    storage: { ...SOUND, ...faults().storage },
    memory: { rssBytes: process.memoryUsage.rss() },
    actors: faults().actors ?? [],
  });
  const metrics = () => ({ databaseBytes: databaseBytes(places.database), messages: messageCounts(actors) });
  const specs = [
    ...actorSpecs(context).filter(({ name }) => !REPLACED.includes(name)),
    spec('edge of the rig', () => edge(database, mesh, faults)),
    spec('status reporter', () => createStatusReporter({ bus, facts, metrics })),
  ];
  for (const one of specs) {
    const actor = new Supervised(one, bus, SUPERVISION);
    await actor.start();
    actors.push(actor);
  }
  return async () => {
    for (const actor of actors.reverse()) await actor.stop();
    await pool.close();
  };
}

const spec = (name: string, create: ActorSpec['create']): ActorSpec => ({
  name,
  capacity: 64,
  policy: 'wait',
  create,
});

const rotationOf = ({ rotation }: Faults) => (rotation ? { rotation } : {});

const SOUND: StorageStatus = {
  trouble: null,
  failures: 0,
  setAside: [],
  backup: { last: null, trouble: null },
  logLinesLost: 0,
};

type EdgeKinds = 'observe.status' | 'mesh.status' | 'peer.ask' | 'egress.list' | 'egress.show' | 'config.commit';

/** In place of shells and peers. The egress ledger is the real one. */
function edge(database: Database, mesh: RigMesh, faults: () => Faults): Actor<EdgeKinds> {
  const reader = createReader(database);
  const egress = createEgressStore(database);
  return {
    name: 'edge of the rig',
    handlers: {
      'observe.status': () => ({
        ...reader.counts(),
        pending: 0,
        shells: reader.shells(),
        trouble: null,
        ...faults().observe,
      }),
      'mesh.status': mesh.status,
      'peer.ask': ({ peers, query }) => peers.map((peer) => mesh.ask(peer, query)),
      'egress.list': ({ peer, ...range }) => egress.list(peer === undefined ? range : { ...range, recipients: [peer] }),
      'egress.show': ({ seq }) => {
        const message = egress.read(seq);
        if (!message) throw new CaroError('not_found', 'expected the number of a message');
        return message;
      },
      'config.commit': () => null,
    },
  };
}

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

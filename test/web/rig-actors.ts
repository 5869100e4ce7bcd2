import { randomBytes } from 'node:crypto';
import { createAuditor } from '../../src/actors/auditor.ts';
import { createPolicyEngine, type KeyStatusPort } from '../../src/actors/policy-engine.ts';
import type { AskPorts } from '../../src/actors/query-router/mesh-question.ts';
import { createQueryRouter } from '../../src/actors/query-router/query-router.ts';
import { createStatusReporter } from '../../src/actors/status-reporter.ts';
import { createSummarizer } from '../../src/actors/summarizer/summarizer.ts';
import type { Actor } from '../../src/bus/actor.ts';
import type { Bus } from '../../src/bus/bus.ts';
import { type ActorSpec, Supervised } from '../../src/bus/supervisor.ts';
import { configurationChanges } from '../../src/config/changes.ts';
import { loadConfiguration } from '../../src/config/loader.ts';
import type { Places } from '../../src/config/places.ts';
import { CaroError } from '../../src/domain/errors.ts';
import type {
  ActorStatus,
  MeshStatus,
  ObserveStatus,
  RotationStatus,
  StorageStatus,
} from '../../src/domain/status/status.ts';
import { SUMMARY_TYPE } from '../../src/domain/summaries/summary.ts';
import { openIdentity } from '../../src/identity/identity.ts';
import { lazyPeerKeys } from '../../src/keys/peer-keys.ts';
import { createAuditStore } from '../../src/storage/audit-store.ts';
import type { Database } from '../../src/storage/database.ts';
import { createEgressStore } from '../../src/storage/egress-store.ts';
import { periodDigest } from '../../src/storage/events/period-reader.ts';
import { createReader } from '../../src/storage/reader.ts';
import { createSummaryStore } from '../../src/storage/summary-store.ts';
import { metricsFacts } from '../../src/wiring/metrics.ts';
import { anomaliesOf, askPorts, responderPorts } from '../../src/wiring/query-ports.ts';
import { consentPort, settingsPort } from '../../src/wiring/settings.ts';
import { sealSummary } from '../../src/workers/tasks/seal-summary.ts';
import { summarize } from '../../src/workers/tasks/summarize.ts';
import { verifyAuditLog } from '../../src/workers/tasks/verify-audit-log.ts';
import { SAMPLE_RULES } from './sample-commands.ts';

/** What lies beyond this node: how its connections stand, and what answers a question. */
export interface RigMesh {
  readonly status: () => MeshStatus;
  readonly ask: AskPorts['ask'];
}

/** What is wrong with the service, as its parts would say it. */
export interface Faults {
  readonly storage?: Partial<StorageStatus>;
  readonly observe?: Partial<ObserveStatus>;
  readonly actors?: readonly ActorStatus[];
  readonly rotation?: RotationStatus;
}

type Identity = ReturnType<typeof openIdentity>;

/**
 * The real actors behind the dashboard, on one database; only the shells and the wire to other
 * nodes are left out.
 */
export async function startActors(
  bus: Bus,
  places: Places,
  database: Database,
  mesh: RigMesh,
  faults: () => Faults,
): Promise<Supervised[]> {
  const identity = openIdentity(places.identityKey);
  let { configuration } = loadConfiguration(places, 'rig');
  const initial = configuration;
  const reader = createReader(database);
  const reload = async (): Promise<boolean> => {
    const before = configuration;
    const next = loadConfiguration(places, 'rig').configuration;
    await bus.requestAll('config.verify', next);
    await bus.requestAll('config.commit', next);
    configuration = next;
    const changes = configurationChanges(before, next);
    for (const change of changes) await bus.request('audit.append', change);
    return changes.length > 0;
  };
  const settings = settingsPort({
    bus,
    places,
    configuration: () => configuration,
    peerKeys: lazyPeerKeys(places.peerKeys, 0),
    reload,
  });
  const makers: Readonly<Record<string, ActorSpec['create']>> = {
    auditor: () =>
      createAuditor(
        {
          store: createAuditStore(database),
          sign: identity.sign,
          verify: () =>
            Promise.resolve(verifyAuditLog({ databaseFile: places.database, publicKey: identity.publicKey })),
          keepHead: () => undefined,
          now: Date.now,
        },
        initial,
      ),
    policy: () =>
      createPolicyEngine(
        { ...responderPorts({ database, bus }), ...consentPort(bus), settings, standing: NO_KEYS },
        initial,
      ),
    queries: () =>
      createQueryRouter(
        {
          ...reader,
          anomalies: (sinceMs, untilMs) => anomaliesOf(database, sinceMs, untilMs),
          mesh: askPorts(() => identity.id, bus, mesh.ask),
          now: Date.now,
        },
        initial,
      ),
    edge: () => edge(database, mesh, faults),
    summarizer: () => summarizer(bus, places, database, identity),
    status: () =>
      createStatusReporter({
        bus,
        metrics: () => Promise.resolve(metricsFacts(places.database, actors)),
        facts: () => ({
          node: { id: identity.id, fingerprint: identity.fingerprint, ...configuration.node, ...changing(faults()) },
          service: { pid: process.pid, uptimeSeconds: Math.floor(process.uptime()), version: '0.1.0' },
          dashboard: { url: '' },
          storage: { ...SOUND, ...faults().storage },
          memory: { rssBytes: process.memoryUsage.rss() },
          actors: faults().actors ?? [],
        }),
      }),
  };
  const actors: Supervised[] = [];
  for (const [name, create] of Object.entries(makers)) {
    const spec: ActorSpec = { name, capacity: 64, policy: 'wait', create };
    const actor = new Supervised(spec, bus, SUPERVISION);
    await actor.start();
    actors.push(actor);
  }
  return actors;
}

/** No peer of the rig ever changed its key. */
const NO_KEYS: KeyStatusPort = {
  complete: (question) => Promise.resolve(question),
  changes: () => Promise.resolve([]),
  confirm: () => Promise.reject(new CaroError('not_found', 'expected a key that another one has endorsed')),
};

const changing = ({ rotation }: Faults) => (rotation ? { rotation } : {});

const SOUND: StorageStatus = {
  trouble: null,
  failures: 0,
  setAside: [],
  backup: { last: null, trouble: null },
  logLinesLost: 0,
};

/** Where shells and peers would be. The ledger is the real one. */
function edge(
  database: Database,
  mesh: RigMesh,
  faults: () => Faults,
): Actor<'observe.status' | 'mesh.status' | 'egress.list' | 'egress.show'> {
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
      'egress.list': ({ peer, ...range }) => egress.list(peer === undefined ? range : { ...range, recipients: [peer] }),
      'egress.show': ({ seq }) => {
        const message = egress.read(seq);
        if (!message) throw new CaroError('not_found', 'expected the number of a message');
        return message;
      },
    },
  };
}

function summarizer(bus: Bus, places: Places, database: Database, identity: Identity) {
  const { configuration } = loadConfiguration(places, 'rig');
  return createSummarizer(
    {
      bus,
      nodes: () => [identity.id],
      family: (id) => [id],
      store: createSummaryStore(database),
      digest: ({ startMs, endMs }) => periodDigest(database, startMs, endMs),
      make: (head, period) => {
        const rules = Object.fromEntries(SAMPLE_RULES.map(({ id, family, technique }) => [id, { family, technique }]));
        const payload = summarize({
          databaseFile: places.database,
          period,
          head: { ...head, catalogueVersion: 1 },
          rules,
          keptBack: [],
        });
        const { fingerprint } = identity;
        return Promise.resolve(sealSummary({ seed: identity.seed(), fingerprint, payloadType: SUMMARY_TYPE, payload }));
      },
      randomHex: (bytes) => randomBytes(bytes).toString('hex'),
      now: Date.now,
    },
    configuration,
  );
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

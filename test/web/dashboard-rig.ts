import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuditor } from '../../src/actors/auditor.ts';
import { createStatusReporter } from '../../src/actors/status-reporter.ts';
import { createSummarizer } from '../../src/actors/summarizer.ts';
import type { Actor } from '../../src/bus/actor.ts';
import { Bus } from '../../src/bus/bus.ts';
import { type ActorSpec, Supervised } from '../../src/bus/supervisor.ts';
import { loadConfiguration } from '../../src/config/loader.ts';
import { placesFrom, preparePlaces } from '../../src/config/places.ts';
import type { TerminalEvent } from '../../src/domain/event.ts';
import { SUMMARY_TYPE } from '../../src/domain/summary.ts';
import { openIdentity } from '../../src/identity/identity.ts';
import { createAuditStore } from '../../src/storage/audit-store.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { createEventStore } from '../../src/storage/event-store.ts';
import { periodDigest } from '../../src/storage/period-reader.ts';
import { createReader } from '../../src/storage/reader.ts';
import { createSummaryStore } from '../../src/storage/summary-store.ts';
import { type Dashboard, type DashboardOptions, openDashboard } from '../../src/web/doorkeeper.ts';
import { hash } from '../../src/workers/tasks/hash.ts';
import { sign } from '../../src/workers/tasks/sign.ts';
import { summarize } from '../../src/workers/tasks/summarize.ts';
import { SAMPLE_RULES, type SampleCommands } from './sample-commands.ts';

/** A build elsewhere can be tested by naming its folder. */
const DIST = process.env['CARO_TEST_DIST'] ?? join(__dirname, '../../dist');

/** What a browser holds after a login. */
export interface Login {
  readonly cookie: string;
  readonly token: string;
}

/** The dashboard as the daemon opens it, on a home of its own, with the real parts behind it and no shells. */
export interface DashboardRig {
  readonly dashboard: Dashboard;
  readonly home: string;
  readonly bus: Bus;
  /** Commits commands and tells of them, as the collector does. */
  readonly record: (commands: SampleCommands) => Promise<readonly TerminalEvent[]>;
  /** Reads the login file and posts what stands in it. */
  readonly login: () => Promise<Login>;
  /** GET with both halves of a login. */
  readonly get: (path: string, login: Login, headers?: Readonly<Record<string, string>>) => Promise<Response>;
  readonly troubles: readonly string[];
  readonly close: () => Promise<void>;
}

type Overrides = Partial<Pick<DashboardOptions, 'port' | 'host' | 'idleMs' | 'loginLifetimeMs' | 'sessionMs' | 'now'>>;

export async function openRig(overrides: Overrides = {}): Promise<DashboardRig> {
  if (!existsSync(join(DIST, 'web.js'))) throw new Error('expected dist/web.js: run `npm run build` first');
  const home = mkdtempSync(join(tmpdir(), 'caro-web-'));
  const places = placesFrom({ CARO_HOME: home }, home);
  preparePlaces(places);
  mkdirSync(places.runtime, { recursive: true, mode: 0o700 });
  const { database } = openDatabase(places.database, Date.now());
  const bus = new Bus();
  const actors = await startActors(bus, places, database);
  const troubles: string[] = [];
  const dashboard = await openDashboard({
    host: '127.0.0.1',
    port: 0,
    childPath: join(DIST, 'web.js'),
    pageFolder: join(DIST, 'page'),
    databaseFile: places.database,
    runtimeFolder: places.runtime,
    bus,
    describeRules: (ids) => SAMPLE_RULES.filter((rule) => ids.includes(rule.id)),
    now: Date.now,
    log: (text) => void troubles.push(text),
    ...overrides,
  });
  const events = createEventStore(database, 'rig');
  return {
    dashboard,
    home,
    bus,
    troubles,
    record: async ({ started, finished }) => {
      const commit = { started, finished, ended: [], offsets: [], dropped: [], nowMs: Date.now() };
      const recorded = events.commit(commit);
      await bus.publish('events.recorded', { events: recorded });
      return recorded;
    },
    login: () => logIn(dashboard),
    get: (path, login, headers = {}) =>
      fetch(new URL(path, dashboard.url), {
        headers: { cookie: login.cookie, 'x-caro-token': login.token, ...headers },
      }),
    close: async () => {
      await dashboard.close();
      for (const actor of actors.reverse()) await actor.stop();
      database.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The login token in a login file. */
export function loginTokenIn(file: string): string {
  return /name="login" value="([\w-]+)"/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
}

/** Posts a login token the way the file does. */
export function postLogin(dashboard: Dashboard, token: string, origin = 'null'): Promise<Response> {
  return fetch(`${dashboard.url}login`, {
    method: 'POST',
    headers: { origin, connection: 'close', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ login: token }).toString(),
  });
}

async function logIn(dashboard: Dashboard): Promise<Login> {
  const { file } = await dashboard.mintLogin();
  const answer = await postLogin(dashboard, loginTokenIn(file));
  return loginOf(answer);
}

/** Cookie and page token in the answer to a login. */
export async function loginOf(answer: Response): Promise<Login> {
  const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';');
  const token = /data-page-token="([\w-]+)"/.exec(await answer.text())?.[1] ?? '';
  return { cookie, token };
}

type Places = ReturnType<typeof placesFrom>;
type Database = ReturnType<typeof openDatabase>['database'];

async function startActors(bus: Bus, places: Places, database: Database): Promise<Supervised[]> {
  const identity = openIdentity(places.identityKey);
  const { configuration } = loadConfiguration(places, 'rig');
  const reader = createReader(database);
  /** What stands outside the dashboard's concern answers as on a fresh node. */
  const fresh: Actor<'observe.status' | 'policy.sharing' | 'mesh.status'> = {
    name: 'fresh node',
    handlers: {
      'observe.status': () => ({ ...reader.counts(), pending: 0, shells: reader.shells(), trouble: null }),
      'policy.sharing': () => ({ level: 0, denyTools: [] }),
      'mesh.status': () => ({ enabled: false, listen: null, peers: [] }),
    },
  };
  const auditor = () =>
    createAuditor(
      {
        store: createAuditStore(database),
        sign: identity.sign,
        verify: () => Promise.resolve(hash({ databaseFile: places.database, publicKey: identity.publicKey })),
        keepHead: () => undefined,
        now: Date.now,
      },
      configuration,
    );
  const summarizer = () =>
    createSummarizer(
      {
        bus,
        node: identity.id,
        store: createSummaryStore(database),
        digest: ({ startMs, endMs }) => periodDigest(database, startMs, endMs),
        make: (head, period) => {
          const rules = Object.fromEntries(
            SAMPLE_RULES.map(({ id, family, technique }) => [id, { family, technique }]),
          );
          const payload = summarize({
            databaseFile: places.database,
            period,
            head: { ...head, catalogueVersion: 1 },
            rules,
          });
          const { fingerprint } = identity;
          return Promise.resolve(sign({ seed: identity.seed(), fingerprint, payloadType: SUMMARY_TYPE, payload }));
        },
        randomHex: (bytes) => randomBytes(bytes).toString('hex'),
        now: Date.now,
      },
      configuration,
    );
  const status = () =>
    createStatusReporter({
      bus,
      facts: () => ({
        node: { id: identity.id, fingerprint: identity.fingerprint, ...configuration.node },
        service: { pid: process.pid, uptimeSeconds: Math.floor(process.uptime()), version: '0.1.0' },
        dashboard: { url: '' },
        memory: { rssBytes: process.memoryUsage.rss() },
        actors: [],
      }),
    });
  const makers = {
    auditor,
    fresh: () => fresh,
    summarizer,
    status,
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

const SUPERVISION = {
  backoffMs: () => 10,
  maxCrashes: 3,
  windowMs: 60_000,
  stepTimeoutMs: 5_000,
  now: () => performance.now(),
  onCrash: (actor: string, error: unknown) => {
    throw new Error(`${actor} crashed: ${error instanceof Error ? error.message : 'unknown'}`);
  },
  onDegraded: () => undefined,
};

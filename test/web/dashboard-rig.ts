import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bus } from '../../src/bus/bus.ts';
import { placesFrom, preparePlaces } from '../../src/config/places.ts';
import type { TerminalEvent } from '../../src/domain/events/event.ts';
import { createEgressStore, type EgressStore } from '../../src/storage/audit/egress-store.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { createEventStore } from '../../src/storage/events/event-store.ts';
import { type Dashboard, type DashboardOptions, openDashboard } from '../../src/web/daemon/dashboard-listener.ts';
import { readMetricsToken } from '../../src/web/daemon/metrics-token.ts';
import { type Faults, type RigMesh, startActors } from './rig-actors.ts';
import { SAMPLE_RULES, type SampleCommands } from './sample-commands.ts';

/** A build elsewhere can be tested by naming its folder. */
export const DIST = process.env['CARO_TEST_DIST'] ?? join(__dirname, '../../dist');

/** What a browser holds after a login. */
export interface Login {
  readonly cookie: string;
  readonly token: string;
}

/**
 * The dashboard as the daemon opens it, on a home of its own, with the real parts behind it and no
 * shells.
 */
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
  /** POST of a JSON body as the page itself sends it; headers given replace its own. */
  readonly post: (
    path: string,
    body: unknown,
    login: Login,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Response>;
  /** Puts messages on the ledger of what left, as the egress gate does. */
  readonly send: (entries: Parameters<EgressStore['record']>[0]) => void;
  readonly troubles: readonly string[];
  /** What is wrong with the service; nothing at first. */
  faults: Faults;
  readonly close: () => Promise<void>;
}

type Overrides = Partial<
  Pick<DashboardOptions, 'port' | 'host' | 'idleMs' | 'loginLifetimeMs' | 'retryMs' | 'sessionMs' | 'now' | 'childPath'>
>;

/**
 * `toml` is the owner's configuration file, `mesh` what lies beyond this node: no peer unless told;
 * `fill` may put a database into the home.
 */
export async function openRig(
  overrides: Overrides = {},
  {
    toml = '',
    mesh = ALONE,
    fill = () => undefined,
  }: { readonly toml?: string; readonly mesh?: RigMesh; readonly fill?: (home: string) => void } = {},
): Promise<DashboardRig> {
  if (!existsSync(join(DIST, 'web.js'))) throw new Error('expected dist/web.js: run `npm run build` first');
  const home = mkdtempSync(join(tmpdir(), 'caro-web-'));
  const places = placesFrom({ CARO_HOME: home }, home);
  preparePlaces(places);
  mkdirSync(places.runtime, { recursive: true, mode: 0o700 });
  fill(home);
  const { database } = openDatabase(places.database, Date.now());
  writeFileSync(places.config, toml, { mode: 0o600 });
  const bus = new Bus();
  const service: { faults: Faults } = { faults: {} };
  const stopActors = await startActors(bus, places, database, mesh, () => service.faults);
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
    metricsToken: () => Promise.resolve(readMetricsToken(places.metricsToken)),
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
    get faults() {
      return service.faults;
    },
    set faults(next) {
      service.faults = next;
    },
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
    post: (path, body, login, headers = {}) =>
      fetch(new URL(path, dashboard.url), {
        method: 'POST',
        headers: {
          cookie: login.cookie,
          'x-caro-token': login.token,
          origin: dashboard.url.slice(0, -1),
          'content-type': 'application/json',
          ...headers,
        },
        body: JSON.stringify(body),
      }),
    send: createEgressStore(database).record,
    close: async () => {
      await dashboard.close();
      await stopActors();
      database.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

const ALONE: RigMesh = {
  status: () => ({ listen: null, waiting: null, peers: [], refused: new Map(), relay: null }),
  ask: () => Promise.reject(new Error('expected no query')),
};

/** The login token in a login file. */
export function loginTokenIn(file: string): string {
  return /name="login" value="([\w-]+)"/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
}

/** Posts a login token the way the file does. */
export function postLogin(dashboard: Pick<Dashboard, 'url'>, token: string, origin = 'null'): Promise<Response> {
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

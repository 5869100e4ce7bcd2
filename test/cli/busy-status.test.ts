import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createStatusReporter } from '../../src/actors/status-reporter.ts';
import { type AdminServer, openAdminServer } from '../../src/admin/server.ts';
import { Bus } from '../../src/bus/bus.ts';
import { Supervised } from '../../src/bus/supervisor.ts';
import { metricsText } from '../../src/domain/status/metrics-text.ts';
import type { ActorStatus, ServiceStatus } from '../../src/domain/status/status.ts';
import { parsePrometheus } from '../rig/text/prometheus-text.ts';
import { type CommandLine, commandLine } from './command-line.ts';

/* A service whose collector is busy: it takes requests and does not answer them in time. */

const LIMITS = {
  backoffMs: () => 1,
  maxCrashes: 3,
  windowMs: 60_000,
  startMs: 1_000,
  stopMs: 1_000,
  now: () => performance.now(),
  onCrash: () => undefined,
  onDegraded: () => undefined,
} as const;

let cli: CommandLine;
let server: AdminServer;
let bus: Bus;
let actors: Supervised[];
/** Ends the work of the collector. */
let release: () => void;
/** What the supervisor says about the collector. */
let collectorState: ActorStatus['state'];

beforeEach(async () => {
  cli = commandLine();
  mkdirSync(dirname(cli.places.socket), { recursive: true, mode: 0o700 });
  bus = new Bus();
  collectorState = 'running';
  const held = new Promise<void>((done) => {
    release = done;
  });
  const collector = {
    name: 'collector',
    handlers: {
      'observe.status': () =>
        held.then(() => ({
          events: 7,
          pending: 0,
          dropped: 0,
          setAside: 0,
          pausedUntil: null,
          shells: [],
          agents: [],
          trouble: null,
        })),
    },
  };
  const reporter = () =>
    createStatusReporter({
      totals: () => Promise.resolve(null),
      bus,
      facts,
      metrics: () => ({ databaseBytes: 0, messages: [] }),
    });
  actors = [
    new Supervised({ name: 'collector', capacity: 8, policy: 'wait', create: () => collector }, bus, LIMITS),
    new Supervised({ name: 'status reporter', capacity: 8, policy: 'wait', create: reporter }, bus, LIMITS),
  ];
  for (const actor of actors) await actor.start();
  server = await openAdminServer({ socketPath: cli.places.socket, bus, onDefect: () => undefined });
});
afterEach(async () => {
  release();
  await server.close();
  for (const actor of actors) await actor.stop();
  cli.remove();
});

const facts = (): Omit<ServiceStatus, 'observe' | 'mesh' | 'sharing' | 'audit' | 'rules'> => ({
  node: { id: 'caro:ed25519:x', fingerprint: '0', name: 'ada', role: 'individual' },
  service: { pid: 1, uptimeSeconds: 1, version: '0.1.0' },
  dashboard: { url: 'http://localhost:9237/', waiting: null },
  storage: { trouble: null, failures: 0, setAside: [], backup: { last: null, trouble: null }, logLinesLost: 0 },
  memory: { rssBytes: 1 },
  setup: [],
  actors: [{ name: 'collector', state: collectorState, handled: 0, failed: 0, restarts: 0, queue: 1, busyMs: 0 }],
});

test('status calls a part that does not answer busy, and states no figure of it', async () => {
  const { out } = await cli.run(['status']);
  expect(out).toMatch(/^commands +busy: no answer in time, try again$/m);
  expect(out).toMatch(/^audit log +busy: no answer in time, try again$/m);
  expect(out).toMatch(/^mesh +busy: no answer in time, try again$/m);
  expect(out).not.toMatch(/\b0 (stored|records)|nothing leaves|none yet: see caro init/);
});

test('status names a part that is degraded instead of calling it busy', async () => {
  collectorState = 'degraded';
  expect((await cli.run(['status'])).out).toMatch(/^commands +unknown: the collector is degraded$/m);
});

test('status --json has null for what is unknown, and figures once the part answers', async () => {
  const status = async (): Promise<unknown> => JSON.parse((await cli.run(['status', '--json'])).out);
  expect(await status()).toMatchObject({ observe: null, mesh: null, sharing: null, audit: null });
  release();
  expect(await status()).toMatchObject({ observe: { events: 7 } });
});

test('metrics have no sample for what is unknown', async () => {
  const families = parsePrometheus(metricsText(await bus.request('service.metrics', {})));
  const samples = (name: string) => families.find((family) => family.name === name)?.samples;
  for (const name of ['caro_events_stored', 'caro_events_dropped_total', 'caro_audit_records', 'caro_mesh_peers'])
    expect([name, samples(name)]).toEqual([name, []]);
  expect(samples('caro_uptime_seconds')).toHaveLength(1);
});

import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { gatherChanges } from './actors/collector/changed-files.ts';
import { recordOwnKeys } from './actors/key-registry.ts';
import { serviceControl } from './actors/service-control.ts';
import { recordConfiguration } from './actors/settings.ts';
import { openAdminServer } from './admin/server.ts';
import { isHeadMissing, isRolledBack } from './audit/rollback.ts';
import { Bus } from './bus/bus.ts';
import { Lifecycle } from './bus/lifecycle.ts';
import { type ActorSpec, Supervised, type SupervisorOptions } from './bus/supervisor.ts';
import { welcomeText } from './cli/output/welcome.ts';
import { refreshHookFiles } from './cli/shell-setup/hook-files.ts';
import { homeDirectory } from './config/home.ts';
import { type Places, placesFrom, preparePlaces, prepareSpool } from './config/places.ts';
import type { AuditEntry } from './domain/audit/audit-record.ts';
import { CaroError } from './domain/errors.ts';
import { slotOf } from './domain/time/period.ts';
import { GRACE_MS } from './keys/grace.ts';
import { openOwnKeys } from './keys/own-keys.ts';
import { lazyPeerKeys } from './keys/peer-keys.ts';
import { createProcessIdleCollection } from './platform/idle-collection.ts';
import { openLog, type ServiceLog } from './platform/service-log.ts';
import { steadyMs } from './platform/steady-clock.ts';
import { isNamed } from './policy/named-keys.ts';
import { readAuditHead } from './storage/audit/audit-head.ts';
import { createAuditStore } from './storage/audit/audit-store.ts';
import { type OpenedDatabase, openDatabase } from './storage/database.ts';
import { lockInstance } from './storage/instance-lock.ts';
import { copyIfRoom } from './storage/maintenance/migration-copy.ts';
import { createStorageCare, type StorageCare } from './storage/maintenance/storage-care.ts';
import { StorageHealth } from './storage/maintenance/storage-health.ts';
import { createRosterStore } from './storage/mesh/roster-store.ts';
import { openSpoolFolder } from './storage/spool/spool-folder.ts';
import { VERSION } from './version.ts';
import { type Dashboard, openDashboard } from './web/daemon/dashboard-listener.ts';
import { actorSpecs, keyPorts, settingsPorts } from './wiring/actors.ts';
import { withConfigurationFiles } from './wiring/configuration-files.ts';
import { describeRules } from './wiring/custom-rules.ts';
import { followingRoster } from './wiring/roster.ts';
import type { ServiceContext } from './wiring/service-context.ts';
import { statusSpec } from './wiring/status.ts';
import { lazyPool } from './workers/lazy-pool.ts';

/**
 * A first start generates keys and a certificate, perhaps on a busy machine. A stop must be quick,
 * or the service manager kills the process.
 */
const LIMITS = { startMs: 20_000, stopMs: 1_500 } as const;
/** Interval of spool sweeps, which find files whose event was lost and remove finished ones. */
const SWEEP_MS = 5_000;
/** Reopening the mesh may take a while. */
const RELOAD_MS = 2 * 60_000;
/** A long log takes minutes to verify. No other work depends on it. */
const AUDIT_DEADLINE_MS = 30 * 60_000;
/**
 * Maximum number of damaged databases in one process. More of them mean that something else is
 * broken.
 */
const MAX_SUSPICIONS = 5;

/**
 * Runs the service in the foreground until SIGTERM or SIGINT. Prints one JSON line to stdout once
 * everything listens, or with `--welcome` a text for people.
 *
 * @throws CaroError when it cannot start: `already_running`, `config_invalid`,
 *   `permissions_unsafe`, …
 */
export async function runService(argv: readonly string[]): Promise<void> {
  const places = placesFrom(process.env, homeDirectory(process.env));
  preparePlaces(places);
  prepareSpool(places);
  refreshHookFiles(places);
  const log = openLog(places.log);
  const ended = new Promise<'ended'>((resolve) => {
    process.once('SIGTERM', () => resolve('ended'));
    process.once('SIGINT', () => resolve('ended'));
  });
  const announce = (service: Service): void => {
    process.stdout.write(argv.includes('--welcome') ? service.welcome() : `${JSON.stringify(service.ready)}\n`);
  };
  try {
    const suspicions: string[] = [];
    while ((await runOnce(places, log, suspicions, ended, announce, graceOf(argv))) === 'damaged');
  } finally {
    await log.close();
    // A part that has not ended in time may have left something that would keep the process alive.
    setTimeout(() => process.exit(), LIMITS.stopMs).unref();
  }
}

/**
 * One run of all parts, from start to stop. Damage found in the database while it is in use ends
 * the run. The next run checks the whole database first; if that finds nothing and the damage
 * appears again, it moves the database away and creates a new one (NFR-303).
 */
async function runOnce(
  places: Places,
  log: ServiceLog,
  suspicions: string[],
  ended: Promise<'ended'>,
  announce: (service: Service) => void,
  graceMs: number,
): Promise<'ended' | 'damaged'> {
  const lifecycle = new Lifecycle(LIMITS, (step, error) => log.error({ step, err: error }, 'stop failed'));
  let report: (outcome: 'damaged') => void = () => undefined;
  const damaged = new Promise<'damaged'>((resolve) => {
    report = resolve;
  });
  const earlier = suspicions.length;
  const health = new StorageHealth((reason) => {
    if (suspicions.length > earlier) return;
    suspicions.push(reason);
    log.error({ reason }, 'database damaged');
    report('damaged');
  });
  try {
    const service = await health.guarded(() => start(places, log, lifecycle, health, suspicions, graceMs));
    if (process.env['NOTIFY_SOCKET'] !== undefined) await joinServiceManager(log, lifecycle);
    if (earlier === 0) announce(service);
    return await Promise.race([ended, damaged]);
  } catch (error) {
    if (suspicions.length > earlier && suspicions.length < MAX_SUSPICIONS) return 'damaged';
    if (!(error instanceof CaroError)) log.error({ err: error }, 'service failed');
    throw error;
  } finally {
    await lifecycle.end();
  }
}

/** Under systemd: reports that the service is ready, and sends watchdog notices from then on. */
async function joinServiceManager(log: ServiceLog, lifecycle: Lifecycle): Promise<void> {
  const { tellServiceManager } = await import('./platform/service-manager.ts');
  await lifecycle.begin('systemd notification', async () => {
    const stop = await tellServiceManager(process.env, (error) =>
      log.error({ err: error }, 'systemd notification failed'),
    );
    return [null, stop];
  });
}

/** Tests shorten the grace period of keys with `--key-grace MS`. It can never be made longer. */
function graceOf(argv: readonly string[]): number {
  const at = argv.indexOf('--key-grace');
  return at === -1 ? GRACE_MS : Math.min(GRACE_MS, Math.max(0, Number(argv[at + 1]) || 0));
}

interface Service {
  readonly ready: Readonly<Record<'ready', true>> & Readonly<Record<'id' | 'dashboard' | 'socket', string>>;
  readonly welcome: () => string;
}

async function start(
  places: Places,
  log: ServiceLog,
  lifecycle: Lifecycle,
  health: StorageHealth,
  suspicions: readonly string[],
  graceMs: number,
): Promise<Service> {
  await lifecycle.begin('the instance lock', () => {
    const lock = lockInstance(places.lock);
    return [lock, lock.release];
  });
  const loaded = await withConfigurationFiles(({ loadConfiguration }) => loadConfiguration(places, hostname()));
  let { configuration } = loaded;
  const opened = await lifecycle.begin('the database', () => {
    const result = openSuspected(places, log, suspicions);
    return [result, () => void result.database.close()];
  });
  const pool = lazyPool();
  await lifecycle.begin('the worker pool', () => [pool, pool.close]);
  const ownKeys = await openOwnKeys(places, graceMs);
  const context: ServiceContext = {
    places,
    get identity() {
      return ownKeys.identity();
    },
    ownKeys,
    peerKeys: lazyPeerKeys(places.peerKeys, graceMs, (id) => isNamed(configuration, id)),
    database: opened.database,
    log,
    health,
    bus: new Bus(),
    pool,
    roster: createRosterStore(opened.database),
    spool: openSpoolFolder(places.spool, process.getuid?.() ?? 0),
    configuration: () => configuration,
    adopt: (next) => {
      configuration = next;
    },
  };
  context.adopt(followingRoster(context, loaded));
  let isRecorded = false;
  const actors = await startActors(context, lifecycle, async () => {
    if (isRecorded) await context.bus.request('audit.append', { type: 'service.stopped' });
  });
  await recordStart(context, opened);
  isRecorded = true;
  verifyAudit(context);
  const dashboard = await startDashboard(context, lifecycle);
  const care = createStorageCare({
    ...context,
    copy: (input, timeoutMs) => pool.run('backup', input, { timeoutMs }),
    check: (input, timeoutMs) => pool.run('checkDatabase', input, { timeoutMs }),
  });
  await lifecycle.begin('the status reporter', () => supervise(context, statusSpec(context, actors, dashboard, care)));
  await lifecycle.begin('observation', () => [null, watchSpool(context, care)]);
  await startControl(context, dashboard, care, lifecycle);
  return serviceOf(context, dashboard.url);
}

function serviceOf({ identity: { id, fingerprint }, places }: ServiceContext, dashboard: string): Service {
  return {
    ready: { ready: true, id, dashboard, socket: places.socket },
    welcome: () => welcomeText({ id, fingerprint, dashboard }, places),
  };
}

/** The first report of damage leads to a full check. A second report after that check is proof. */
function openSuspected(places: Places, log: ServiceLog, suspicions: readonly string[]): OpenedDatabase {
  const [first, ...again] = suspicions;
  const proof = again.at(-1);
  return openDatabase(places.database, Date.now(), {
    beforeMigration: copyIfRoom(places.backups, log),
    ...(first !== undefined && { depth: 'whole' }),
    ...(proof !== undefined && { reason: `${proof}, repeatedly` }),
  });
}

/** Starts an actor under supervision. Returns it with the function that stops it. */
async function supervise(
  context: ServiceContext,
  spec: ActorSpec,
): Promise<readonly [Supervised, () => Promise<void>]> {
  const actor = new Supervised(
    { ...spec, create: () => context.health.shelter(spec.create()) },
    context.bus,
    supervision(context),
  );
  await actor.start();
  return [actor, () => actor.stop()];
}

const supervision = ({ bus, log }: ServiceContext): SupervisorOptions => ({
  backoffMs: (restart) => Math.min(30_000, 100 * 2 ** restart),
  maxCrashes: 5,
  windowMs: 60_000,
  ...LIMITS,
  now: steadyMs,
  onCrash: (actor, error) => log.error({ actor, err: error }, 'actor crashed'),
  onDegraded: (actor) => {
    log.error({ actor }, 'actor degraded after too many crashes');
    if (actor !== 'auditor')
      void bus.request('audit.append', { type: 'actor.degraded', details: { actor } }).catch(() => undefined);
  },
});

/** The stop is recorded when all actors but the auditor, which comes first, have stopped. */
async function startActors(
  context: ServiceContext,
  lifecycle: Lifecycle,
  recordStop: () => Promise<void>,
): Promise<readonly Supervised[]> {
  const actors: Supervised[] = [];
  for (const spec of actorSpecs(context)) {
    actors.push(await lifecycle.begin(spec.name, () => supervise(context, spec)));
    if (actors.length === 1) await lifecycle.begin('the service record', () => [null, recordStop]);
  }
  return actors;
}

/** Records what happened while the service was stopped, and that it has started (FR-903). */
async function recordStart(context: ServiceContext, { migration, setAside }: OpenedDatabase): Promise<void> {
  const { bus, configuration, database, log, places } = context;
  const append = (entry: AuditEntry): Promise<unknown> => bus.request('audit.append', entry);
  const kept = readAuditHead(places.auditHead);
  const last = kept === null ? {} : { lastSeq: kept.seq, lastHash: kept.hash };
  if (setAside) await append({ type: 'database.repaired', details: { reason: setAside.reason, ...last } });
  else if (isHeadMissing(createAuditStore(database).checkpoints(), kept)) {
    log.error({ file: places.auditHead }, 'head of the audit log missing');
    await append({ type: 'database.restored', details: { reason: 'found without its kept head' } });
  } else if (kept && isRolledBack(createAuditStore(database), kept)) {
    log.error({ seq: kept.seq }, 'database older than the head of its audit log');
    await append({ type: 'database.restored', details: { reason: 'found older than its kept head', ...last } });
  }
  if (migration) {
    const { from, to, copy } = migration;
    await append({ type: 'database.migrated', details: { from, to, copy: copy === null ? null : basename(copy) } });
  }
  await recordOwnKeys(keyPorts(context));
  await append({ type: 'service.started', details: { version: VERSION } });
  await recordConfiguration(settingsPorts(context), configuration());
}

/** Runs in the background: `caro status` shows a broken log, and observation goes on. */
function verifyAudit({ bus, log }: ServiceContext): void {
  void bus.request('audit.verify', {}, AUDIT_DEADLINE_MS).then(
    ({ firstBad }) => {
      if (firstBad) log.error({ seq: firstBad.seq, reason: firstBad.reason }, 'audit log verification failed');
    },
    (error: unknown) => log.error({ err: error }, 'audit log not verified'),
  );
}

function startDashboard(context: ServiceContext, lifecycle: Lifecycle): Promise<Dashboard> {
  const { bus, configuration, log, places } = context;
  return lifecycle.begin('the dashboard', async () => {
    const dashboard = await openDashboard({
      ...configuration().dashboard,
      childPath: join(__dirname, 'web.js'),
      pageFolder: join(__dirname, 'page'),
      databaseFile: places.database,
      runtimeFolder: places.runtime,
      bus,
      describeRules: (ids) => describeRules(context, ids),
      metricsToken: async () => (await import('./web/daemon/metrics-token.ts')).readMetricsToken(places.metricsToken),
      now: Date.now,
      log: (text) => log.warn({ part: 'dashboard' }, text),
    });
    return [dashboard, dashboard.close];
  });
}

/**
 * Notifies the collector of changed spool files at once, and of all files at each sweep. Also
 * publishes the quarter-hour clock.
 */
function watchSpool({ bus, log, spool }: ServiceContext, care: StorageCare): () => void {
  const gather = gatherChanges((files) =>
    bus.publish('spool.changed', { files }).catch((error: unknown) => log.error({ err: error }, 'spool not read')),
  );
  const readAll = (): void => void bus.publish('spool.changed', { files: 'all' }).catch(() => undefined);
  const stopWatching = spool.watch((name) => {
    if (name === null) readAll();
    else gather(name);
  });
  const collectWhenIdle = createProcessIdleCollection(() => void bus.publish('code.freed', {}).catch(() => undefined));
  let slot = slotOf(Date.now());
  const quarter = async (nowMs: number): Promise<void> =>
    bus.publish('clock.quarter', { nowMs, retentionMs: care.quarter(nowMs) });
  const sweep = (): void => {
    readAll();
    care.probe();
    const nowMs = Date.now();
    if (slotOf(nowMs) === slot) return;
    slot = slotOf(nowMs);
    log.rotate();
    void quarter(nowMs).catch((error: unknown) => log.error({ err: error }, 'quarter-hour tasks failed'));
  };
  sweep();
  const timer = setInterval(() => {
    sweep();
    collectWhenIdle();
  }, SWEEP_MS);
  return () => {
    clearInterval(timer);
    stopWatching();
  };
}

async function startControl(
  context: ServiceContext,
  dashboard: Dashboard,
  care: StorageCare,
  lifecycle: Lifecycle,
): Promise<void> {
  const { bus, log, places } = context;
  const control = serviceControl({ backup: care.backup, openDashboard: dashboard.link });
  await lifecycle.begin('service control', () => supervise(context, control));
  const onHangup = (): void =>
    void bus
      .request('config.reload', {}, RELOAD_MS)
      .catch((error: unknown) => log.error({ err: error }, 'configuration not reloaded'));
  await lifecycle.begin('the control socket', async () => {
    const server = await openAdminServer({
      socketPath: places.socket,
      bus,
      onDefect: (error) => log.error({ err: error }, 'control request failed'),
    });
    process.on('SIGHUP', onHangup);
    return [
      server,
      async () => {
        process.off('SIGHUP', onHangup);
        await server.close();
      },
    ];
  });
}

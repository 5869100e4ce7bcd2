import type { Reporter } from '../../blind/node/reporter.ts';
import type { OpenedTask } from '../../blind/task.ts';
import type { Actor } from '../../bus/actor.ts';
import type {
  BlindStatus,
  RemadeReport,
  ReportedDay,
  ReportStop,
  TaskOffer,
} from '../../domain/blind/participation.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { CaroError } from '../../domain/errors.ts';
import { loadOnce } from '../../domain/load-once.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { DAY_MS } from '../../domain/time/period.ts';
import { mayBeTrustee, reportStop } from '../../policy/blind-reports.ts';
import type { JoinedTask } from '../../storage/blind/report-store.ts';
import type { BlindEngine } from './engine.ts';
import { createErrands } from './errands.ts';
import type { BlindReporterPorts } from './ports.ts';
import { ROLES, reportedDay, taskView } from './views.ts';

type Kinds =
  | 'blind.inspect'
  | 'blind.join'
  | 'blind.status'
  | 'blind.preview'
  | 'blind.list'
  | 'blind.remake'
  | 'blind.due'
  | 'blind.report'
  | 'mesh.changed'
  | 'config.commit'
  | 'clock.quarter';

/** From the start to the first report: observation comes first. */
const SOON_MS = 2_000;
const DEFAULT_DAYS = 30;

interface Joined {
  readonly task: OpenedTask;
  readonly joinedMs: number;
}

interface Member extends Joined {
  /** For what needs no exchange with an aggregator. */
  readonly reporter: Reporter;
}

/**
 * The node's side of blind totals: consent, one report a day, the outbox, and what became of each
 * report. Without a task none of the code of blind totals is loaded.
 */
export function createBlindReporter(ports: BlindReporterPorts, initial: Configuration): Actor<Kinds> {
  const { store, now } = ports;
  let settings = initial;
  const alarm = ports.alarm();
  const engine = loadOnce(ports.engine);
  const errands = createErrands(ports, engine);
  const { member, reporting, prune } = participation(store, engine, () => settings);
  /** Makes what is due, sends what waits, and sets the alarm for what comes next. */
  const advance = async (isTimeConfirmed = false): Promise<OpenedTask | null> => {
    store.discardOthers(settings.blind.task ?? null);
    const found = await reporting();
    if (!found) {
      alarm.set(null);
      return null;
    }
    const reporter = (await engine()).reporter(found.task, found.joinedMs, errands.noteSkew);
    await reporter.makeDue(isTimeConfirmed);
    errands.start(found.task);
    alarm.set(reporter.nextMs());
    return found.task;
  };
  return {
    name: 'blind reporter',
    // Changes the settings, which this actor has to commit meanwhile.
    concurrent: ['blind.join', 'blind.report'],
    start: () => {
      if (settings.blind.task !== undefined) alarm.set(now() + SOON_MS);
    },
    stop: async () => {
      alarm.stop();
      await errands.end();
    },
    handlers: {
      'blind.inspect': async ({ document }) => offerOf(ports, settings, await engine(), document),
      'blind.join': async ({ document }) => joinTask(ports, settings, await engine(), document),
      'blind.status': async () => statusOf(ports, settings, await member(), errands.trouble()),
      'blind.preview': async () => mustBeJoined(await member()).reporter.preview(),
      'blind.list': async ({ limit = DEFAULT_DAYS }) => listDays(store, await member(), limit),
      'blind.remake': async ({ day, role }) => remake(ports, await engine(), day, role),
      'blind.due': () => advance().then(() => undefined),
      'blind.report': async () => {
        const task = await advance(true);
        return task && errands.run(task).then(() => null);
      },
      'mesh.changed': async (change) => {
        if (change.change !== 'connected' || settings.blind.task === undefined) return;
        const found = await reporting();
        if (found && (await isAggregator(ports, found, change.id))) await advance();
      },
      'config.commit': async (next) => {
        const before = settings.blind.task;
        settings = next;
        // Plans and the outbox follow outside the commit, which may yet be rolled back.
        if (before !== undefined || next.blind.task !== undefined) alarm.set(now() + SOON_MS);
        return recordLeft(ports, before, next.blind.task);
      },
      'clock.quarter': async ({ retentionMs }) => {
        await prune(retentionMs);
        await advance();
      },
    },
  };
}

/** The task that this node takes part in, the same while its reports may leave, and how they go. */
function participation(
  store: BlindReporterPorts['store'],
  engine: () => Promise<BlindEngine>,
  settings: () => Configuration,
) {
  const joined = async (): Promise<Joined | null> => {
    const { task: id } = settings().blind;
    const kept = id === undefined ? undefined : store.joined(id);
    return kept === undefined ? null : open(await engine(), kept);
  };
  const member = async (): Promise<Member | null> => {
    const found = await joined();
    return found && { ...found, reporter: (await engine()).reporter(found.task, found.joinedMs, () => undefined) };
  };
  const reporting = async (): Promise<Joined | null> => {
    const found = await joined();
    return found && reportStop(settings(), found.task.task.floor) === null ? found : null;
  };
  const prune = async (nowMs: number): Promise<void> => {
    const beforeDay = isoTime(nowMs - settings().retention.egress_days * DAY_MS).slice(0, '2026-11-20'.length);
    const found = await member();
    (found?.reporter ?? store).prune(beforeDay, nowMs);
  };
  return { member, reporting, prune };
}

const listDays = (store: BlindReporterPorts['store'], member: Member | null, limit: number): readonly ReportedDay[] =>
  store.days(limit).map((day) => reportedDay(day, member?.reporter.isGivenUp(day) ?? false));

async function recordLeft(
  { bus }: BlindReporterPorts,
  before: string | undefined,
  now: string | undefined,
): Promise<null> {
  if (before !== undefined && before !== now)
    await bus.request('audit.append', { type: 'blind.left', details: { task: before } });
  return null;
}

async function isAggregator({ isSame }: BlindReporterPorts, { task }: Joined, id: string): Promise<boolean> {
  const isOne = await Promise.all(ROLES.map((role) => isSame(task.task[role].node, id)));
  return isOne.includes(true);
}

function mustBeJoined(found: Member | null): Member {
  if (found) return found;
  throw new CaroError('not_found', 'expected a node that takes part in blind totals; run: caro blind join FILE');
}

/** Stores the task, then puts it in force: a crash between the two leaves the node without one. */
async function joinTask(
  ports: BlindReporterPorts,
  settings: Configuration,
  engine: BlindEngine,
  document: string,
): Promise<null> {
  const { bus, store, now } = ports;
  const { task } = await offerOf(ports, settings, engine, document);
  const { id, floor, leader, trustee } = task;
  store.join(id, { document: engine.open(document).envelope, floor, joinedMs: now() });
  await bus.request('settings.change', { set: 'blind-joined', task: id });
  await bus.request('audit.append', { type: 'blind.joined', details: { task: id, floor, leader, trustee } });
  return null;
}

const open = (engine: BlindEngine, { document, joinedMs }: Omit<JoinedTask, 'floor'>): Joined => ({
  task: engine.open(JSON.stringify(document)),
  joinedMs,
});

/**
 * What joining would mean.
 * @throws CaroError `blind_task_invalid`, `blind_floor`, `blind_joined`, `blind_trustee`, `usage`
 */
async function offerOf(
  { mayConnect, isSame, self }: BlindReporterPorts,
  settings: Configuration,
  engine: BlindEngine,
  document: string,
): Promise<TaskOffer> {
  const opened = engine.open(document);
  const task = taskView(opened);
  if (settings.blind.task !== undefined) {
    throw new CaroError(
      'blind_joined',
      'expected a node without a task, this one takes part in one already; leave it first: caro blind leave',
    );
  }
  if (task.floor < settings.blind.floor) {
    throw new CaroError(
      'blind_floor',
      `expected totals over at least ${settings.blind.floor} nodes (blind.floor of this node), the task allows ${task.floor}; ask for another task, or lower blind.floor in caro.toml`,
    );
  }
  if (!mayBeTrustee(settings, task.trustee))
    throw new CaroError(
      'blind_trustee',
      `expected a trustee that the roster of ${settings.trust.roster?.org ?? ''} names, got ${task.trustee}; if you trust it yourself: caro trust set`,
    );
  const isOwn = await Promise.all(ROLES.map((role) => isSame(task[role], self())));
  if (isOwn.includes(true)) {
    throw new CaroError('usage', 'expected the task of another leader and trustee: a node does not report to itself');
  }
  return {
    task,
    mayConnect: { leader: await mayConnect(task.leader), trustee: await mayConnect(task.trustee) },
    stoppedBy: reportStop(settings, task.floor),
    preview: await engine.preview(opened),
  };
}

async function statusOf(
  { store, mayConnect }: BlindReporterPorts,
  settings: Configuration,
  member: Member | null,
  trouble: BlindStatus['trouble'],
): Promise<BlindStatus> {
  const { live } = settings.sharing;
  if (!member) return { task: null, live, stoppedBy: null, next: null, waiting: 0, trouble, forked: false };
  const { task, joinedMs, reporter } = member;
  const view = taskView(task);
  const stoppedBy: ReportStop | null = reportStop(settings, view.floor);
  const [next] = reporter.planned();
  return {
    task: {
      ...view,
      joinedAt: isoTime(joinedMs),
      mayConnect: { leader: await mayConnect(view.leader), trustee: await mayConnect(view.trustee) },
    },
    live,
    stoppedBy,
    next: next === undefined ? null : { day: next.day, dueAt: isoTime(next.dueMs) },
    waiting: ROLES.reduce((sum, role) => sum + store.outbox(task.id, role).length, 0),
    trouble,
    forked: store.logHead(task.id)?.forked ?? false,
  };
}

/** Makes a report once more, from what the ledger keeps of it. */
async function remake(
  { store }: BlindReporterPorts,
  engine: BlindEngine,
  day: string,
  role: 'leader' | 'trustee',
): Promise<RemadeReport> {
  const made = store.made(day);
  const kept = made && store.joined(made.task);
  if (!made || !kept) throw new CaroError('not_found', `expected a day that this node has reported, got ${day}`);
  const { task } = open(engine, kept);
  return engine.remake(task, made, role);
}

/** A group with a leader and a trustee: real services on one clock that can be set. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { RoleStatus } from '../../src/domain/blind/roles.ts';
import { isoTime } from '../../src/domain/time/iso-time.ts';
import { DAY_MS } from '../../src/domain/time/period.ts';
import { openReadOnly } from '../../src/storage/database.ts';
import { makeClock, type TestClock } from './clock/test-clock.ts';
import { connected, type MeshNode, makeNode } from './mesh-nodes.ts';
import { caro } from './service.ts';
import { spoolEntries } from './spooled-history.ts';
import { until } from './until.ts';

export const HOUR_MS = 3_600_000;
/** Every report has left by then: at a random time up to six hours after midnight. */
const REPORTED_MS = 7 * HOUR_MS;
const POLL_MS = 100;
/** A limit, not a figure: thirty services on two cores that others use as well. */
const STEP_MS = 600_000;
const LOOPBACK = '127.0.0.1';
const QUARTER_MS = 16 * 60_000;
/** Then the clock is set forward: a leader presents again what the trustee did not have yet. */
const PATIENCE_MS = 10_000;

export interface WeekOptions {
  /** Number of developers with a service of their own. */
  readonly developers: number;
  /** Node ids of further members. */
  readonly others?: readonly string[];
  readonly floor: number;
  readonly windowHours: number;
}

type Release = RoleStatus['releases'][number];

export interface Week {
  readonly clock: TestClock;
  readonly leader: MeshNode;
  readonly trustee: MeshNode;
  readonly developers: readonly MeshNode[];
  /** Path of the task's file. */
  readonly task: string;
  readonly start: (node: MeshNode) => Promise<void>;
  /** Of the service of a node, since its last start. */
  readonly pid: (node: MeshNode) => number;
  /** The UTC day by the clock: `2026-11-20`. */
  readonly today: () => string;
  /** Sets the clock to this time of the present or a later day. */
  readonly goTo: (day: string, ms?: number) => void;
  /** Commands of the last minutes, which are stored when it resolves. */
  readonly work: (node: MeshNode, commands: readonly string[]) => Promise<void>;
  /** To the morning after a day, when every node that is up has reported on it. */
  readonly morningAfter: (day: string) => void;
  readonly role: (node: MeshNode) => Promise<RoleStatus>;
  /** Waits for `count` verified reports of a day at an aggregator. */
  readonly ready: (node: MeshNode, day: string, count: number) => Promise<void>;
  /** Waits until both aggregators have the entry of a day. */
  readonly released: (day: string) => Promise<Release>;
}

const dayText = (ms: number): string => isoTime(ms).slice(0, 10);
export const startOf = (day: string): number => Date.parse(`${day}T00:00:00.000Z`);
export const plusDays = (day: string, days: number): string => dayText(startOf(day) + days * DAY_MS);

/**
 * A clock far from midnight, so that what happens in a minute is on one day; less than a day ahead,
 * because OpenSSL reads the machine's clock and certificates begin a day before they are made.
 */
export function startClock(folder: string): TestClock {
  const clock = makeClock(folder);
  const ten = startOf(dayText(clock.now())) + 10 * HOUR_MS;
  clock.set(ten > clock.now() ? ten : ten + DAY_MS);
  return clock;
}

/** All services run, know each other, and take part in one task. */
export async function startWeek(folder: string, options: WeekOptions): Promise<Week> {
  const clock = startClock(folder);
  const leader = await makeNode(join(folder, 'analyst'), 'analyst', LOOPBACK, STEP_MS);
  const trustee = await makeNode(join(folder, 'trustee'), 'trustee', LOOPBACK, STEP_MS);
  const developers: MeshNode[] = [];
  for (let number = 1; number <= options.developers; number += 1) {
    const name = `dev-${String(number).padStart(2, '0')}`;
    developers.push(await makeNode(join(folder, name), name, LOOPBACK, STEP_MS));
  }
  const pids = new Map<MeshNode, number>();
  const start = async (node: MeshNode): Promise<void> => {
    const service = await node.start(clock.prefix);
    pids.set(node, service.process.pid ?? 0);
    service.process.once('exit', (code, signal) => {
      if (signal !== 'SIGKILL') console.error(`${node.name} ended with ${code ?? signal}: ${service.log()}`);
    });
  };
  configureAll({ leader, trustee, developers }, options);
  for (const node of [leader, trustee, ...developers]) await start(node);
  await connected(leader, [trustee, ...developers], STEP_MS);
  await connected(trustee, developers, STEP_MS);
  const task = join(folder, 'task.json');
  await agree(leader, trustee, folder, task, options);
  for (const node of developers) await ran(node, 'blind', 'join', task, '--yes');
  const pid: Week['pid'] = (node) => pids.get(node) ?? 0;
  const week = { clock, leader, trustee, developers, task, start, pid };
  return { ...week, ...stepsOf(week) };
}

function configureAll(
  { leader, trustee, developers }: Pick<Week, 'leader' | 'trustee' | 'developers'>,
  { floor, others = [] }: WeekOptions,
): void {
  const ids = [...[leader, trustee, ...developers].map(({ id }) => id), ...others];
  const everybody = Object.fromEntries(ids.map((id) => [id, 'supervisor' as const]));
  const add = (node: MeshNode, text: string): void => appendFileSync(join(node.home, 'config', 'caro.toml'), text);
  leader.configure({ dials: [trustee], names: developers, trust: everybody, level: 0 });
  add(leader, '[blind]\nrole = "leader"\n');
  trustee.configure({ names: [leader, ...developers], trust: everybody, level: 0 });
  add(trustee, '[blind]\nrole = "trustee"\n');
  const aggregators = { [leader.id]: 'supervisor', [trustee.id]: 'supervisor' } as const;
  for (const node of developers) {
    node.configure({ dials: [leader, trustee], trust: aggregators, level: 2 });
    add(node, `[blind]\nfloor = ${floor}\n`);
  }
}

/** Draft, offer and task, as three commands. */
async function agree(
  leader: MeshNode,
  trustee: MeshNode,
  folder: string,
  task: string,
  { floor, windowHours }: WeekOptions,
): Promise<void> {
  const [draft, offer] = [join(folder, 'draft.json'), join(folder, 'offer.json')];
  const numbers = ['--floor', String(floor), '--window', String(windowHours)];
  await ran(leader, 'blind', 'create', 'engineering', '--trustee', 'trustee', ...numbers, '--output', draft);
  await ran(trustee, 'blind', 'endorse', draft, '--output', offer, '--yes');
  await ran(leader, 'blind', 'endorse', offer, '--output', task, '--yes');
}

/** What a command prints. */
export async function ran(node: Pick<MeshNode, 'home' | 'name'>, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await caro(node.home, ...args);
  if (code !== 0) throw new Error(`${node.name}: caro ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}

let sessions = 0;

/** What a test does with a group whose services run on `clock`. */
export function stepsOf({ clock, leader, trustee }: Pick<Week, 'clock' | 'leader' | 'trustee'>) {
  const role: Week['role'] = async (node) => {
    await pause(POLL_MS);
    const [first] = await node.call('blind.roles', {});
    if (!first) throw new Error(`expected a task at ${node.name}`);
    return first;
  };
  const goTo: Week['goTo'] = (day, ms = 0) => clock.set(startOf(day) + ms);
  return {
    role,
    goTo,
    today: () => dayText(clock.now()),
    morningAfter: (day: string) => goTo(plusDays(day, 1), REPORTED_MS),
    work: async (node: MeshNode, commands: readonly string[]): Promise<void> => {
      const { events } = await node.call('observe.status', {});
      const nowMs = clock.now();
      sessions += 1;
      const entries = commands.map((text, index) => ({
        text,
        startMs: nowMs - commands.length + index,
        durationMs: 40,
        exitCode: 0,
        cwd: '/srv/project',
      }));
      spoolEntries(join(node.home, 'data', 'spool'), 'bash', entries, nowMs + sessions, nowMs);
      const wanted = events + commands.length;
      await until(
        () => node.call('observe.status', {}),
        (status) => status.events >= wanted,
        STEP_MS,
      );
    },
    ready: async (node: MeshNode, day: string, count: number): Promise<void> => {
      let setAtMs = performance.now();
      await until(
        async () => {
          if (performance.now() - setAtMs > PATIENCE_MS) {
            clock.set(clock.now() + QUARTER_MS);
            setAtMs = performance.now();
          }
          return (await role(node)).open.find((open) => open.day === day)?.ready ?? 0;
        },
        (ready) => ready === count,
        STEP_MS,
      );
    },
    released: async (day: string): Promise<Release> => {
      const entry = async (node: MeshNode): Promise<Release | undefined> =>
        (await role(node)).releases.find((release) => release.day === day);
      await until(() => entry(trustee), Boolean, STEP_MS);
      // The leader looks every quarter of an hour, perhaps before the trustee has closed the day.
      if ((await entry(leader)) === undefined) clock.set(clock.now() + QUARTER_MS);
      const found = await until(() => entry(leader), Boolean, STEP_MS);
      if (!found) throw new Error(`expected a release of ${day}`);
      return found;
    },
  };
}

/** The totals of a day that the leader has stored, by block and name of the cell. */
export function totalsOf(leader: MeshNode, day: string, cells: readonly string[]): ReadonlyMap<string, Totals> {
  const database = openReadOnly(join(leader.home, 'data', 'caro.db'));
  try {
    const rows = database.prepare('SELECT block, contributors, cells FROM total_block WHERE day = ?').all(day) as {
      readonly block: string;
      readonly contributors: number;
      readonly cells: string;
    }[];
    return new Map(
      rows.map(({ block, contributors, cells: text }) => {
        const values = JSON.parse(text) as readonly (number | null)[];
        return [
          block,
          { contributors, cells: Object.fromEntries(cells.map((name, index) => [name, values[index] ?? null])) },
        ];
      }),
    );
  } finally {
    database.close();
  }
}

export interface Totals {
  readonly contributors: number;
  /** Null where the floor withholds it. */
  readonly cells: Readonly<Record<string, number | null>>;
}

/** Ends all services of a week. */
export async function endWeek({ clock, leader, trustee, developers }: Week): Promise<void> {
  await Promise.all([leader, trustee, ...developers].map((node) => node.kill()));
  clock.close();
}

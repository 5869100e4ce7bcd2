/**
 * An organization whose nodes report over a relay while everything is killed at random: real
 * nats-server, outboxes, aggregators and SQLite, each in a process of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { buildSync } from 'esbuild';
import { dayEnd, dayOf } from '../../../../src/blind/day.ts';
import { SPREAD_MS } from '../../../../src/blind/node/reporter.ts';
import { deriveSealingKey } from '../../../../src/blind/sealing.ts';
import { encodeTask } from '../../../../src/blind/task.ts';
import { createReportStore } from '../../../../src/storage/blind/report-store.ts';
import { openDatabase, openReadOnly } from '../../../../src/storage/database.ts';
import { CLOSE, DAY, DAY_MS, HOUR_MS, makeRig, seasoned, sums } from '../../../blind/aggregators/rig.ts';
import { type Broker, credential, newNode } from '../../../rig/programs/relay-broker.ts';
import { randomFrom } from '../../../rig/random.ts';
import { lastingFolder } from '../../../rig/temporary-folder.ts';
import { until } from '../../../rig/until.ts';
import { later, startBroker } from '../rig.ts';
import type { ChildSettings } from './child.ts';

const ROOT = join(__dirname, '../../../..');
const CACHE = join(ROOT, 'node_modules', '.cache');
const ROLES = ['leader', 'trustee'] as const;
const WINDOW_DAYS = 3;
const WAIT_MS = 90_000;

export interface KillPlan {
  readonly seed: number;
  readonly nodes: number;
  readonly days: number;
  /** Kills while the reports of one day are sent. */
  readonly killsPerDay: number;
}

export interface KillResult {
  /** Of each day: the total that the leader has computed, and the sum of the nodes' own ledgers. */
  readonly totals: readonly { readonly day: string; readonly total: unknown; readonly truth: unknown }[];
  /** Reports that the nodes have made, and copies that arrived at both aggregators. */
  readonly made: number;
  readonly arrived: number;
  readonly kills: Readonly<Record<string, number>>;
}

const programs = { node: '', aggregator: '' };
/** Builds the programs of the processes. Call it at the top of a test file. */
export function killPrograms(): void {
  beforeAll(() => {
    mkdirSync(CACHE, { recursive: true });
    for (const name of ['node', 'aggregator'] as const) {
      // Beside the sources, where the addon of SQLite is found.
      programs[name] = join(CACHE, `relay-${name}-${process.pid}.cjs`);
      buildSync({
        entryPoints: [join(__dirname, `${name}-child.ts`)],
        outfile: programs[name],
        bundle: true,
        platform: 'node',
        format: 'cjs',
        target: 'node20.19',
        external: ['better-sqlite3', 'better-sqlite3-napi'],
      });
    }
  });
  afterAll(() => {
    for (const program of Object.values(programs)) rmSync(program, { force: true });
  });
}

interface Victim {
  readonly name: string;
  readonly start: () => Promise<void>;
  readonly kill: () => Promise<void>;
}

/** A process that is started again after it was killed. */
function victim(home: string, program: string, ...more: readonly string[]): Victim {
  let child: ChildProcess | undefined;
  let errors = '';
  const kill = async (): Promise<void> => {
    const present = child;
    child = undefined;
    if (!present) return;
    if (present.exitCode !== null) throw new Error(`expected ${home} to live: ${errors}`);
    const gone = new Promise((resolve) => present.once('exit', resolve));
    present.kill('SIGKILL');
    await gone;
  };
  later(kill);
  return {
    name: home.split('/').at(-1) ?? '',
    start: () => {
      child = spawn(process.execPath, [program, home, ...more], { stdio: ['ignore', 'ignore', 'pipe'] });
      child.stderr?.on('data', (chunk: Buffer) => {
        errors = `${errors}${chunk.toString()}`.slice(-4_000);
      });
      return Promise.resolve();
    },
    kill,
  };
}

/** Kills at random for the time of the plan, then lets everything come to rest. */
export async function killAtRandom({ seed, nodes, days, killsPerDay }: KillPlan): Promise<KillResult> {
  const random = randomFrom(seed);
  const folder = lastingFolder();
  const broker = await startBroker();
  const { task, ids } = await foundOrganization(folder, broker, nodes);
  const relay: Victim = { name: 'relay', start: broker.start, kill: broker.kill };
  const aggregators = ROLES.map((role) => victim(join(folder, role), programs.aggregator, role));
  const reporters = ids.map((_, index) => victim(join(folder, `node-${index}`), programs.node));
  const setClock = (ms: number): void => {
    writeFileSync(join(folder, 'clock.new'), String(ms));
    renameSync(join(folder, 'clock.new'), join(folder, 'clock'));
  };
  const dayAt = (index: number): string => dayOf(Date.parse(DAY) + index * DAY_MS);
  const kills: Record<string, number> = {};
  let isWiped = false;
  const killOne = async (mustWipe: boolean): Promise<void> => {
    await pauseOf(100 + random(700));
    const group = [[relay], aggregators, reporters][mustWipe ? 0 : random(3)] ?? [relay];
    const chosen = group[random(group.length)] ?? relay;
    kills[chosen.name] = (kills[chosen.name] ?? 0) + 1;
    await chosen.kill();
    if (mustWipe) broker.wipe();
    await pauseOf(random(500));
    await chosen.start();
  };
  setClock(CLOSE - HOUR_MS);
  for (const each of [...aggregators, ...reporters]) await each.start();
  for (let index = 0; index < days; index += 1) {
    // A day that nobody could deliver within its window is lost by design: none gets that far.
    if (index >= WINDOW_DAYS - 1) await delivered(folder, task, nodes, dayAt(index - WINDOW_DAYS + 1));
    setClock(dayEnd(dayAt(index)) + SPREAD_MS);
    for (let kill = 0; kill < killsPerDay; kill += 1) {
      const mustWipe: boolean = !isWiped && index >= days / 2 - 1 && kill >= killsPerDay / 2;
      isWiped ||= mustWipe;
      await killOne(mustWipe);
    }
  }
  for (let index = 0; index < days; index += 1) await delivered(folder, task, nodes, dayAt(index));
  setClock(dayEnd(dayAt(days - 1)) + WINDOW_DAYS * DAY_MS + SPREAD_MS);
  const totals = await until(
    () => totalsIn(folder),
    (found) => found.size === days,
    WAIT_MS,
  );
  const result = [...totals].map(([day, blocks]) => ({
    day,
    total: blocks.map(({ contributors, cells }) => ({ contributors, cells })),
    truth: [{ contributors: nodes, cells: sums(ids.map((_, node) => ledgerCells(join(folder, `node-${node}`), day))) }],
  }));
  const arrived = ROLES.reduce((sum, role) => sum + linesIn(join(folder, role, 'arrived')).length, 0);
  return { totals: result, made: nodes * days * ROLES.length, arrived, kills };
}

const pauseOf = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A leader, a trustee and nodes that take part in a task, all known to the relay. */
async function foundOrganization(folder: string, broker: Broker, nodes: number) {
  const rig = await makeRig(folder, { floor: 5 });
  const people = await seasoned(rig, nodes);
  rig.close();
  writeFileSync(join(folder, 'task.json'), encodeTask(rig.task));
  const members = people.map(({ id }) => id);
  const seeds = { leader: randomBytes(32), trustee: randomBytes(32) };
  const boxes = Object.fromEntries(
    ROLES.map((role) => [rig[role].identity.id, base64(deriveSealingKey(seeds[role]).publicKey)]),
  );
  const settle = (home: string, id: string, boxSeed: Uint8Array, role: 'node' | 'aggregator'): void => {
    const keys = newNode();
    const named = { ...keys, identity: { ...keys.identity, id } };
    const settings: ChildSettings = {
      address: { host: '127.0.0.1', port: broker.port, key: broker.key },
      fleet: credential(broker, named, 'fleet', role),
      ...(role === 'aggregator' ? { docs: credential(broker, named, 'docs', role) } : {}),
      connectionKey: base64(keys.connectionPrivateKey),
      boxSeed: base64(boxSeed),
      questionKey: broker.authority().questionKey,
      boxes,
      members,
    };
    writeFileSync(join(home, 'relay.json'), JSON.stringify(settings));
  };
  for (const role of ROLES) settle(join(folder, role), rig[role].identity.id, seeds[role], 'aggregator');
  for (const [index, { id }] of people.entries()) {
    const home = join(folder, `node-${index}`);
    mkdirSync(home, { mode: 0o700 });
    renameSync(join(folder, `person-${index + 1}.key`), join(home, 'identity.key'));
    const { database } = openDatabase(join(home, 'caro.db'), CLOSE - DAY_MS);
    const { id: task, envelope } = rig.task;
    createReportStore(database).join(task, { document: envelope, floor: 5, joinedMs: CLOSE - DAY_MS });
    database.close();
    settle(home, id, randomBytes(32), 'node');
  }
  return { task: rig.task.id, ids: members };
}

/**
 * Waits until every node has both receipts for a day, and both aggregators have its shares ready.
 */
async function delivered(folder: string, task: string, nodes: number, day: string): Promise<void> {
  await until(
    () => ({
      day,
      receipts: Array.from({ length: nodes }, (_, node) => receipts(join(folder, `node-${node}`), day)),
      shares: ROLES.map((role) => shares(join(folder, role), task, day)),
    }),
    ({ receipts: got, shares: ready }) =>
      got.every((count) => count === ROLES.length) && ready.every((count) => count === nodes),
    WAIT_MS,
  );
}

function receipts(home: string, day: string): number {
  const database = openReadOnly(join(home, 'caro.db'));
  const found = createReportStore(database)
    .days(100)
    .find((row) => row.day === day);
  database.close();
  return found?.deliveries.filter(({ receivedMs }) => receivedMs !== null).length ?? 0;
}

function shares(home: string, task: string, day: string): number {
  const database = openReadOnly(join(home, 'caro.db'));
  const count = database
    .prepare("SELECT count(*) FROM blind_report WHERE task = ? AND day = ? AND state IN ('ready', 'closed')")
    .pluck()
    .get(task, day) as number;
  database.close();
  return count;
}

function ledgerCells(home: string, day: string): readonly number[] {
  const database = openReadOnly(join(home, 'caro.db'));
  const made = createReportStore(database).made(day);
  database.close();
  return made?.cells ?? [];
}

interface Totals {
  readonly day: string;
  readonly blocks: readonly { readonly contributors: number; readonly cells: readonly number[] }[];
}

/** A day may be kept twice if the leader is killed after that: with the same total. */
const totalsIn = (folder: string): ReadonlyMap<string, Totals['blocks']> =>
  new Map(
    linesIn(join(folder, 'leader', 'totals')).map((line) => {
      const { day, blocks } = JSON.parse(line) as Totals;
      return [day, blocks];
    }),
  );

const linesIn = (file: string): readonly string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AggregatorThreads } from '../../../src/blind/aggregator/aggregator.ts';
import { type Aggregators, type AggregatorsPorts, openAggregators } from '../../../src/blind/aggregator/aggregators.ts';
import { dayLayout, type LayoutWords } from '../../../src/blind/layout/day-1.ts';
import type { DayTotals } from '../../../src/blind/leader/leader.ts';
import { openRelease } from '../../../src/blind/release-log.ts';
import { makeReport } from '../../../src/blind/report.ts';
import { drawRandomness } from '../../../src/blind/report-bytes.ts';
import { createSealing } from '../../../src/blind/sealing.ts';
import { decodeTask, type OpenedTask } from '../../../src/blind/task.ts';
import { createPrio3 } from '../../../src/blind/vdaf/prio3.ts';
import type { AggregatorRole, Vdaf } from '../../../src/blind/vdaf/vdaf.ts';
import type { AuditEntry } from '../../../src/domain/audit/audit-record.ts';
import {
  type BlindBodies,
  type BlindReply,
  type BlindRequest,
  refusal,
  refusalCode,
} from '../../../src/domain/blind/exchange.ts';
import type { ReleaseEntry } from '../../../src/domain/blind/release.ts';
import { CaroError } from '../../../src/domain/errors.ts';
import type { Envelope } from '../../../src/domain/identity/signed-envelope.ts';
import { type Identity, openIdentity } from '../../../src/identity/identity.ts';
import { openAggregatorKeys } from '../../../src/keys/aggregator-keys.ts';
import { createAggregatorStore, createRoleStore } from '../../../src/storage/blind/aggregator-store.ts';
import { type Database, openDatabase } from '../../../src/storage/database.ts';
import { prepareReports } from '../../../src/workers/tasks/prepare-reports.ts';
import { sumShares } from '../../../src/workers/tasks/sum-shares.ts';

/** Few words, so that a report takes a few milliseconds. */
const WORDS: LayoutWords = { families: ['vcs'], ruleFamilies: ['files'], techniques: ['T1059'] };
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const DAY = '2026-11-20';
/** First millisecond after `DAY`. */
export const CLOSE = Date.parse(DAY) + DAY_MS;

export interface Side {
  readonly identity: Identity;
  readonly aggregators: Aggregators;
  readonly database: Database;
  readonly audit: AuditEntry[];
  /** Members that this aggregator's owner has named, and their units. */
  readonly members: Map<string, string | null>;
  /** Totals that a leader has kept. */
  readonly totals: DayTotals[];
  /** As the other nodes reach it. */
  readonly take: (peer: string, request: BlindRequest) => Promise<BlindReply>;
}

export interface Rig {
  /** `isConfirmed`: whether another node agrees with the time. */
  readonly clock: { ms: number; isConfirmed: boolean };
  readonly leader: Side;
  readonly trustee: Side;
  readonly task: OpenedTask;
  readonly vdaf: Vdaf;
  /** Makes people, known to both aggregators since the time of the clock. */
  readonly people: (count: number, unit?: string | null) => readonly Identity[];
  readonly report: (person: Identity, cells: readonly number[], options?: ReportOptions) => Promise<Reports>;
  /** Gives both halves of a report to the aggregators. */
  readonly send: (person: Identity, cells: readonly number[], day?: string) => Promise<void>;
  readonly cells: () => readonly number[];
  /** Both do their work until nothing is left. */
  readonly work: () => Promise<void>;
  /** What the leader asks of the trustee goes through here. */
  readonly wire: { change: (request: BlindRequest) => BlindRequest };
  readonly close: () => void;
}

type Reports = Readonly<Record<AggregatorRole, Envelope>>;
interface ReportOptions {
  readonly day?: string;
  readonly task?: OpenedTask;
  readonly vdaf?: Partial<Vdaf>;
}

export interface RigOptions {
  readonly floor?: number;
  readonly noiseSd?: number;
}

interface SideParts {
  readonly vdaf: Vdaf;
  readonly sealing: ReturnType<typeof createSealing>;
  readonly now: () => number;
  /** Whether another node agrees with the time; true unless told. */
  readonly isTimeConfirmed?: () => boolean;
  /** Reaches the other aggregator. */
  readonly ask: (peer: string, request: BlindRequest) => Promise<BlindReply>;
  /** Other ports than the usual ones. */
  readonly change?: (ports: AggregatorsPorts, database: Database) => AggregatorsPorts;
}

/** Function and sealing of every rig. */
export const rigParts = (): Pick<SideParts, 'vdaf' | 'sealing'> => ({
  vdaf: createPrio3(dayLayout(WORDS)),
  sealing: createSealing(),
});

/** An aggregator on a real database, whose keys are in `home`. */
export async function openSide(
  home: string,
  role: AggregatorRole,
  { vdaf, sealing, now, ask, isTimeConfirmed = () => true, change = (ports) => ports }: SideParts,
): Promise<Side> {
  const identity = openIdentity(join(home, 'identity.key'));
  const file = join(home, 'caro.db');
  const { database } = openDatabase(file, now());
  const [audit, members, totals] = [[] as AuditEntry[], new Map<string, string | null>(), [] as DayTotals[]];
  const secrets = openAggregatorKeys(join(home, 'blind-keys.json'));
  const threads: AggregatorThreads = {
    prepare: ({ opened, role: as, verifyKey, sealingKey }, jobs) =>
      prepareReports({ databaseFile: file, role: as, words: opened.task.words, verifyKey, sealingKey, jobs }),
    sum: ({ opened }, day, nodes) =>
      Promise.resolve(sumShares({ databaseFile: file, words: opened.task.words, task: opened.id, day, nodes })),
  };
  const ports: AggregatorsPorts = {
    store: createAggregatorStore(database),
    roles: createRoleStore(database),
    threads,
    group: () => ({
      account: (id) => id,
      isMember: (id) => members.has(id),
      unit: (id) => members.get(id) ?? null,
    }),
    members: () => [...members.keys()],
    signer: () => identity,
    sealing,
    keys: { ...secrets, sealingKey: () => sealing.deriveKey(secrets.sealingSeed()) },
    mayBe: () => role,
    leastNoise: () => 0,
    words: () => Promise.resolve(WORDS),
    vdaf: () => Promise.resolve(vdaf),
    ask,
    keep: (day) => {
      totals.push(day);
      return Promise.resolve();
    },
    audit: (entry) => {
      audit.push(entry);
      return Promise.resolve();
    },
    refused: (peer, details) => {
      audit.push({ type: 'blind.refused', peer, details });
      return Promise.resolve();
    },
    isTimeConfirmed,
    now,
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
  };
  const aggregators = await openAggregators(change(ports, database));
  const take: Side['take'] = (peer, request) =>
    aggregators
      .take(peer, request)
      .catch((error: unknown) => refusal(refusalCode(error instanceof CaroError ? error.code : 'internal')));
  return { identity, aggregators, database, audit, members, totals, take };
}

/** A leader and a trustee with real databases; people report to them. */
export async function makeRig(folder: string, options: RigOptions = {}): Promise<Rig> {
  const clock = { ms: CLOSE - 30 * DAY_MS, isConfirmed: true };
  const { vdaf, sealing } = rigParts();
  const wire: Rig['wire'] = { change: (request) => request };
  const sides: Partial<Record<AggregatorRole, Side>> = {};
  const open = (role: AggregatorRole): Promise<Side> => {
    const home = join(folder, role);
    mkdirSync(home, { mode: 0o700 });
    return openSide(home, role, {
      vdaf,
      sealing,
      now: () => clock.ms,
      isTimeConfirmed: () => clock.isConfirmed,
      ask: (_peer, request) => {
        const { leader, trustee } = sides;
        if (!leader || !trustee) throw new Error('expected both aggregators');
        return trustee.take(leader.identity.id, wire.change(request));
      },
    });
  };
  const leader = await open('leader');
  const trustee = await open('trustee');
  Object.assign(sides, { leader, trustee });
  const task = await agree(leader, trustee, options);
  let made = 0;
  const report: Rig['report'] = (signer, cells, { day = DAY, task: other = task, vdaf: changes = {} } = {}) =>
    makeReport(
      {
        task: other,
        day,
        cells,
        randomness: drawRandomness((count) => new Uint8Array(randomBytes(count))),
        signer,
      },
      { vdaf: { ...vdaf, ...changes }, sealing },
    );
  const rig: Rig = {
    clock,
    leader,
    trustee,
    task,
    vdaf,
    wire,
    report,
    people: (count, unit = null) => {
      const people = Array.from({ length: count }, () => {
        made += 1;
        return openIdentity(join(folder, `person-${made}.key`));
      });
      for (const { id } of people) for (const side of [leader, trustee]) side.members.set(id, unit);
      return people;
    },
    send: async (person, cells, day = DAY) => {
      const reports = await report(person, cells, { day });
      for (const side of [leader, trustee]) {
        const role = side === leader ? 'leader' : 'trustee';
        const reply = await side.take(person.id, { type: 'blind-report', body: { report: reports[role] } });
        if (reply.type !== 'blind-receipt') throw new Error(`expected a receipt, got ${JSON.stringify(reply.body)}`);
      }
    },
    cells: () => dayLayout(WORDS).widths.map((bits) => randomBytes(1).readUInt8() % 2 ** Math.min(bits, 8)),
    work: async () => {
      await leader.aggregators.work();
      await trustee.aggregators.work();
      await leader.aggregators.work();
    },
    close: () => {
      for (const { database } of [leader, trustee]) database.close();
    },
  };
  return rig;
}

/** Draft, offer and task, as the command line passes them on. */
async function agree(leader: Side, trustee: Side, { floor = 20, noiseSd = 0 }: RigOptions): Promise<OpenedTask> {
  const draft = await leader.aggregators.draft({ name: 'engineering', trustee: trustee.identity.id, floor, noiseSd });
  const offer = await trustee.aggregators.endorse(draft, true);
  const task = await leader.aggregators.endorse(offer.document ?? '', true);
  return decodeTask(task.document ?? '');
}

/** Codes of the refusals in an audit log. */
export const refusals = ({ audit }: Pick<Side, 'audit'>): readonly unknown[] =>
  audit.filter(({ type }) => type === 'blind.refused').map(({ details }) => details?.['code']);

/** The code of a refusal, or the type of another reply. */
export const outcome = (reply: BlindReply): string => (reply.type === 'blind-refusal' ? reply.body.code : reply.type);

/** First millisecond at which `DAY` may be released. */
export const AFTER_WINDOW = CLOSE + 72 * HOUR_MS;

/** People that are members for the season, with the clock after the day. */
export async function seasoned(rig: Rig, count: number, unit: string | null = null): Promise<readonly Identity[]> {
  const people = rig.people(count, unit);
  rig.clock.ms = CLOSE - 20 * DAY_MS;
  await rig.work();
  rig.clock.ms = CLOSE + HOUR_MS;
  return people;
}

/** Random cells of each of these people, which both aggregators have received. */
export async function sendAll(
  rig: Rig,
  people: readonly Identity[],
  day?: string,
): Promise<readonly (readonly number[])[]> {
  const all: (readonly number[])[] = [];
  for (const person of people) {
    const cells = rig.cells();
    await rig.send(person, cells, day);
    all.push(cells);
  }
  return all;
}

/** Sum of each cell. */
export const sums = (all: readonly (readonly number[])[]): readonly number[] =>
  (all[0] ?? []).map((_, cell) => all.reduce((sum, cells) => sum + (cells[cell] ?? 0), 0));

export const giveReport = async (side: Side, peer: string, report: Envelope): Promise<string> =>
  outcome(await side.take(peer, { type: 'blind-report', body: { report } }));

export async function logOf({ trustee, task }: Rig, asker: string): Promise<BlindBodies['blind-entries']> {
  const reply = await trustee.take(asker, { type: 'blind-log', body: { task: task.id, from: 0 } });
  if (reply.type !== 'blind-entries') throw new Error(`expected the release log, got ${reply.type}`);
  return reply.body;
}

export const entriesOf = async (rig: Rig): Promise<readonly ReleaseEntry[]> =>
  (await logOf(rig, '')).entries.map(({ entry }) => openRelease(entry, rig.task.task.trustee.node));

export const rowsOf = ({ database }: Side, sql: string): readonly unknown[] => database.prepare(sql).all();

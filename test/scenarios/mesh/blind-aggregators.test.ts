/**
 * A week of blind totals with a real leader and a real trustee. Eight developers, twenty-five in
 * `npm run test:blind-week`, and those who attack, are peers of this process that speak the
 * protocol over TLS.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dayLayout } from '../../../src/blind/layout/day-1.ts';
import { makeReport } from '../../../src/blind/report.ts';
import { drawRandomness, type ReportRandomness } from '../../../src/blind/report-bytes.ts';
import { createSealing } from '../../../src/blind/sealing.ts';
import { decodeTask, type OpenedTask } from '../../../src/blind/task.ts';
import { createPrio3 } from '../../../src/blind/vdaf/prio3.ts';
import type { AggregatorRole, Shares, Vdaf } from '../../../src/blind/vdaf/vdaf.ts';
import type { Envelope } from '../../../src/domain/identity/signed-envelope.ts';
import { makeIdentity, makeTls, startNode, stopAll, type TestNode } from '../../mesh/rig.ts';
import { endWeek, HOUR_MS, plusDays, ran, startWeek, totalsOf, type Week } from '../../rig/blind-week.ts';
import type { MeshNode } from '../../rig/mesh-nodes.ts';
import { bytesHold, filesHolding, holdersOf, storedTexts } from '../../rig/stored-content.ts';
import { canCapture, captureLoopback, type LoopbackCapture } from '../../rig/system/loopback-capture.ts';
import { canReadMemory, memoryHolds } from '../../rig/system/process-memory.ts';
import { lastingFolder } from '../../rig/temporary-folder.ts';
import { formsOf } from '../../rig/text/figure-forms.ts';
import { until } from '../../rig/until.ts';

const DEVELOPERS = Number(process.env['CARO_BLIND_DEVELOPERS'] ?? 8);
/** As much as can be asked for, if one report is refused, and 80 % of the reports are enough. */
const FLOOR = Math.floor(0.8 * DEVELOPERS);
const SYBILS = 10;
/** The odd number of one node, which must be found nowhere. */
const CANARY = 4_711;
/** Different cells and shares; more would only take time. */
const KINDS = 4;
const LONG_MS = 600_000;
const ANSWER_MS = 60_000;
const FIELD = 340282366920938462946865773367900766209n;

let week: Week;
let task: OpenedTask;
let vdaf: Vdaf;
let names: readonly string[];
let first: string;
let capture: LoopbackCapture | undefined;
const people: TestNode[] = [];
const sealing = createSealing();
/** The first is that of the canary. */
const kinds: Kind[] = [];
/** Cells of every report that counts, by day. */
const counted = new Map<string, (readonly number[])[]>();

const dayOfWeek = (index: number): string => plusDays(first, index);
const aggregator = (role: AggregatorRole): MeshNode => week[role];

const portOf = ({ endpoint }: MeshNode): number => Number(endpoint.split(':').at(-1));

async function joinMesh(identity: ReturnType<typeof makeIdentity>): Promise<TestNode> {
  const { clock, leader, trustee } = week;
  const node = await startNode({
    identity,
    tls: await makeTls(identity, clock.now()),
    trusts: [leader.id, trustee.id],
    peers: [leader, trustee].map(({ id, endpoint }) => ({ id, address: endpoint })),
    options: { now: clock.now },
  });
  return node;
}

beforeAll(async () => {
  const identities = Array.from({ length: DEVELOPERS }, () => makeIdentity());
  const others = identities.map(({ id }) => id);
  week = await startWeek(lastingFolder(), { developers: 0, others, floor: FLOOR, windowHours: 72 });
  task = decodeTask(readFileSync(week.task, 'utf8'));
  const layout = dayLayout(task.task.words);
  vdaf = createPrio3(layout);
  names = layout.cells.map(({ name }) => name);
  for (let count = 0; count < KINDS; count += 1) kinds.push(await kindOf(count === 0));
  // The season of everybody begins today.
  first = plusDays(week.today(), 8);
  week.goTo(first, HOUR_MS);
  if (canCapture()) capture = await captureLoopback([week.leader, week.trustee].map(portOf));
  people.push(...(await Promise.all(identities.map(joinMesh))));
}, LONG_MS);
afterAll(async () => {
  await stopAll();
  await endWeek(week);
}, LONG_MS);

/** Every node counts for every measure, so that no total is below the floor. */
function cellsOf(isCanary: boolean): readonly number[] {
  return dayLayout(task.task.words).cells.map(({ name, kind, bits }) => {
    if (kind === 'nodes') return 1;
    return isCanary && name === 'families.git.count'
      ? CANARY
      : 1 + (randomBytes(1).readUInt8() % (2 ** Math.min(bits, 7) - 1));
  });
}

type Reports = Readonly<Record<AggregatorRole, Envelope>>;

/** Cells with their shares: most of what a report costs. */
interface Kind {
  readonly cells: readonly number[];
  readonly randomness: ReportRandomness;
  readonly shares: Shares;
}

const randomness = (): ReportRandomness => drawRandomness((count) => new Uint8Array(randomBytes(count)));

async function kindOf(isCanary: boolean): Promise<Kind> {
  const cells = cellsOf(isCanary);
  const drawn = randomness();
  return { cells, randomness: drawn, shares: await vdaf.shard(cells, drawn.nonce, drawn.shares) };
}

/** Each is sealed and signed anew, so that no two are the same bytes. */
const reportOf = ({ identity }: TestNode, day: string, kind: Kind): Promise<Reports> =>
  makeReport(
    { task, day, cells: kind.cells, randomness: { ...kind.randomness, boxes: randomness().boxes }, signer: identity },
    { vdaf: { ...vdaf, shard: () => Promise.resolve(kind.shares) }, sealing },
  );

const kindFor = (node: TestNode): Kind => {
  const place = people.indexOf(node);
  const kind = kinds[place === 0 ? 0 : 1 + (Math.max(0, place) % (kinds.length - 1))];
  if (!kind) throw new Error('expected a kind of report');
  return kind;
};

/** Sends one half until the aggregator is there; the receipt's type or the code of a refusal. */
async function give(node: TestNode, role: AggregatorRole, report: Envelope): Promise<string> {
  await until(() => node.mesh.isConnected(aggregator(role).id), Boolean, ANSWER_MS);
  const reply = await node.mesh.exchange(aggregator(role).id, { type: 'blind-report', body: { report } }, ANSWER_MS);
  return reply.type === 'blind-refusal' ? reply.body.code : reply.type;
}

/** Both halves of a report that counts. */
async function send(
  node: TestNode,
  day: string,
  roles: readonly AggregatorRole[] = ['leader', 'trustee'],
): Promise<Reports> {
  const kind = kindFor(node);
  counted.set(day, [...(counted.get(day) ?? []), kind.cells]);
  const reports = await reportOf(node, day, kind);
  for (const role of roles) expect(await give(node, role, reports[role])).toBe('blind-receipt');
  return reports;
}

const sendAll = (nodes: readonly TestNode[], day: string): Promise<unknown> =>
  Promise.all(nodes.map((node) => send(node, day)));

/** A report whose first cell is too large by 1,000. */
function outOfRange({ shares, ...kind }: Kind): Kind {
  const leader = Buffer.from(shares.inputShares.leader);
  const element = (leader.readBigUInt64LE(16) + (leader.readBigUInt64LE(24) << 64n) + 1_000n) % FIELD;
  leader.writeBigUInt64LE(element & (2n ** 64n - 1n), 16);
  leader.writeBigUInt64LE(element >> 64n, 24);
  return { ...kind, shares: { ...shares, inputShares: { ...shares.inputShares, leader } } };
}

/** The canary's cells around the odd number. */
function neighbours(): { readonly cells: readonly number[]; readonly widths: readonly number[] } {
  const at = names.indexOf('families.git.count');
  const around = <T>(row: readonly T[] = []): readonly T[] => row.slice(at - 2, at + 3);
  return { cells: around(kinds[0]?.cells), widths: around(dayLayout(task.task.words).widths) };
}

/** A process that does hold what leader and trustee must not hold. */
const HOLDER = `process.stdin.once('data', (line) => {
  const cells = JSON.parse(line);
  globalThis.held = [cells, Float64Array.from(cells), BigUint64Array.from(cells, BigInt), Uint32Array.from(cells)];
  console.log('holds');
});`;
const HELD = ['decimal', 'small integers', 'doubles', '64-bit integers', '32-bit integers'];

const HALF = Math.floor(DEVELOPERS / 2);

const sums = (day: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    names.map((name, cell) => [name, (counted.get(day) ?? []).reduce((sum, cells) => sum + (cells[cell] ?? 0), 0)]),
  );

const killed = async (node: MeshNode): Promise<void> => {
  await node.kill();
  await week.start(node);
};

const refusalsAt = async (node: MeshNode): Promise<readonly unknown[]> =>
  (await node.audit('blind.refused')).map(({ details }) => details['code']);

async function ready(day: string, count: number): Promise<void> {
  for (const node of [week.leader, week.trustee]) await week.ready(node, day, count);
}

describe('a week of blind totals', () => {
  let late: Reports;

  test(
    'day 1: everybody reports',
    async () => {
      week.morningAfter(dayOfWeek(0));
      await sendAll(people, dayOfWeek(0));
      await ready(dayOfWeek(0), DEVELOPERS);
    },
    LONG_MS,
  );

  test(
    'day 2: one developer is away, and reports two days later',
    async () => {
      week.morningAfter(dayOfWeek(1));
      await sendAll(people.slice(0, -1), dayOfWeek(1));
      await ready(dayOfWeek(1), DEVELOPERS - 1);
    },
    LONG_MS,
  );

  test(
    'day 3: leader and trustee are killed in the middle of a batch',
    async () => {
      const day = dayOfWeek(2);
      week.morningAfter(day);
      for (const [index, node] of people.slice(0, -1).entries()) {
        await send(node, day);
        // Each alone, after every step: test/blind/aggregators/aggregator-crash.test.ts.
        if (index === HALF) await Promise.all([killed(week.leader), killed(week.trustee)]);
      }
      await ready(day, DEVELOPERS - 1);
      const away = people.at(-1);
      if (!away) throw new Error('expected a developer');
      for (const missed of [dayOfWeek(1), day]) await send(away, missed);
      await ready(day, DEVELOPERS);
      await ready(dayOfWeek(1), DEVELOPERS);
    },
    LONG_MS,
  );

  test(
    'day 4: a report out of range, a second report, a replay and a stolen one are refused',
    async () => {
      const day = dayOfWeek(3);
      week.morningAfter(day);
      const [liar, other, ...honest] = people;
      if (!liar || !other) throw new Error('expected developers');
      const forged = await reportOf(liar, day, outOfRange(kindFor(liar)));
      for (const role of ['leader', 'trustee'] as const)
        expect(await give(liar, role, forged[role])).toBe('blind-receipt');
      const sent = await send(other, day);
      await sendAll(honest, day);
      for (const role of ['leader', 'trustee'] as const) {
        expect(await give(other, role, sent[role])).toBe('blind-receipt');
        expect(await give(other, role, (await reportOf(other, day, kindFor(liar)))[role])).toBe('report_duplicate');
        expect(await give(liar, role, sent[role])).toBe('blind_report_invalid');
        late = await reportOf(other, dayOfWeek(-1), kindFor(other));
        expect(await give(other, role, late[role])).toBe('report_late');
      }
      await ready(day, DEVELOPERS - 1);
      for (const node of [week.leader, week.trustee])
        expect(await refusalsAt(node)).toEqual(
          expect.arrayContaining(['blind_share_invalid', 'report_duplicate', 'blind_report_invalid', 'report_late']),
        );
    },
    LONG_MS,
  );

  test(
    'day 5: the leader loses a third of the reports',
    async () => {
      const day = dayOfWeek(4);
      week.morningAfter(day);
      const isLost = (index: number): boolean => index % 3 === 0;
      await Promise.all(
        people.map((node, index) => send(node, day, isLost(index) ? ['trustee'] : ['leader', 'trustee'])),
      );
      await week.ready(week.leader, day, people.filter((_, index) => !isLost(index)).length);
    },
    LONG_MS,
  );

  test(
    'day 6: the trustee is down, and comes back the day after',
    async () => {
      const day = dayOfWeek(5);
      await week.trustee.kill();
      week.morningAfter(day);
      const kept = await Promise.all(people.map(async (node) => [node, await send(node, day, ['leader'])] as const));
      week.goTo(dayOfWeek(7), HOUR_MS);
      await week.start(week.trustee);
      for (const [node, { trustee }] of kept) expect(await give(node, 'trustee', trustee)).toBe('blind-receipt');
      // The leader presents what the trustee did not have every quarter of an hour.
      week.goTo(dayOfWeek(7), 2 * HOUR_MS);
      await ready(day, DEVELOPERS);
    },
    LONG_MS,
  );

  test(
    'day 7: sybils fill the group up to the floor',
    async () => {
      const identities = Array.from({ length: SYBILS }, () => makeIdentity());
      for (const node of [week.leader, week.trustee]) {
        const lines = identities.map(({ id }) => `"${id}" = "supervisor"`).join('\n');
        const file = join(node.home, 'config', 'managed.toml');
        appendFileSync(file, `[trust.nodes]\n${lines}\n`, { mode: 0o600 });
        await node.reload();
      }
      const sybils = await Promise.all(identities.map(joinMesh));
      const day = dayOfWeek(6);
      week.morningAfter(day);
      const seasoned = people.slice(0, FLOOR - 1);
      await sendAll([...seasoned, ...sybils], day);
      await ready(day, seasoned.length + SYBILS);
    },
    LONG_MS,
  );

  test(
    'every day is released once, exactly, or withheld with its code',
    async () => {
      week.goTo(dayOfWeek(10), HOUR_MS);
      const released = (index: number) => week.released(dayOfWeek(index));
      const everybody = (contributors: number) => ({
        withheld: null,
        blocks: [{ name: 'organisation', contributors }],
      });
      for (const index of [0, 1, 2, 5]) expect(await released(index)).toMatchObject(everybody(DEVELOPERS));
      expect(await released(3)).toMatchObject(everybody(DEVELOPERS - 1));
      expect(await released(6)).toMatchObject({ withheld: 'release_below_floor', blocks: [] });
      expect(await refusalsAt(week.trustee)).toContain('release_incomplete');
      week.goTo(dayOfWeek(12), HOUR_MS);
      expect(await released(4)).toMatchObject({ withheld: 'release_incomplete', blocks: [] });
      for (const index of [0, 1, 2, 3, 5]) {
        const day = dayOfWeek(index);
        const totals = await until(
          () => totalsOf(week.leader, day, names),
          ({ size }) => size > 0,
          ANSWER_MS,
        );
        expect([day, totals.get('organisation')?.cells]).toEqual([day, sums(day)]);
      }
      for (const index of [4, 6]) expect(totalsOf(week.leader, dayOfWeek(index), names).size).toBe(0);
    },
    LONG_MS,
  );

  test('no figure of a single node is in any store, file, ledger or log of leader and trustee', () => {
    expect(bytesHold(Buffer.from(JSON.stringify(kinds[0]?.cells)), CANARY)).toBe(true);
    for (const node of [week.leader, week.trustee]) {
      expect(storedTexts(node).length).toBeGreaterThan(100);
      expect(holdersOf(node, CANARY)).toEqual([]);
      expect(filesHolding(node, CANARY)).toEqual([]);
    }
  });

  // What this shows: no part of the service puts the figures of a node together, keeps them, or
  // leaves them behind in memory that was freed. What it cannot show: a form that is not looked
  // for, and what was in memory earlier and has been overwritten.
  (canReadMemory() ? test : test.skip)('nor in their memory, where shares and totals are', async () => {
    const { cells, widths } = neighbours();
    const forms = formsOf(cells, widths);
    const holder = spawn(process.execPath, ['-e', HOLDER], { stdio: ['pipe', 'pipe', 'inherit'] });
    holder.stdin.write(`${JSON.stringify(cells)}\n`);
    await once(holder.stdout, 'data');
    expect(memoryHolds(holder.pid ?? 0, forms)).toEqual(expect.arrayContaining(HELD));
    holder.kill();
    for (const node of [week.leader, week.trustee]) {
      const found = memoryHolds(week.pid(node), new Map([...forms, ['task', Buffer.from(task.id)]]));
      expect([node.name, found]).toEqual([node.name, ['task']]);
    }
  });

  (canCapture() ? test : test.skip)('nor is it readable on the network, as is nothing else of a report', async () => {
    const captured = (await capture?.end()) ?? Buffer.alloc(0);
    // Each report of a week has passed.
    expect(captured.length).toBeGreaterThan(7 * DEVELOPERS * 30_000);
    expect(bytesHold(captured, CANARY)).toBe(false);
    for (const words of ['families.git', 'blind-report', 'blind-prepare', 'payload', task.id])
      expect([words, captured.includes(words)]).toEqual([words, false]);
  });

  test('the release log of the trustee is what its owner sees', async () => {
    const shown = await ran(week.trustee, 'blind', 'roles');
    expect(shown).toContain(`${dayOfWeek(0)}: released, organisation: ${DEVELOPERS} nodes`);
    expect(shown).toContain(`${dayOfWeek(6)}: no total: too few nodes reported`);
  });
});

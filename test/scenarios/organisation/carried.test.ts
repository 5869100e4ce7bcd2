/**
 * An organization without any network: one folder is carried from node to node, as on a USB stick.
 * Real services on a clock that is set forward.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ReportedDay } from '../../../src/domain/blind/participation.ts';
import { canonical } from '../../../src/domain/encoding/canonical.ts';
import { isoTime } from '../../../src/domain/time/iso-time.ts';
import { DAY_MS } from '../../../src/domain/time/period.ts';
import { makeClock, type TestClock } from '../../rig/clock/test-clock.ts';
import type { MeshNode } from '../../rig/mesh-nodes.ts';
import { foundOrganisation, isMember, type Organisation, orgStatus, ran } from '../../rig/organisation.ts';
import { caro, caroBehind } from '../../rig/service.ts';
import { lastingFolder } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const HOUR_MS = 3_600_000;
/** As many as the floor of the task. */
const NAMES = ['dev-anna', 'dev-ben', 'dev-cleo', 'dev-dana', 'dev-emil'];
const ROLES: Readonly<Record<string, string>> = { analyst: 'leader', 'works-council': 'trustee' };
const folder = lastingFolder();
const stick = join(folder, 'stick');
const boxes = join(stick, 'boxes');
let org: Organisation;
let clock: TestClock;

interface Visit {
  readonly carried: {
    readonly requests: number;
    readonly replies: number;
    readonly written: number;
    readonly elsewhere: number;
    readonly refused: readonly { readonly file: string; readonly code: string }[];
  };
}

/** `caro blind totals --json`, as far as it is needed here. */
interface TotalsShown {
  readonly cells: readonly string[];
  readonly days: readonly {
    readonly day: string;
    readonly contributors: number | null;
    readonly values: readonly (number | null)[];
  }[];
}

const visit = async (node: MeshNode): Promise<Visit['carried']> =>
  (JSON.parse(await ran(node, 'org', 'import', stick, '--json')) as Visit).carried;

const reported = async (node: MeshNode): Promise<readonly ReportedDay[]> =>
  (await ran(node, 'blind', 'list', '--json'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ReportedDay);

/** Each node has another number of commands: 15 together. */
async function everybodyWorks(): Promise<void> {
  for (const [at, node] of org.nodes.entries()) {
    const commands = Array.from({ length: at + 1 }, () => 'git status');
    await node.observe(commands.map((text, step) => ({ text, atMs: clock.now() - 60_000 + step })));
  }
}

/** Beside each reply another one that cannot be opened, before it and after it. */
function forgeReplies(): void {
  const names = readdirSync(boxes).filter((name) => name.startsWith('caro.org.reply.'));
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) {
    const carried = JSON.parse(readFileSync(join(boxes, name), 'utf8')) as { readonly box: string };
    const text = canonical({
      ...carried,
      box: Buffer.alloc(Buffer.from(carried.box, 'base64').length).toString('base64'),
    });
    for (const place of ['0', 'z']) writeFileSync(join(boxes, `${place}${name}`), `${text}\n`);
  }
}

const today = (): string => isoTime(clock.now()).slice(0, 10);

beforeAll(async () => {
  org = await foundOrganisation(folder, NAMES, {
    isApart: true,
    toml: (name) => `[blind]\nrole = "${ROLES[name] ?? 'none'}"\nfloor = 5\n`,
  });
  clock = makeClock(folder);
  mkdirSync(stick);
  for (const node of org.nodes) {
    await ran(node, 'org', 'join', org.file, '--unit', 'berlin', '--yes');
    await ran(node, 'org', 'export', join(node.home, 'carried'));
    await ran(org.analyst, 'org', 'import', join(node.home, 'carried'));
  }
  await org.officer('approve', ...NAMES);
  await org.publish();
  await ran(org.trustee, 'org', 'import', org.folder);
  const file = (name: string): string => join(folder, name);
  const terms = ['--floor', '5', '--window', '24', '--season', '1'];
  await ran(org.analyst, 'blind', 'create', 'team', '--trustee', org.trustee.name, ...terms, '--output', file('draft'));
  await ran(org.trustee, 'blind', 'endorse', file('draft'), '--output', file('offer'), '--yes');
  await ran(org.analyst, 'blind', 'endorse', file('offer'), '--output', file('task'), '--yes');
  const midnight = Date.parse(`${today()}T00:00:00.000Z`) + DAY_MS;
  clock.set(midnight + 10 * HOUR_MS);
  for (const node of [org.analyst, org.trustee, ...org.nodes]) {
    await node.stop();
    await node.start(clock.prefix);
  }
  await ran(org.analyst, 'org', 'export', stick);
}, 300_000);
afterAll(async () => {
  await org.end();
  clock.close();
});

test('members learn from the folder that they are members', async () => {
  for (const node of org.nodes) await visit(node);
  const taken = await visit(org.analyst);
  expect(taken).toMatchObject({ requests: expect.any(Number), refused: [] });
  for (const node of org.nodes) {
    await visit(node);
    expect((await orgStatus(node, isMember)).membership?.name).toBe(node.name);
  }
});

test('a report goes to leader and trustee in the folder, whoever carries it can read nothing, and both receipts come back', async () => {
  const day = today();
  for (const node of org.nodes) await ran(node, 'blind', 'join', join(folder, 'task'), '--yes');
  await everybodyWorks();
  clock.set(Date.parse(`${day}T00:00:00.000Z`) + DAY_MS + 7 * HOUR_MS);
  for (const node of org.nodes) expect((await visit(node)).written).toBeGreaterThanOrEqual(2);
  const carried = readdirSync(boxes).map((name) => `${name} ${readFileSync(join(boxes, name), 'utf8')}`);
  const secrets = [org.analyst, org.trustee, ...org.nodes].flatMap(({ name, id }) => [name, id.slice(12)]);
  const isReadable = (word: string): boolean => carried.some((text) => text.includes(word));
  expect([...secrets, 'berlin', 'blind-report', 'families'].filter(isReadable)).toEqual([]);

  for (const node of [org.analyst, org.trustee]) await visit(node);
  forgeReplies();
  for (const node of org.nodes) {
    await visit(node);
    const days = await reported(node);
    expect(days.find((one) => one.day === day)).toMatchObject({
      leader: { receivedAt: expect.any(String), refused: null },
      trustee: { receivedAt: expect.any(String), refused: null },
    });
    const sent = await node.call('egress.list', { limit: 50 });
    expect(sent.filter(({ type }) => type === 'blind-report').map(({ address }) => address)).toEqual([
      'folder',
      'folder',
    ]);
  }
});

test('the exact total of seasoned members comes back to the analyst, and its size to each of them', async () => {
  // A task counts nobody on the first day of a membership.
  const day = isoTime(clock.now() + DAY_MS).slice(0, 10);
  const midnight = Date.parse(`${day}T00:00:00.000Z`);
  clock.set(midnight + 10 * HOUR_MS);
  await everybodyWorks();
  clock.set(midnight + DAY_MS + 7 * HOUR_MS);
  for (const node of org.nodes) await visit(node);
  const reports = join(folder, 'reports');
  const isRequest = (path: string): boolean => path === boxes || path.startsWith(join(boxes, 'caro.in.'));
  cpSync(boxes, reports, { recursive: true, filter: isRequest });
  const totalled = await until(
    async () => {
      clock.set(clock.now() + HOUR_MS);
      // Whoever carries the folder shows the same reports on each visit.
      cpSync(reports, boxes, { recursive: true });
      for (const node of [org.analyst, org.trustee]) await visit(node);
      if (!(await ran(org.analyst, 'blind', 'roles')).includes(`${day}: released`)) return null;
      const { stdout } = await caroBehind(clock.prefix, org.analyst.home, 'blind', 'totals', '--json');
      const { cells, days } = JSON.parse(stdout) as TotalsShown;
      const found = days.find((one) => one.day === day);
      return { contributors: found?.contributors, commands: found?.values[cells.indexOf('families.git.count')] };
    },
    (found) => typeof found?.contributors === 'number',
    150_000,
  );
  expect(totalled).toEqual({ contributors: 5, commands: 15 });

  // A request to the trustee for the log of releases, and its reply.
  const sizes = await until(
    async () => {
      clock.set(clock.now() + HOUR_MS);
      for (const node of [...org.nodes, org.trustee, ...org.nodes]) await visit(node);
      const lists = await Promise.all(org.nodes.map(reported));
      return lists.map((days) => days.find((one) => one.day === day)?.release?.contributors);
    },
    (found) => found.every((size) => size !== undefined),
  );
  expect(sizes).toEqual(NAMES.map(() => 5));
}, 300_000);

test('garbage, a changed message and a message for another mailbox are refused, and stay in the folder', async () => {
  const [node] = org.nodes;
  if (!node) throw new Error('expected a node');
  rmSync(boxes, { recursive: true, force: true });
  await visit(node);
  const name = readdirSync(boxes).find((one) => one.startsWith('caro.in.'));
  if (name === undefined) throw new Error('expected a request in the folder');
  const text = readFileSync(join(boxes, name), 'utf8');
  const [, , to = '', from = '', id = ''] = name.split('.');
  const forged = `caro.in.${to}.${'0'.repeat(32)}.${id}`;
  writeFileSync(join(boxes, `${forged}.json`), text.replace(from, '0'.repeat(32)));
  writeFileSync(join(boxes, 'garbage.json'), '{"type":"caro.carried"}\n');
  writeFileSync(join(boxes, 'binary.json'), Buffer.from([0, 255, 1, 254]));
  // Nobody writes into the one, and the other leads out of the folder.
  execFileSync('mkfifo', [join(boxes, 'pipe.json')]);
  symlinkSync(join(node.home, 'config', 'caro.toml'), join(boxes, 'link.json'));
  const results = [await visit(org.analyst), await visit(org.trustee)];
  const codes = new Map(results.flatMap(({ refused }) => refused.map(({ file, code }) => [file, code] as const)));
  expect(codes.get('boxes/garbage.json')).toBe('message_malformed');
  for (const name of ['binary', 'pipe', 'link']) expect(codes.get(`boxes/${name}.json`)).toBe('message_malformed');
  expect(codes.get(`boxes/${forged}.json`)).toBe('blind_box_invalid');
  const shown = await caro(node.home, 'org', 'import', stick);
  expect(shown.stdout).toMatch(/refused: boxes\/garbage\.json: message_malformed/);
  renameSync(join(stick, 'heads'), join(stick, 'no-heads'));
  mkdirSync(join(stick, 'heads'));
  writeFileSync(join(stick, 'heads', '000001.json'), 'garbage');
  const broken = await caro(node.home, 'org', 'import', stick);
  expect(broken.code).toBe(1);
  expect(broken.stderr).toMatch(/roster_invalid|expected/);
  rmSync(join(stick, 'heads', '000001.json'));
  execFileSync('mkfifo', [join(stick, 'heads', '000001.json')]);
  const waiting = await caro(node.home, 'org', 'import', stick);
  expect(waiting.stderr).toContain('000001.json: expected a regular file of at most 64 MiB, got another');
});

/**
 * A node that takes part in blind totals, with real services: consent, reports, receipts, the
 * ledger, and what supervisors still get.
 */
import { execFile } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BlindReport } from '../../../src/blind/documents.ts';
import { splitReport } from '../../../src/blind/report-bytes.ts';
import type { BlindStatus, DayCells, ReportedDay } from '../../../src/domain/blind/participation.ts';
import type { Envelope } from '../../../src/domain/identity/signed-envelope.ts';
import { openDatabase } from '../../../src/storage/database.ts';
import { connected, type MeshNode, makeNode } from '../../rig/mesh-nodes.ts';
import { CARO, type CommandOutcome, homeEnvironment } from '../../rig/service.ts';
import { lastingFolder } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const DAY_MS = 86_400_000;
const REPORT_MS = 60_000;
let leader: MeshNode;
let trustee: MeshNode;
let node: MeshNode;
const file = (name: string): string => join(node.home, name);

const caro = (of: MeshNode, ...args: readonly string[]): Promise<CommandOutcome> =>
  new Promise((done) => {
    execFile(CARO, args, { env: homeEnvironment(of.home) }, (error, stdout, stderr) =>
      done({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });

async function ok(of: MeshNode, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await caro(of, ...args);
  expect([args, code, stderr.replaceAll(/^#.*\n/gm, '').trim()]).toEqual([args, 0, '']);
  return stdout;
}

/** As if the owner had consented three days ago: no test waits for midnight. */
function joinedEarlier(days: number): void {
  const { database } = openDatabase(join(node.home, 'data', 'caro.db'), Date.now());
  database.prepare('UPDATE blind_joined SET joined_ms = joined_ms - ?').run(days * DAY_MS);
  database.close();
}

async function makeTask(): Promise<void> {
  await ok(leader, 'blind', 'create', 'team', '--trustee', 'trustee', '--output', file('draft'));
  await ok(trustee, 'blind', 'endorse', file('draft'), '--output', file('offer'), '--yes');
  await ok(leader, 'blind', 'endorse', file('offer'), '--output', file('task'), '--yes');
}

beforeAll(async () => {
  leader = await makeNode(lastingFolder(), 'leader');
  trustee = await makeNode(lastingFolder(), 'trustee');
  node = await makeNode(lastingFolder(), 'dev');
  leader.configure({ dials: [trustee, node], trust: { [trustee.id]: 'peer', [node.id]: 'peer' } });
  trustee.configure({ names: [leader], dials: [node], trust: { [leader.id]: 'peer', [node.id]: 'peer' } });
  node.configure({
    names: [leader, trustee],
    trust: { [leader.id]: 'supervisor', [trustee.id]: 'supervisor' },
    level: 2,
  });
  for (const [of, role] of [
    [leader, 'leader'],
    [trustee, 'trustee'],
  ] as const)
    appendFileSync(join(of.home, 'config', 'caro.toml'), `[blind]\nrole = "${role}"\n`);
  for (const one of [node, leader, trustee]) await one.start();
  await connected(leader, [trustee, node]);
  await connected(trustee, [node]);
  await makeTask();
}, REPORT_MS);
afterAll(async () => {
  for (const one of [node, leader, trustee]) await one.stop();
});

const status = async (): Promise<BlindStatus> => JSON.parse(await ok(node, 'blind', 'status', '--json')) as BlindStatus;
const days = async (): Promise<readonly ReportedDay[]> =>
  (await ok(node, 'blind', 'list', '--json'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ReportedDay);
const asked = async () => (await leader.call('mesh.query', { type: 'safety-posture', timeoutMs: 10_000 })).targets;

describe('before it joins', () => {
  test('takes part in nothing, and answers its supervisor (S4)', async () => {
    expect(await status()).toMatchObject({ task: null });
    expect((await caro(node, 'blind', 'preview')).stderr).toContain('caro blind join FILE');
    expect(await asked()).toContainEqual(expect.objectContaining({ id: node.id, state: 'answered' }));
  });

  test('refuses a task whose floor is below its own, and one that somebody has changed', async () => {
    appendFileSync(join(node.home, 'config', 'caro.toml'), '[blind]\nfloor = 21\n');
    await node.reload();
    expect((await caro(node, 'blind', 'join', file('task'), '--yes')).stderr).toContain('blind.floor');
    const toml = join(node.home, 'config', 'caro.toml');
    const text = readFileSync(toml, 'utf8').replace('floor = 21', 'floor = 20');
    appendFileSync(toml, '');
    const { writeFileSync } = await import('node:fs');
    writeFileSync(toml, text, { mode: 0o600 });
    await node.reload();
    const forged = readFileSync(file('task'), 'utf8').replace(
      /"payload":"(.)/,
      (_all, one) => `"payload":"${one === 'e' ? 'f' : 'e'}`,
    );
    writeFileSync(file('forged'), forged);
    const { code, stderr } = await caro(node, 'blind', 'join', file('forged'), '--yes');
    expect([code, stderr]).toEqual([1, expect.stringContaining('blind task')]);
    writeFileSync(file('long'), ' '.repeat(70_000));
    expect((await caro(node, 'blind', 'join', file('long'), '--yes')).stderr).toContain('the file of a task, got');
    // The file comes before the question, which nobody can answer here.
    for (const name of ['forged', 'long', 'none']) {
      const unasked = await caro(node, 'blind', 'join', file(name));
      expect([name, unasked.stderr]).toEqual([name, expect.not.stringContaining('--yes')]);
    }
    expect((await caro(node, 'blind', 'endorse', file('draft'), '--output', file('no'))).stderr).toContain('trustee');
    expect(await status()).toMatchObject({ task: null });
  });
});

describe('joining', () => {
  test('shows what leaves, to whom, how often and what it cannot hide, and needs a consent', async () => {
    const refused = await caro(node, 'blind', 'join', file('task'));
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--yes')]);
    expect(refused.stdout).toContain('no figures of it alone (sharing.live = false)');
    expect(await status()).toMatchObject({ task: null });
    const shown = await ok(node, 'blind', 'join', file('task'), '--yes');
    for (const words of [
      'leader',
      'trustee',
      'Once a day',
      'at least 20',
      'cannot hide',
      'not been audited',
      '0 in the other',
    ])
      expect(shown).toContain(words);
    expect(await status()).toMatchObject({ task: { name: 'team', floor: 20 }, stoppedBy: null });
    expect(await node.audited('blind.joined')).toHaveLength(1);
    expect((await caro(node, 'blind', 'join', file('task'), '--yes')).stderr).toContain('caro blind leave');
  });

  test('ends plain answers for supervisors, with a rule of its own in the audit log', async () => {
    await node.observe([{ text: 'git push --force origin main', atMs: Date.now() - 1_000 }]);
    expect(await asked()).toContainEqual(expect.objectContaining({ id: node.id, state: 'access_denied' }));
    const records = await node.audit('query.answered');
    expect(records[0]?.details).toMatchObject({ decision: 'deny', rule: 'sharing.live', result: 'access_denied' });
  });

  test('previews every cell of the day', async () => {
    const preview = JSON.parse(await ok(node, 'blind', 'preview', '--json')) as DayCells;
    const value = (name: string) => preview.cells.find((cell) => cell.name === name)?.value;
    expect(preview.closed).toBe(false);
    expect([value('families.git.count'), value('rules.git.nodes'), value('authors.human.count')]).toEqual([1, 1, 1]);
    const shown = await ok(node, 'blind', 'preview');
    expect(shown).toContain('families.git.count: 1');
    expect(shown).toContain('\n    anomalies: unusual-volume, ');
    expect(shown).toContain('\n    dropped\n');
  });
});

describe('reports', () => {
  beforeAll(async () => {
    await node.stop();
    joinedEarlier(2);
    await node.start();
    await until(days, (found) => found.filter(({ madeAt }) => madeAt !== null).length > 0, REPORT_MS);
    await until(status, ({ waiting }) => waiting === 0, REPORT_MS);
  }, REPORT_MS);

  test('about days that are over have two receipts, also where nothing was typed', async () => {
    const made = (await days()).filter(({ madeAt }) => madeAt !== null);
    for (const { leader: one, trustee: other } of made) {
      expect([one?.refused, other?.refused]).toEqual([null, null]);
      expect(one?.receivedAt).toMatch(/^\d{4}-/);
      expect(other?.receivedAt).toMatch(/^\d{4}-/);
    }
    expect(await ok(node, 'blind', 'list')).toContain('sent, two receipts');
    expect(await node.audit('report.sent')).toHaveLength(2 * made.length);
    const [task] = await leader.call('blind.roles', {});
    expect(task?.open.map(({ day, received }) => [day, received])).toEqual(made.map(({ day }) => [day, 1]));
  });

  test('are in the ledger, which makes the same bytes again from cells and randomness', async () => {
    const sent = (await node.call('egress.list', {})).filter(({ type }) => type === 'blind-report');
    expect(sent.length).toBeGreaterThan(1);
    for (const { seq, rule, level } of sent) {
      expect([rule, level]).toEqual(['blind.task', null]);
      const { stdout, stderr } = await caro(node, 'egress', 'show', String(seq));
      expect(stderr).toContain('its bytes are the same');
      expect(stdout).toBe((await node.call('egress.show', { seq })).bytes);
    }
  });

  test('hold no figure that is readable, and go to the aggregator that they are for', async () => {
    const sent = (await node.call('egress.list', {})).filter(({ type }) => type === 'blind-report');
    for (const { seq, recipient } of sent) {
      const { bytes } = await node.call('egress.show', { seq });
      const message = JSON.parse(Buffer.from((JSON.parse(bytes) as Envelope).payload, 'base64').toString()) as {
        readonly body: { readonly report: Envelope };
      };
      const { head, box } = splitReport(Buffer.from(message.body.report.payload, 'base64'));
      const report = JSON.parse(head) as BlindReport;
      expect(box.length).toBeLessThan(report.role === 'leader' ? 30_000 : 97);
      expect(recipient).toBe(report.role === 'leader' ? leader.id : trustee.id);
      expect(Object.keys(report).sort()).toEqual(
        ['day', 'node', 'nonce', 'publicShare', 'role', 'task', 'type', 'version'].sort(),
      );
    }
  });

  test('are not made again after a restart', async () => {
    const before = await days();
    await node.kill();
    await node.start();
    await connected(leader, [node]);
    const after = await days();
    expect(after.map(({ day, madeAt }) => [day, madeAt])).toEqual(before.map(({ day, madeAt }) => [day, madeAt]));
  });

  test('stop with one switch, and leaving ends it all', async () => {
    await node.call('settings.change', { set: 'blind', report: false });
    expect(await status()).toMatchObject({ stoppedBy: 'blind.report' });
    await node.call('settings.change', { set: 'blind', report: true });
    expect(await status()).toMatchObject({ stoppedBy: null });
    expect(await ok(node, 'blind', 'leave')).toContain('in force');
    expect(await status()).toMatchObject({ task: null });
    expect(await node.audited('blind.left')).toHaveLength(1);
    expect(await asked()).toContainEqual(expect.objectContaining({ id: node.id, state: 'answered' }));
  });
});

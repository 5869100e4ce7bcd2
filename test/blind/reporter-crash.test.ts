/**
 * A node that is killed by SIGKILL between any two steps of a report: measured, made, spent, sent
 * and receipt. A real process on real SQLite.
 */
import { spawn } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { encodeTask } from '../../src/blind/task.ts';
import type { Envelope } from '../../src/domain/identity/signed-envelope.ts';
import { openIdentity } from '../../src/identity/identity.ts';
import { createReportStore } from '../../src/storage/blind/report-store.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { bundledProgram } from '../rig/programs/bundled-program.ts';
import { lastingFolder } from '../rig/temporary-folder.ts';
import { makeTask } from './tasks.ts';

/** Few, so that a report takes a few milliseconds. */
const WORDS = { families: ['vcs'], ruleFamilies: ['files'], techniques: ['T1059'] };
let fresh: string;
let task: string;

beforeAll(async () => {
  fresh = lastingFolder();
  const rig = await makeTask(fresh, { words: WORDS });
  task = rig.task.id;
  openIdentity(join(fresh, 'node.key'));
  writeFileSync(join(fresh, 'task.json'), encodeTask(rig.task));
  const { database } = openDatabase(join(fresh, 'caro.db'), 0);
  createReportStore(database).join(task, { document: rig.task.envelope, floor: 20, joinedMs: 0 });
  database.close();
});

const program = bundledProgram(join(__dirname, 'reporter-child.ts'));

/** Resolves with the signal that ended the node; null if it ended by itself. */
const run = (folder: string, endAt: number): Promise<NodeJS.Signals | null> =>
  new Promise((done, failed) => {
    const child = spawn(process.execPath, [program, folder, String(endAt)], { stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.once('exit', (code, signal) => {
      if (code !== null && code !== 0) failed(new Error(errors));
      else done(signal);
    });
  });

function copy(): string {
  const folder = lastingFolder();
  cpSync(fresh, folder, { recursive: true });
  return folder;
}

const sentIn = (folder: string): readonly { readonly role: string; readonly report: Envelope }[] =>
  readFileSync(join(folder, 'sent.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { role: string; report: Envelope });

test('sends the same bytes again, and never a second report', async () => {
  const whole = copy();
  expect(await run(whole, 0)).toBeNull();
  const moments = Number(readFileSync(join(whole, 'moments'), 'utf8'));
  expect(moments).toBeGreaterThan(10);
  for (let moment = 1; moment <= moments; moment += 1) {
    const folder = copy();
    expect(await run(folder, moment)).toBe('SIGKILL');
    expect(await run(folder, 0)).toBeNull();
    const sent = sentIn(folder);
    const payloads = (role: string) =>
      new Set(sent.filter((one) => one.role === role).map(({ report }) => report.payload));
    expect([moment, payloads('leader').size, payloads('trustee').size]).toEqual([moment, 1, 1]);
    const { database } = openDatabase(join(folder, 'caro.db'), 0);
    const store = createReportStore(database);
    expect(store.days(10)).toHaveLength(1);
    expect(store.days(10)[0]?.deliveries.map(({ receivedMs }) => receivedMs !== null)).toEqual([true, true]);
    expect([store.outbox(task, 'leader'), store.outbox(task, 'trustee')]).toEqual([[], []]);
    database.close();
  }
}, 240_000);

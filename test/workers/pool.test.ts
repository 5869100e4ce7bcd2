import { createPrivateKey, createPublicKey, verify as opensslVerify, randomBytes } from 'node:crypto';
import { truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { NodeSummary } from '../../src/domain/summaries/summary.ts';
import { openEnvelope } from '../../src/identity/envelope.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { createEventStore } from '../../src/storage/events/event-store.ts';
import { openPool } from '../../src/workers/pool.ts';
import { codeOfPromise } from '../rig/error-code.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const folder = temporaryFolders();
const pool = openPool(resolve(__dirname, '../../dist/worker.js'));
afterAll(() => pool.close());

const HOUR = 3_600_000;
const START = Date.parse('2026-03-04T12:00:00Z');

function keyPair(): { seed: Uint8Array; publicKey: Uint8Array } {
  const seed = randomBytes(32);
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const key = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  return { seed, publicKey: new Uint8Array(key.export({ format: 'der', type: 'spki' }).subarray(-32)) };
}

test('a summary made and signed in a thread opens with the node key and holds closed words only (FR-502, FR-503)', async () => {
  const file = join(folder(), 'caro.db');
  const { database } = openDatabase(file, START);
  createEventStore(database, 'host').commit({
    started: [0, 1, 2].map((command) => ({
      key: { session: 'bash.1.1', command },
      startMs: START + command * 20 * 60_000,
      shell: 'bash',
      command: 'git push canary-text',
      cwd: '/canary/path',
      tools: ['git'],
      category: 'version-control',
      pattern: { name: 'git push', tool: 'git' },
      risk: 'high',
      rules: ['git.push-force'],
      redacted: command === 0,
    })),
    finished: [{ key: { session: 'bash.1.1', command: 1 }, exitCode: 1, durationMs: 250, endMs: null }],
    ended: [],
    offsets: [],
    dropped: [{ shell: 'zsh', count: 2 }],
    nowMs: START,
  });
  const payload = await pool.run('summarize', {
    databaseFile: file,
    period: { kind: 'hourly', startMs: START, endMs: START + HOUR },
    head: {
      id: 'a'.repeat(32),
      replaces: null,
      node: 'caro:ed25519:x',
      createdAt: 'now',
      nonce: 'b'.repeat(32),
      catalogueVersion: 1,
    },
    rules: { 'git.push-force': { family: 'git', technique: 'T1485' } },
    keptBack: [],
  });
  const { seed, publicKey } = keyPair();
  const document = await pool.run('sealSummary', {
    seed,
    fingerprint: '0'.repeat(16),
    payloadType: 'application/x',
    payload,
  });
  const summary = JSON.parse(Buffer.from(openEnvelope(document, publicKey)).toString()) as NodeSummary;
  expect(summary.patterns).toEqual([{ name: 'git push', count: 3 }]);
  expect(summary.tools).toMatchObject([{ name: 'git', count: 3, failures: 1, durationMsSum: 250 }]);
  expect(summary.safety).toEqual({
    levels: { safe: 0, moderate: 0, high: 3, critical: 0 },
    families: [{ name: 'git', count: 3 }],
    techniques: [{ name: 'T1485', count: 3 }],
  });
  expect(summary.coverage).toEqual({ observed: 3, redacted: 1, dropped: 2, shells: ['bash', 'zsh'] });
  expect(summary.activity.hours.reduce((sum, count) => sum + count, 0)).toBe(3);
  expect(JSON.stringify(summary)).not.toContain('canary');
  database.close();
});

test('the thread signs as OpenSSL does', async () => {
  const { seed, publicKey } = keyPair();
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), publicKey]);
  const message = randomBytes(100);
  const { signatures, payload } = await pool.run('sealSummary', {
    seed,
    fingerprint: '0'.repeat(16),
    payloadType: 't/x',
    payload: message,
  });
  const signed = Buffer.concat([Buffer.from(`DSSEv1 3 t/x ${message.length} `), Buffer.from(payload, 'base64')]);
  const signature = Buffer.from(signatures[0]?.sig ?? '', 'base64');
  expect(opensslVerify(null, signed, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature)).toBe(true);
  expect(
    await pool.run('verifyBatch', [
      { publicKey, message: signed, signature },
      { publicKey, message, signature },
    ]),
  ).toEqual([true, false]);
});

test('an error of a task keeps its code and its text', async () => {
  const home = folder();
  const databaseFile = join(home, 'caro.db');
  openDatabase(databaseFile, 0).database.close();
  // Larger than any disk, and takes up nothing.
  writeFileSync(`${databaseFile}-wal`, '');
  truncateSync(`${databaseFile}-wal`, 2 ** 43);
  await expect(pool.run('backup', { databaseFile, folder: home, nowMs: 0 })).rejects.toMatchObject({
    code: 'disk_full',
    message: expect.stringContaining('free for a copy of the database'),
  });
});

test('a task that fails in another way says so, and the pool goes on', async () => {
  const { seed } = keyPair();
  await expect(
    pool.run('verifyAuditLog', { databaseFile: '/nonexistent/caro.db', publicKey: seed }),
  ).rejects.toMatchObject({
    code: 'worker_failed',
  });
  expect(await pool.run('verifyBatch', [])).toEqual([]);
});

test('a task that takes too long is ended, one that is cancelled as well, and the next one runs', async () => {
  const { publicKey } = keyPair();
  const message = new Uint8Array(1);
  const endless = Array.from({ length: 200_000 }, () => ({
    publicKey,
    message,
    signature: new Uint8Array(64).fill(1),
  }));
  await expect(pool.run('verifyBatch', endless, { timeoutMs: 30 })).rejects.toMatchObject({
    code: 'worker_failed',
    message: expect.stringContaining('longer than 30 ms'),
  });
  const cancel = new AbortController();
  const running = pool.run('verifyBatch', endless, { signal: cancel.signal });
  cancel.abort();
  await expect(running).rejects.toMatchObject({ code: 'worker_failed' });
  expect(await pool.run('verifyBatch', [])).toEqual([]);
});

test('a thread that crashes fails its task alone', async () => {
  const crashing = openPool(resolve(__dirname, 'crashing-worker.cjs'));
  await expect(crashing.run('sealSummary', {} as never)).rejects.toMatchObject({ code: 'worker_failed' });
  expect(await crashing.run('verifyBatch', [])).toEqual([]);
  await crashing.close();
});

test('a thread that cannot load its file fails its task and not the service, and the next task runs', async () => {
  const file = join(folder(), 'worker.cjs');
  // As in the moment in which a newer version is installed.
  writeFileSync(file, 'throw new Error("cannot load")');
  const replaced = openPool(file);
  await expect(replaced.run('verifyBatch', [])).rejects.toMatchObject({ code: 'worker_failed' });
  writeFileSync(file, 'exports.measureDay = () => []; exports.verifyBatch = () => [true];');
  expect(await replaced.run('verifyBatch', [])).toEqual([true]);
  await replaced.close();
});

test('a task that is running when the pool is closed fails because of that, not by itself', async () => {
  const own = openPool(resolve(__dirname, '../../dist/worker.js'));
  const command = { command: 'echo $(date) '.repeat(50_000), shell: 'bash', cwd: null, home: '/home/ada' } as const;
  const running = own.run('rateCommand', command);
  const failed = expect(running).rejects.toMatchObject({ code: 'not_running' });
  await own.close();
  await failed;
  expect(await codeOfPromise(own.run('verifyBatch', []))).toBe('not_running');
});

import { existsSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import { until } from '../../rig/until.ts';
import { type DashboardRig, loginTokenIn, openRig, postLogin } from '../dashboard-rig.ts';

let rig: DashboardRig;
afterEach(() => rig.close());

test('a login link that was not opened in time is refused, and its file is gone', async () => {
  rig = await openRig({ loginLifetimeMs: 50 });
  const { file } = await rig.dashboard.mintLogin();
  const token = loginTokenIn(file);
  await until(() => !existsSync(file));
  expect((await postLogin(rig.dashboard, token)).status).toBe(403);
});

test('an expired link is refused by the clock even if its timer is late', async () => {
  let nowMs = Date.now();
  rig = await openRig({ now: () => nowMs });
  const { file } = await rig.dashboard.mintLogin();
  nowMs += 2 * 60_000;
  expect((await postLogin(rig.dashboard, loginTokenIn(file))).status).toBe(403);
});

test('a session expires', async () => {
  rig = await openRig({ sessionMs: 1_500 });
  const login = await rig.login();
  expect((await rig.get('/api/status', login)).status).toBe(200);
  await until(async () => (await rig.get('/api/status', login)).status === 401);
});

test('after many refusals, wrong tokens are limited and the correct token is still accepted', async () => {
  const nowMs = Date.now();
  rig = await openRig({ now: () => nowMs });
  const { file } = await rig.dashboard.mintLogin();
  const answers: number[] = [];
  for (let attempt = 0; attempt < 25; attempt += 1) {
    answers.push((await postLogin(rig.dashboard, 'C'.repeat(43))).status);
  }
  expect(answers.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 403));
  expect(answers.at(-1)).toBe(429);
  expect((await postLogin(rig.dashboard, loginTokenIn(file))).status).toBe(200);
});

test('of nine open logins the oldest is revoked, with its file', async () => {
  rig = await openRig();
  const files: string[] = [];
  for (let login = 0; login < 9; login += 1) files.push((await rig.dashboard.mintLogin()).file);
  const tokens = files.slice(1).map(loginTokenIn);
  const [oldest = ''] = files;
  await until(() => !existsSync(oldest));
  expect(files.filter((file) => existsSync(file))).toEqual(files.slice(1));
  const answers: number[] = [];
  for (const token of tokens) answers.push((await postLogin(rig.dashboard, token)).status);
  expect(answers).toEqual(tokens.map(() => 200));
});

test('a login that is revoked for a newer one is refused', async () => {
  rig = await openRig();
  const token = loginTokenIn((await rig.dashboard.mintLogin()).file);
  for (let login = 0; login < 8; login += 1) await rig.dashboard.mintLogin();
  expect((await postLogin(rig.dashboard, token)).status).toBe(403);
});

test('the audit log counts refusals instead of listing each', async () => {
  rig = await openRig();
  for (let attempt = 0; attempt < 5; attempt += 1) await postLogin(rig.dashboard, 'D'.repeat(43));
  await until(async () => (await rig.bus.request('audit.list', { type: 'dashboard.refused' })).length > 0);
  const records = await rig.bus.request('audit.list', { type: 'dashboard.refused' });
  expect(records.map((record) => record.details)).toEqual([{ reason: 'login', count: 1 }]);
});

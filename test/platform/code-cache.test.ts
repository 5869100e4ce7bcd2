import { chmodSync, existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { until } from '../rig/until.ts';
import { type DashboardRig, openRig } from '../web/dashboard-rig.ts';

let rig: DashboardRig;
let file: string;
beforeEach(async () => {
  rig = await openRig({ idleMs: 100 });
  file = join(rig.home, 'run', 'web-api.code');
  await visit();
  await until(() => existsSync(file));
});
afterEach(() => rig.close());

/** One run of the page's process, to its end. */
async function visit(): Promise<void> {
  const login = await rig.login();
  const pid = rig.dashboard.childPid();
  expect((await rig.get('/api/status', login, { connection: 'close' })).status).toBe(200);
  await until(() => rig.dashboard.childPid() !== pid);
}

test('compiled code is cached for the owner alone and reused by the next run', async () => {
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const { mtimeMs, ino } = statSync(file);
  await visit();
  expect(statSync(file)).toMatchObject({ mtimeMs, ino });
});

test('a damaged cache is not used and is created again', async () => {
  const whole = readFileSync(file);
  const damaged = Buffer.from(whole);
  for (let at = 1_000; at < damaged.length; at += 1_000) damaged[at] = ~(damaged[at] ?? 0);
  writeFileSync(file, damaged);
  await visit();
  await until(() => !readFileSync(file).equals(damaged));
  expect(readFileSync(file).length).toBeGreaterThan(100_000);
});

test('a cache that others could have written is not used and is created again', async () => {
  chmodSync(file, 0o666);
  await visit();
  await until(() => (statSync(file).mode & 0o777) === 0o600);
});

test('a link is not followed, to read or to write', async () => {
  const elsewhere = join(rig.home, 'elsewhere');
  writeFileSync(elsewhere, readFileSync(file), { mode: 0o600 });
  const before = readFileSync(elsewhere);
  rmSync(file);
  symlinkSync(elsewhere, file);
  await visit();
  await until(() => readFileSync(file).length > 0 && statSync(file).ino !== statSync(elsewhere).ino);
  expect(readFileSync(elsewhere).equals(before)).toBe(true);
});

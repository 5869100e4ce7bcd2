import { connect, createServer } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { until } from '../../rig/until.ts';
import { type DashboardRig, openRig } from '../dashboard-rig.ts';

let rig: DashboardRig | undefined;
afterEach(async () => {
  await rig?.close();
  rig = undefined;
});

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const closingFetch = (url: string): Promise<Response> => fetch(url, { headers: { connection: 'close' } });

const touch = (port: number, host = '127.0.0.1'): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, host, () => {
      socket.destroy();
      resolve();
    }).once('error', reject);
  });

test('the process starts at the first connection, which is answered', async () => {
  rig = await openRig();
  expect(rig.dashboard.childPid()).toBeUndefined();
  expect((await closingFetch(rig.dashboard.url)).status).toBe(401);
  expect(rig.dashboard.childPid()).toEqual(expect.any(Number));
});

test('warming starts the process before anybody connects', async () => {
  rig = await openRig();
  await rig.dashboard.warm();
  expect(rig.dashboard.childPid()).toEqual(expect.any(Number));
});

test('forty connections at once before the process is up are all answered', async () => {
  rig = await openRig();
  const { url } = rig.dashboard;
  const answers = await Promise.all(Array.from({ length: 40 }, () => closingFetch(url)));
  expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 40 }, () => 401));
});

test('the process ends when idle, the next visit starts another, and the login stays valid', async () => {
  rig = await openRig({ idleMs: 150 });
  const login = await rig.login();
  const first = rig.dashboard.childPid() ?? 0;
  await rig.get('/api/status', login, { connection: 'close' });
  await until(() => rig?.dashboard.childPid() === undefined);
  await until(() => !alive(first));
  expect((await rig.get('/api/status', login, { connection: 'close' })).status).toBe(200);
  expect(rig.dashboard.childPid()).not.toBe(first);
  expect(rig.troubles).toEqual([]);
});

test('no visit is lost while processes start and end', async () => {
  rig = await openRig({ idleMs: 1 });
  const { url } = rig.dashboard;
  const pids = new Set<number | undefined>();
  const statuses: number[] = [];
  for (let visit = 0; visit < 24; visit += 1) {
    statuses.push((await closingFetch(url)).status);
    pids.add(rig.dashboard.childPid());
    await new Promise((resolve) => setTimeout(resolve, visit % 5));
  }
  expect(statuses.filter((status) => status !== 401)).toEqual([]);
  expect(pids.size).toBeGreaterThan(1);
});

test('a crashed process is reported, and the next connection starts another', async () => {
  rig = await openRig();
  await rig.dashboard.warm();
  const crashed = rig.dashboard.childPid() ?? 0;
  process.kill(crashed, 'SIGKILL');
  await until(() => rig?.dashboard.childPid() === undefined);
  expect((await closingFetch(rig.dashboard.url)).status).toBe(401);
  expect(rig.troubles).toEqual(["the dashboard's process ended (SIGKILL)"]);
});

test('connections that a crashed process did not receive are answered by the next one', async () => {
  rig = await openRig();
  await rig.dashboard.warm();
  const pid = rig.dashboard.childPid() ?? 0;
  process.kill(pid, 'SIGSTOP');
  const { url, port } = rig.dashboard;
  const ends = Array.from({ length: 6 }, () =>
    closingFetch(url).then(
      ({ status }) => status,
      () => 'closed',
    ),
  );
  // The listener is in this process: some turns later it has accepted all of them.
  await touch(port);
  for (let turns = 0; turns < 50; turns += 1) await turn();
  process.kill(pid, 'SIGKILL');
  const answered = (await Promise.all(ends)).filter((end) => end === 401);
  // The one that was on its way may have been read already: it is closed.
  expect(answered.length).toBeGreaterThanOrEqual(5);
});

test('both loopback addresses are used', async () => {
  rig = await openRig();
  const { port } = rig.dashboard;
  for (const host of ['127.0.0.1', '::1']) {
    await touch(port, host);
  }
});

test('the service waits for a taken port on either loopback address, and no login reaches the program that has it (FR-801)', async () => {
  for (const host of ['127.0.0.1', '::1']) {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, host, () => {
        const address = other.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
    const waiting = await openRig({ port, retryMs: 20 });
    const { dashboard, troubles } = waiting;
    expect(dashboard.waiting()).toMatchObject({ for: `localhost:${port}`, code: 'address_in_use' });
    await expect(dashboard.link()).rejects.toMatchObject({ code: 'address_in_use' });
    await expect(dashboard.mintLogin()).rejects.toThrow(/\[dashboard\] port/);
    expect(troubles.filter((text) => text.includes(`waits for localhost:${port}`)).length).toBe(1);
    await new Promise((resolve) => other.close(resolve));
    await until(() => dashboard.waiting() === null);
    expect((await closingFetch(dashboard.url)).status).toBe(401);
    expect(await dashboard.mintLogin()).toEqual({ file: expect.any(String) });
    await waiting.close();
  }
});

test('an address that others could reach is refused', async () => {
  await expect(openRig({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'address_unsafe' });
});

test('closing frees the port at once, also after crashes with connections open', async () => {
  const closing = await openRig();
  const { port, url } = closing.dashboard;
  for (let crash = 0; crash < 3; crash += 1) {
    const open = await Promise.all(Array.from({ length: 4 }, () => fetch(url)));
    expect(open.map((answer) => answer.status)).toEqual([401, 401, 401, 401]);
    process.kill(closing.dashboard.childPid() ?? 0);
    await until(() => closing.dashboard.childPid() === undefined);
  }
  await closing.close();
  rig = await openRig({ port });
  expect((await closingFetch(rig.dashboard.url)).status).toBe(401);
});

test('closing also ends the process', async () => {
  const closing = await openRig();
  await closing.dashboard.warm();
  const pid = closing.dashboard.childPid() ?? 0;
  await closing.close();
  expect(alive(pid)).toBe(false);
});

test('refusals are recorded: the first at once, the others with their count at the latest when it closes', async () => {
  rig = await openRig();
  const { bus } = rig;
  const records = () => bus.request('audit.list', { type: 'dashboard.refused' });
  const login = await rig.login();
  for (let request = 0; request < 4; request += 1)
    await fetch(rig.dashboard.url, { headers: { origin: 'http://elsewhere.example', connection: 'close' } });
  // What its process says comes in order: when this is answered, the service has heard of them all.
  expect((await rig.get('/api/status', login)).status).toBe(200);
  await rig.dashboard.close();
  await until(async () => (await records()).length === 2);
  expect((await records()).map(({ details }) => details)).toEqual([
    { reason: 'origin', count: 3 },
    { reason: 'origin', count: 1 },
  ]);
});

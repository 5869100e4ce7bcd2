import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import type { TerminalEvent } from '../../src/domain/events/event.ts';
import { openShell, type ShellSession } from '../rig/programs/pty.ts';
import { requireShell } from '../rig/programs/require-shell.ts';
import { caro, caroJson, configure, startService, type TestService } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';

const folder = temporaryFolders();
const open: { shells: ShellSession[]; services: TestService[] } = { shells: [], services: [] };

afterEach(async () => {
  for (const shell of open.shells.splice(0)) await shell.close();
  for (const service of open.services.splice(0)) await service.kill();
});

async function service(home: string): Promise<TestService> {
  const started = await startService(home);
  open.services.push(started);
  return started;
}

/** A real shell whose rc file has the one line that `caro init` prints. */
async function shell(home: string, kind: 'bash' | 'zsh'): Promise<ShellSession> {
  const { stdout } = await caro(home, 'shell', 'init', kind);
  const session = await openShell({ shell: kind, rc: stdout, cwd: home, env: { CARO_HOME: home } });
  open.shells.push(session);
  return session;
}

const events = (home: string): Promise<TerminalEvent[]> => caroJson<TerminalEvent>(home, 'events');

for (const kind of ['bash', 'zsh'] as const) {
  requireShell(kind)(`a fresh node and a real ${kind}`, () => {
    test('every command typed stands in caro events once, with exit code, duration, directory and risk (FR-402)', async () => {
      const home = folder();
      await configure(home);
      await service(home);
      const session = await shell(home, kind);
      await session.run('echo first light');
      await session.run('false');
      await session.run('cd /tmp');
      await session.run('sleep 0.2');
      await session.run(' echo private');
      await session.run('true && chmod -R 777 /nonexistent-caro');
      const found = await until(
        () => events(home),
        (list) => list.length >= 5 && list.every((event) => event.exitCode !== null),
      );
      expect(found.map(({ command, exitCode, cwd }) => [command, exitCode, cwd])).toEqual([
        ['echo first light', 0, home],
        ['false', 1, home],
        ['cd /tmp', 0, home],
        ['sleep 0.2', 0, '/tmp'],
        ['true && chmod -R 777 /nonexistent-caro', 1, '/tmp'],
      ]);
      expect(found.every((event) => event.shell === kind)).toBe(true);
      expect(found[3]?.durationMs).toBeGreaterThanOrEqual(190);
      expect(found[4]).toMatchObject({ tools: ['true', 'chmod'], risk: expect.stringMatching(/high|critical/) });
      expect(found[4]?.rules.length).toBeGreaterThan(0);
    });

    test('a service killed in between loses nothing and doubles nothing', async () => {
      const home = folder();
      await configure(home);
      const first = await service(home);
      const session = await shell(home, kind);
      const typed: string[] = [];
      const type = async (from: number, to: number): Promise<void> => {
        for (let index = from; index < to; index += 1) {
          typed.push(`echo command ${index}`);
          await session.run(`echo command ${index}`);
        }
      };
      await type(0, 30);
      const killing = first.kill();
      await type(30, 60);
      await killing;
      await type(60, 140);
      await service(home);
      await type(140, 150);
      const found = await until(
        () => caroJson<TerminalEvent>(home, 'events', '--limit', '1000'),
        (list) => list.length >= typed.length && list.at(-1)?.exitCode !== null,
      );
      expect(found.map((event) => event.command)).toEqual(typed);
      expect(found.every((event) => event.exitCode === 0)).toBe(true);
    });
  });
}

test('the dashboard shows what was typed, to its owner alone', async () => {
  const home = folder();
  await configure(home);
  const { ready } = await service(home);
  const session = await shell(home, 'bash');
  await session.run('echo shown on the page');
  await until(
    () => events(home),
    (list) => list.length === 1,
  );
  const address = ready.dashboard;
  expect((await fetch(new URL('/api/events', address))).status).toBe(401);
  const { stdout } = await caro(home, 'dashboard', '--print-url');
  const file = new URL(stdout.trim().split('\n').at(-1) ?? '');
  const login = /name="login" value="([^"]+)"/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  const entered = await fetch(new URL('/login', address), {
    method: 'POST',
    headers: { origin: 'null', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ login }),
  });
  expect(entered.status).toBe(200);
  const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const pageToken = /data-page-token="([^"]+)"/.exec(await entered.text())?.[1] ?? '';
  const answer = await fetch(new URL('/api/events', address), { headers: { cookie, 'x-caro-token': pageToken } });
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('echo shown on the page');
});

test('a second service on the same home is refused, and the first goes on', async () => {
  const home = folder();
  await configure(home);
  await service(home);
  const second = await caro(home, 'service', 'run');
  expect(second.code).toBe(1);
  expect(second.stderr).toContain('another service');
  const [status] = await caroJson<{ service: { pid: number } }>(home, 'status');
  expect(status?.service.pid).toBe(open.services[0]?.process.pid);
});

test('SIGTERM ends the service cleanly, and its audit chain verifies without it', async () => {
  const home = folder();
  await configure(home);
  const running = await service(home);
  const session = await shell(home, 'bash');
  await session.run('echo before the end');
  await until(
    () => events(home),
    (list) => list.length === 1,
  );
  expect(await running.stop()).toBe(0);
  const verified = await caro(home, 'audit', 'verify');
  expect([verified.code, verified.stderr]).toEqual([0, '']);
});

test('without a service the commands that need one say so and what to do', async () => {
  const home = folder();
  const { code, stderr } = await caro(home, 'events');
  expect(code).toBe(1);
  expect(stderr).toMatch(/caro service (run|start)/);
});

import { appendFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { TerminalEvent } from '../../src/domain/events/event.ts';
import { decodePauses, encodePauses, pauseAt, resumed, withPause } from '../../src/domain/spool/pause.ts';
import { encodeSpoolRecord } from '../../src/domain/spool/spool-record.ts';
import { caro, caroJson, configure, startService, type TestService } from '../rig/service.ts';
import { type IdleProcesses, idleProcesses } from '../rig/system/idle-processes.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';

const folder = temporaryFolders();
const MINUTE_MS = 60_000;
let home: string;
let shell: IdleProcesses;
let service: TestService | undefined;
let typed = 0;

beforeEach(() => {
  home = folder();
  shell = idleProcesses(1);
});
afterEach(async () => {
  shell.end();
  await service?.stop();
});

/** As a hook writes it that does not know of the pause. */
function type(text: string, startMs: number, cwd = '/tmp'): void {
  const file = join(home, 'data', 'spool', `bash.${shell.pids[0]}.1.0`);
  const command = typed++;
  const startedAt = startMs * 1_000;
  const start = encodeSpoolRecord({ type: 'start', command, startedAt, granularity: 1, cwd, text });
  appendFileSync(file, start, { mode: 0o600 });
  appendFileSync(file, encodeSpoolRecord({ type: 'end', command, endedAt: startedAt, granularity: 1, status: 0 }));
}

const commands = async (): Promise<readonly string[]> =>
  (await caroJson<TerminalEvent>(home, 'events')).map(({ command }) => command);
const untilStored = (text: string): Promise<readonly string[]> => until(commands, (list) => list.includes(text));

test('what is typed during a pause is not stored, whatever wrote it, and status says so', async () => {
  await configure(home);
  service = await startService(home);
  const before = Date.now();
  expect((await caro(home, 'pause', '30m')).stdout).toContain('Nothing is recorded until');
  const [{ observe }] = (await caroJson<{ observe: { pausedUntil: string | null } }>(home, 'status')) as [
    { observe: { pausedUntil: string } },
  ];
  expect(Date.parse(observe.pausedUntil)).toBeGreaterThanOrEqual(before + 30 * MINUTE_MS);
  expect((await caro(home, 'status')).stdout).toMatch(/paused +until/);
  expect((await caro(home, 'doctor')).stdout).toContain('to end the pause: caro resume');
  const during = Date.now();
  type('echo hidden', during);
  expect((await caroJson(home, 'resume'))[0]).toEqual({ pausedUntil: null });
  type('echo hidden late', during);
  type('echo shown', Date.now());
  type('echo older', before - 1);
  expect((await untilStored('echo older')).toSorted()).toEqual(['echo older', 'echo shown']);
  expect(existsSync(join(home, 'data', 'spool', '.pause'))).toBe(false);
  expect((await caro(home, 'resume')).stdout).toContain('There was no pause');
});

test('without the service a pause begins and ends, and an import leaves its time out', async () => {
  await configure(home);
  const [{ pausedUntil }] = (await caroJson<{ pausedUntil: string }>(home, 'pause', 'until', '23:59')) as [
    { pausedUntil: string },
  ];
  const end = new Date(pausedUntil);
  expect([end.getHours(), end.getMinutes(), end.getTime() > Date.now()]).toEqual([23, 59, true]);
  expect(readFileSync(join(home, 'data', 'spool', '.pause'), 'utf8')).toMatch(/^\d{10} \d{10}\n$/);
  const history = join(home, 'history');
  const seconds = Math.floor(Date.now() / 1_000);
  writeFileSync(history, `#${seconds - 600}\necho before\n#${seconds + 1}\necho hidden\n`);
  const { stdout } = await caro(home, 'import', 'bash', '--file', history);
  expect(stdout).toContain('1 from a time when nothing was to be recorded: left out');
  await caro(home, 'resume');
  service = await startService(home);
  expect(await untilStored('echo before')).toEqual(['echo before']);
});

test.each(['0m', '25h', 'for ever', 'until 24:00', '-5m', ''])(
  'a pause of "%s" is refused, and nothing is paused',
  async (when) => {
    await configure(home);
    const { code, stderr } = await caro(home, 'pause', '--', ...when.split(' '));
    expect(code).toBe(2);
    expect(stderr).toContain('expected');
    expect(existsSync(join(home, 'data', 'spool', '.pause'))).toBe(false);
  },
);

test('nothing is recorded in a private directory, whatever link leads there', async () => {
  const project = join(home, 'own project');
  mkdirSync(join(project, 'deep'), { recursive: true });
  mkdirSync(`${project}-2`);
  symlinkSync(project, join(home, 'link'));
  await configure(home, `[dashboard]\nport = 0\n[[observe.private]]\npath = ${JSON.stringify(project)}\n`);
  service = await startService(home);
  for (const [text, cwd] of [
    ['echo hidden', project],
    ['echo hidden', join(project, 'deep')],
    ['echo hidden', join(home, 'link', 'deep')],
    ['echo hidden', `${home}/x/../own project`],
    ['echo beside', `${project}-2`],
    ['echo above', home],
  ] as const)
    type(text, Date.now(), cwd);
  expect(await untilStored('echo above')).toEqual(['echo beside', 'echo above']);
});

test('pauses follow each other; a new one replaces the one in force', () => {
  const first = withPause([], { fromMs: 10, untilMs: 20 });
  const both = withPause(first, { fromMs: 15, untilMs: 40 });
  expect(both).toEqual([
    { fromMs: 10, untilMs: 15 },
    { fromMs: 15, untilMs: 40 },
  ]);
  expect([9, 10, 14, 15, 39, 40].map((ms) => pauseAt(both, ms)?.untilMs ?? null)).toEqual([null, 15, 15, 40, 40, null]);
  expect(resumed(both, 30).at(-1)).toEqual({ fromMs: 15, untilMs: 30 });
  expect(decodePauses(encodePauses(both))).toEqual(both);
  expect(decodePauses('x\n1 2 3\n5 6\n')).toEqual([{ fromMs: 5, untilMs: 6 }]);
});

import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { TerminalEvent } from '../../src/domain/events/event.ts';
import { encodeSpoolRecord } from '../../src/domain/spool/spool-record.ts';
import type { ServiceStatus } from '../../src/domain/status/status.ts';
import { caroJson, configure } from '../rig/service.ts';
import { idleProcesses } from '../rig/system/idle-processes.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';
import { startService, stored } from './rig/rig.ts';

const folder = temporaryFolders();
const SECRET = 'unmistakable';
/** So long that it is analysed in a thread, which takes a while to start. */
const LONG_COMMAND = `deploy ${SECRET} ${'--with some=thing '.repeat(20_000)}`;

test('after two kills in the middle of one command the service goes on without its text', async () => {
  const home = folder();
  await configure(home);
  const shells = idleProcesses(1);
  const session = `bash.${shells.pids[0]}.${Date.now() * 1_000}`;
  const spool = join(home, 'data', 'spool');
  mkdirSync(spool, { recursive: true, mode: 0o700 });
  const type = (command: number, text: string): void => {
    const at = Date.now() * 1_000;
    for (const record of [
      encodeSpoolRecord({ type: 'start', command, startedAt: at, granularity: 1, cwd: '/tmp', text }),
      encodeSpoolRecord({ type: 'end', command, endedAt: at, granularity: 1, status: 0 }),
    ])
      appendFileSync(join(spool, `${session}.0`), record, { mode: 0o600 });
  };
  const note = join(home, 'run', 'in-hand');
  type(0, 'echo before');
  type(1, LONG_COMMAND);
  type(2, 'echo behind');
  for (const ends of [1, 2]) {
    const service = await startService(home);
    await until(() => existsSync(note) && readFileSync(note, 'latin1').includes(`${ends} ${session} 1`));
    await service.kill();
  }
  const service = await startService(home);
  type(3, 'echo after');
  await stored(home, 4);
  const events = await caroJson<TerminalEvent>(home, 'events');
  expect(events.map(({ command, exitCode }) => [command.slice(0, 40), exitCode]).sort()).toEqual(
    ['echo after', 'echo before', 'echo behind', '‹redacted:not-analysed›'].map((text) => [text, 0]),
  );
  const [status] = await caroJson<ServiceStatus>(home, 'status');
  expect(status?.observe).toMatchObject({ events: 4, dropped: 0, setAside: 1 });
  expect(service.log()).not.toContain(SECRET);
  expect(await service.stop()).toBe(0);
  shells.end();
  for (const place of ['data', 'run', 'state'])
    for (const file of readdirSync(join(home, place), { withFileTypes: true }).filter((entry) => entry.isFile()))
      expect([file.name, readFileSync(join(home, place, file.name), 'latin1').includes(SECRET)]).toEqual([
        file.name,
        false,
      ]);
});

test('a command that is being rated when the service is stopped keeps its text', async () => {
  const home = folder();
  await configure(home);
  const shells = idleProcesses(1);
  const session = `bash.${shells.pids[0]}.${Date.now() * 1_000}`;
  const spool = join(home, 'data', 'spool');
  mkdirSync(spool, { recursive: true, mode: 0o700 });
  const text = `deploy ${'--with some=thing '.repeat(200_000)}`;
  const at = Date.now() * 1_000;
  const record = encodeSpoolRecord({ type: 'start', command: 0, startedAt: at, granularity: 1, cwd: '/tmp', text });
  appendFileSync(join(spool, `${session}.0`), record, { mode: 0o600 });
  const note = join(home, 'run', 'in-hand');
  const first = await startService(home);
  await until(() => existsSync(note) && readFileSync(note, 'latin1').includes(session));
  expect(await first.stop()).toBe(0);
  const second = await startService(home);
  await stored(home, 1);
  const [event] = await caroJson<TerminalEvent>(home, 'events');
  expect(event).toMatchObject({ command: expect.stringMatching(/^deploy --with/) });
  expect(await second.stop()).toBe(0);
  shells.end();
});

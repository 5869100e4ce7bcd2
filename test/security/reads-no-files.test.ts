import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import type { TerminalEvent } from '../../src/domain/events/event.ts';
import { openShell, type ShellSession } from '../rig/programs/pty.ts';
import { requireShell } from '../rig/programs/require-shell.ts';
import { caro, caroJson, configure, startService, type TestService } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';

const LONG_AGO = new Date('2020-01-02T03:04:05Z');
const folder = temporaryFolders();
const open: { shell?: ShellSession; service?: TestService } = {};

afterEach(async () => {
  await open.shell?.close();
  await open.service?.kill();
});

/** Files and folders whose time of access tells whether anybody looked into them. */
function watched(work: string): Record<string, () => void> {
  mkdirSync(join(work, 'letters'));
  writeFileSync(join(work, 'notes.txt'), 'dear diary');
  writeFileSync(join(work, 'deploy.sh'), 'rm -rf /\n');
  writeFileSync(join(work, 'letters/one.txt'), 'dear friend');
  const reading: Record<string, () => void> = {
    'notes.txt': () => readFileSync(join(work, 'notes.txt')),
    'deploy.sh': () => readFileSync(join(work, 'deploy.sh')),
    letters: () => readdirSync(join(work, 'letters')),
    'letters/one.txt': () => readFileSync(join(work, 'letters/one.txt')),
  };
  for (const name of Object.keys(reading)) utimesSync(join(work, name), LONG_AGO, LONG_AGO);
  return reading;
}

requireShell('bash')('what a command names', () => {
  test('is not looked into: neither hook nor service opens a file or folder that stands in a command (FR-406)', async () => {
    const home = folder();
    const work = folder();
    const reading = watched(work);
    await configure(home);
    open.service = await startService(home);
    const { stdout } = await caro(home, 'shell', 'init', 'bash');
    open.shell = await openShell({ shell: 'bash', rc: stdout, cwd: work, env: { CARO_HOME: home } });
    const commands = [
      'true --file notes.txt ./deploy.sh',
      'type ./deploy.sh notes.txt',
      'false && ./deploy.sh < notes.txt',
      'test -d letters && test -f letters/one.txt',
      'false && rm -rf letters && tar -cf - letters | sh deploy.sh',
    ];
    for (const command of commands) await open.shell.run(command);
    await until(
      () => caroJson<TerminalEvent>(home, 'events'),
      (list) => list.length === commands.length && list.every((event) => event.exitCode !== null),
    );
    for (const [name, read] of Object.entries(reading)) {
      const path = join(work, name);
      expect([name, statSync(path).atime]).toEqual([name, LONG_AGO]);
      read();
      // Where the disk keeps no such times, this test could not see anything.
      expect(statSync(path).atimeMs).toBeGreaterThan(LONG_AGO.getTime());
    }
  });
});

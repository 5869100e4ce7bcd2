import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { ShellKind } from '../../../src/domain/events/shell-kind.ts';
import { openShell, type ShellSession } from '../../rig/programs/pty.ts';
import { requireShell } from '../../rig/programs/require-shell.ts';
import { caro, caroJson, configure, homeEnvironment, startService, type TestService } from '../../rig/service.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const folder = temporaryFolders();
let service: TestService | undefined;
let shell: ShellSession | undefined;

afterEach(async () => {
  await shell?.close();
  await service?.stop();
});

describe.each(['bash', 'zsh', 'fish'] as const)('%s', (kind: Exclude<ShellKind, 'sh'>) => {
  requireShell(kind)('with --ctrl-r', () => {
    test('Ctrl-R searches what was typed, and Enter puts it on the line without running it', async () => {
      const home = folder();
      await configure(home);
      service = await startService(home);
      const { stdout: rc } = await caro(home, 'shell', 'init', kind, '--ctrl-r');
      const env = Object.entries(homeEnvironment(home)).filter((one): one is [string, string] => one[1] !== undefined);
      shell = await openShell({ shell: kind, rc, cwd: home, env: Object.fromEntries(env) });
      await shell.run('echo first-needle');
      await shell.run('echo other');
      const events = () => caroJson<{ command: string }>(home, 'events');
      await until(events, (list) => list.length === 2);
      await service.stop();
      service = undefined;
      shell.send('frstndl');
      shell.send('\x12');
      await shell.waitFor('Esc leave');
      await shell.waitFor('echo first-needle');
      const screen = (): Promise<string> => Promise.resolve(shell?.screen().trimEnd() ?? '');
      const { length: searched } = await screen();
      shell.send('\r');
      // What is typed while the search ends is its input: its own list has the command, too.
      await until(screen, (shown) => shown.length > searched && shown.endsWith('echo first-needle'));
      // The line is edited further: nothing ran.
      const file = join(home, 'ran');
      shell.type(`-more >'${file}'`);
      await until(
        () => Promise.resolve(existsSync(file) && readFileSync(file, 'utf8')),
        (text) => text !== false && text !== '',
      );
      expect(readFileSync(file, 'utf8')).toBe('first-needle-more\n');
      shell.send('echo kept');
      await until(screen, (shown) => shown.endsWith('echo kept'));
      shell.send('\x12');
      await shell.waitFor('Esc leave');
      // A pasted newline accepts nothing, so that no later line of it reaches the shell.
      shell.paste(`less\rtouch '${file}.pasted'\r`);
      await shell.waitFor(`search: echo keptless touch '${file}.pasted' ▏`);
      shell.resize(70, 20);
      await shell.waitFor(/search: [^\r\n▏]+…/);
      shell.send('\x03');
      await until(screen, (shown) => shown.endsWith('echo kept'));
      expect(existsSync(`${file}.pasted`)).toBe(false);
    });
  });
});

test('sh cannot bind keys, and says so', async () => {
  const home = folder();
  const { code, stderr, stdout } = await caro(home, 'shell', 'init', 'sh', '--ctrl-r');
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('expected bash, zsh or fish for --ctrl-r');
});

test('without a terminal the interactive search is refused, the other one works', async () => {
  const home = folder();
  await configure(home);
  expect((await caro(home, 'search')).stderr).toContain('there are none yet');
  service = await startService(home);
  expect(await caro(home, 'search', 'x')).toMatchObject({ code: 0, stdout: 'No command fits.\n' });
  expect((await caro(home, 'search', '--failed', '--succeeded')).stderr).toContain('got both');
});

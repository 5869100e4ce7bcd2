/**
 * `exec` of another shell keeps the process, and with it the number in the names of spool files.
 */

import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import type { TerminalEvent } from '../../src/domain/events/event.ts';
import { openShell, type ShellSession } from '../rig/programs/pty.ts';
import { requireShell } from '../rig/programs/require-shell.ts';
import { caro, caroJson, configure, startService, type TestService } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';

const folder = temporaryFolders();
let shell: ShellSession | undefined;
let service: TestService | undefined;
afterEach(async () => {
  await shell?.close();
  await service?.kill();
});

requireShell('zsh')('a bash that becomes a zsh by exec', () => {
  test('ends its session, and the zsh has one of its own', async () => {
    const home = folder();
    await configure(home);
    service = await startService(home);
    const [bashrc, zshrc] = [await caro(home, 'shell', 'init', 'bash'), await caro(home, 'shell', 'init', 'zsh')];
    const zdotdir = folder();
    shell = await openShell({ shell: 'bash', rc: bashrc.stdout, cwd: home });
    await shell.run('echo in bash');
    writeFileSync(join(zdotdir, '.zshrc'), `${zshrc.stdout}\nPS1="caro-test> "\n`);
    await shell.run(`ZDOTDIR='${zdotdir}' exec zsh -d -i`);
    await shell.run('echo in zsh');
    const spool = join(home, 'data', 'spool');
    const files = await until(
      () => Promise.resolve(readdirSync(spool).filter((name) => !name.startsWith('.'))),
      (names) => names.length === 1 && names[0]?.startsWith('zsh.') === true,
    );
    expect(files).toEqual([expect.stringMatching(`^zsh\\.${shell.pid}\\.`)]);
    const events = await until(
      () => caroJson<TerminalEvent>(home, 'events'),
      (list) => list.at(-1)?.command === 'echo in zsh' && list.at(-1)?.exitCode !== null,
    );
    expect(events.map(({ shell: kind }) => kind)).toEqual(['bash', 'bash', 'zsh']);
    const [status] = await caroJson<{ observe: { pending: number; dropped: number } }>(home, 'status');
    expect(status?.observe).toMatchObject({ pending: 0, dropped: 0 });
  });
});

/** The output of `caro shell init`, evaluated by its shells. */

import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { type RcLine, rcLine } from '../../src/cli/shell-setup/rc-line.ts';
import type { ShellKind } from '../../src/domain/events/shell-kind.ts';
import { decodeSpool, parseSpoolName } from '../../src/domain/spool/spool-record.ts';
import { openShell, type ShellName, type ShellSession } from '../rig/programs/pty.ts';
import { requireShell } from '../rig/programs/require-shell.ts';
import { caro } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';

const folder = temporaryFolders();
const open: ShellSession[] = [];
afterEach(async () => {
  for (const shell of open.splice(0)) await shell.close();
});

/** The line that `caro init` prints for a shell of this kind. */
async function lineOf(home: string, kind: ShellKind): Promise<RcLine> {
  await caro(home, 'init', '--quiet');
  return rcLine({ SHELL: kind }, { hooks: join(home, 'data', 'hooks') });
}

/** Texts in the spool of a home directory, with the shell that the file name states. */
function observed(home: string): string[] {
  const spool = join(home, 'data', 'spool');
  return readdirSync(spool).flatMap((name) => {
    const shell = parseSpoolName(name)?.shell;
    if (shell === undefined) return [];
    const { records } = decodeSpool(readFileSync(join(spool, name)));
    return records.flatMap(({ text }) => (text === undefined ? [] : [`${shell}: ${text}`]));
  });
}

const ROLES: readonly (readonly [ShellName, ShellKind, readonly string[]])[] = [
  ['bash', 'bash', []],
  ['zsh', 'zsh', []],
  ['fish', 'fish', []],
  ['dash', 'sh', []],
  ['bash', 'sh', ['--posix']],
];

for (const [shell, kind, args] of ROLES) {
  requireShell(shell)(`${[shell, ...args].join(' ')} with what caro shell init ${kind} prints`, () => {
    test('is observed', async () => {
      // A path with blanks and quotes, which the printed lines must quote correctly.
      const home = join(folder(), "ada's home");
      const { stdout } = await caro(home, 'shell', 'init', kind);
      const session = await openShell({ shell, args, rc: stdout });
      open.push(session);
      await session.run('echo typed');
      const texts = await until(
        () => Promise.resolve(observed(home)),
        (list) => list.length > 0,
      );
      expect(texts).toEqual([`${kind}: echo typed`]);
    });

    test('is observed by the line of caro init, without starting caro', async () => {
      const home = join(folder(), "ada's home");
      const { line, program } = await lineOf(home, kind);
      const session = await openShell({ shell, args, rc: line.replace(program, '/missing/caro') });
      open.push(session);
      await session.run('echo typed');
      expect(
        await until(
          () => Promise.resolve(observed(home)),
          (list) => list.length > 0,
        ),
      ).toEqual([`${kind}: echo typed`]);
    });

    test('is observed by the same line without its file, which is there for the next shell', async () => {
      const home = join(folder(), "ada's home");
      const { line } = await lineOf(home, kind);
      const hooks = join(home, 'data', 'hooks');
      rmSync(hooks, { recursive: true });
      const session = await openShell({ shell, args, rc: line, env: { CARO_HOME: home } });
      open.push(session);
      await session.run('echo typed');
      expect(
        await until(
          () => Promise.resolve(observed(home)),
          (list) => list.length > 0,
        ),
      ).toEqual([`${kind}: echo typed`]);
      expect(readdirSync(hooks).sort()).toEqual(['caro-agent.sh', 'caro.bash', 'caro.fish', 'caro.sh', 'caro.zsh']);
    });
  });
}

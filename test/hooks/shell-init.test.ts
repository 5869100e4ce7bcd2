/** The output of `caro shell init`, evaluated by its shells. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import type { ShellKind } from '../../src/domain/events/shell-kind.ts';
import { decodeSpool, parseSpoolName } from '../../src/domain/spool/spool-record.ts';
import { openShell, type ShellName, type ShellSession } from '../rig/pty.ts';
import { requireShell } from '../rig/require-shell.ts';
import { caro } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';

const folder = temporaryFolders();
const open: ShellSession[] = [];
afterEach(async () => {
  for (const shell of open.splice(0)) await shell.close();
});

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
  });
}

/**
 * Faults of the spool are not visible in the user's shell, and many shells at once lose nothing.
 */
import { chownSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { ShellKind } from '../../src/domain/events/shell-kind.ts';
import { parseSpoolName } from '../../src/domain/spool/spool-record.ts';
import type { ShellName } from '../rig/programs/pty.ts';
import { requireShell } from '../rig/programs/require-shell.ts';
import { ended, opener } from './everyday.ts';
import { makeSpool, type Observed, observe } from './observed.ts';

const SHELLS: readonly (readonly [ShellName, ShellKind])[] = [
  ['bash', 'bash'],
  ['zsh', 'zsh'],
  ['fish', 'fish'],
  ['dash', 'sh'],
  ['busybox', 'sh'],
];

type Trouble = readonly [what: string, spoil: (dir: string) => void];
const TROUBLES: Trouble[] = [
  ['is missing', (dir) => rmSync(dir, { recursive: true })],
  [
    'is a file',
    (dir) => {
      rmSync(dir, { recursive: true });
      writeFileSync(dir, '');
    },
  ],
  [
    'is a link to a directory',
    (dir) => {
      renameSync(dir, `${dir}.real`);
      symlinkSync(`${dir}.real`, dir);
    },
  ],
];
if (process.getuid?.() === 0) TROUBLES.push(['belongs to another', (dir) => chownSync(dir, 1, 1)]);

for (const [shell, kind] of SHELLS) {
  requireShell(shell)(`${shell} with a faulty spool`, () => {
    const open = opener(kind, shell);
    const lines = ['echo out', 'cd /', 'sh -c "exit 3"', ' echo private', 'echo again'];

    test.each(TROUBLES)('nothing is shown or written when it %s', async (_what, spoil) => {
      const seen: string[] = [];
      for (const env of [{ CARO_OFF: '1' }, {}]) {
        const { shell: session, spool } = await open({ env });
        spoil(spool.dir);
        for (const line of lines) await session.run(line);
        seen.push(session.screen().replaceAll(session.home, 'HOME'));
        expect(spoolFiles(spool.dir)).toEqual([]);
        rmSync(spool.dir, { recursive: true, force: true });
        mkdirSync(spool.dir);
      }
      expect(seen[1]).toBe(seen[0]);
    });

    test('nothing is shown when its file cannot be opened, and recording resumes later', async () => {
      const { shell: session, spool } = await open();
      await session.run('echo first');
      await ended(spool, 1);
      const name = spool.files()[0] ?? '';
      rmSync(join(spool.dir, name));
      mkdirSync(join(spool.dir, name));
      if (shell !== 'fish') {
        // Only fish reports a failed redirection; its directory is tested instead (above).
        expect(await session.run('echo lost')).not.toMatch(/directory|cannot|error/i);
      }
      rmSync(join(spool.dir, name), { recursive: true });
      await session.run('echo here');
      await session.run('echo last');
      await ended(spool, 1);
      expect(spool.commands().map((command) => command.text)).toContain('echo here');
    });
  });
}

/** Spool files in the directory, or in the target of a link. */
const spoolFiles = (dir: string): string[] =>
  [dir, `${dir}.real`]
    .filter((place) => statSync(place, { throwIfNoEntry: false })?.isDirectory())
    .flatMap((place) => readdirSync(place))
    .filter((name) => parseSpoolName(name) !== undefined);

requireShell(...SHELLS.slice(0, 4).map(([shell]) => shell))('twenty shells at once', () => {
  test('all commands of all shells are in the spool', async () => {
    const spool = makeSpool();
    const shells: Observed[] = [];
    for (let index = 0; index < 20; index += 1) {
      const [shell, kind] = SHELLS[index % 4] ?? ['bash', 'bash'];
      shells.push(await observe(kind, { shell, spool }));
    }
    const rounds = 30;
    await Promise.all(
      shells.map(async ({ shell }, index) => {
        for (let round = 0; round < rounds; round += 1) await shell.run(`: ${index} ${round}`);
      }),
    );
    const commands = await ended(spool, shells.length * rounds);
    expect(new Set(commands.map((command) => command.text)).size).toBe(shells.length * rounds);
    expect(commands).toHaveLength(shells.length * rounds);
    for (const { shell } of shells) await shell.close();
    spool.remove();
  });
});

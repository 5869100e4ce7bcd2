/** Lines that a shell took from an editor (`fc`, `v` in vi mode) or from its history. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { ShellSession } from '../../rig/programs/pty.ts';
import { requireShell } from '../../rig/programs/require-shell.ts';
import { until } from '../../rig/until.ts';
import { opener } from '../everyday.ts';
import type { Observed } from '../observed.ts';

/** An editor that replaces the file by this text. */
function writeEditor({ home }: Pick<ShellSession, 'home'>, text: string): void {
  const file = join(home, 'editor');
  writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' '${text}' >"$1"\n`);
  chmodSync(file, 0o700);
}
const EDITOR = 'export EDITOR=~/editor VISUAL=~/editor FCEDIT=~/editor';

async function recordedUntil({ spool, texts }: Observed, last: string): Promise<readonly unknown[]> {
  await until(() => texts().at(-1) === last);
  return spool.commands().map((c) => [c.text, c.status]);
}

for (const [name, again] of [
  ['ksh', 'hist -s one=two :'],
  ['mksh', 'fc -s one=two :'],
] as const)
  requireShell(name)(`${name} records`, () => {
    const open = opener('sh', name);

    test('the text of a line that fc took from its history', async () => {
      const observed = await open();
      await observed.runAll(': one', again, ': three');
      expect(await recordedUntil(observed, ': three')).toEqual([
        [': one', 0],
        [': two', 0],
        [': three', 0],
      ]);
    });

    test.each([
      ['one line', ': edited'],
      ['two lines', ': edited\n(exit 3)'],
    ])('the text that fc took from an editor (%s)', async (_what, text) => {
      const observed = await open({ before: EDITOR });
      writeEditor(observed.shell, text);
      await observed.runAll(': one', 'fc -e ~/editor', ': three');
      expect(await recordedUntil(observed, ': three')).toEqual([
        [': one', 0],
        [text, text.includes('exit') ? 3 : 0],
        [': three', 0],
      ]);
    });

    test('the text that v took from an editor', async () => {
      const observed = await open({ before: `${EDITOR}\nset -o vi` });
      const { shell } = observed;
      writeEditor(shell, ': edited');
      await shell.run(': one');
      shell.send(': typed\x1bv');
      await shell.waitForPrompt();
      await shell.run(': three');
      expect(await recordedUntil(observed, ': three')).toEqual([
        [': one', 0],
        [': edited', 0],
        [': three', 0],
      ]);
    });
  });

requireShell('fish')('fish records', () => {
  const open = opener('fish', 'fish');

  test('the text that edit_command_buffer took from an editor', async () => {
    const { shell, spool } = await open({
      before: 'set -gx EDITOR ~/editor; set -gx VISUAL ~/editor; bind \\cg edit_command_buffer',
    });
    writeEditor(shell, 'echo edited');
    await shell.run('echo one');
    shell.send('echo typed\x07');
    await shell.waitFor('edited');
    shell.send('\r');
    await shell.waitForPrompt();
    expect(spool.commands().map((c) => [c.text, c.status])).toEqual([
      ['echo one', 0],
      ['echo edited', 0],
    ]);
  });
});

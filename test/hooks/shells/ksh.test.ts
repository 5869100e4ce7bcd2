import { expect, test } from '@jest/globals';
import { requireShell } from '../../rig/programs/require-shell.ts';
import { ended, opener, running } from '../everyday.ts';

// ksh93 edits the line itself and redraws its prompt at any time, so these tests wait for the spool
// and not for the prompt.
requireShell('ksh')('ksh93', () => {
  const open = opener('sh', 'ksh');

  test('commands are recorded with text, status and start directory', async () => {
    const { shell, spool } = await open();
    const lines = ['echo one', 'cd /usr', '(exit 7)', 'echo "é $?"', 'echo "é $?"', 'for i in 1 2\rdo echo $i\rdone'];
    for (const [index, line] of lines.entries()) {
      shell.type(line);
      await ended(spool, index + 1);
    }
    expect(spool.commands().map((c) => [c.text, c.status, c.cwd])).toEqual([
      ['echo one', 0, shell.home],
      ['cd /usr', 0, shell.home],
      ['(exit 7)', 7, '/usr'],
      ['echo "é $?"', 0, '/usr'],
      ['echo "é $?"', 0, '/usr'],
      ['for i in 1 2\ndo echo $i\ndone', 0, '/usr'],
    ]);
    await shell.waitFor(/é 7[\s\S]*é 0/);
    expect(shell.screen()).not.toContain('_caro');
  });

  test('a leading space is private, and ^C leaves the shell usable and the status as in other shells', async () => {
    const { shell, spool } = await open();
    shell.type(' echo hidden');
    shell.type('/bin/sleep 100');
    await running(shell.pid, 'sleep');
    shell.interrupt();
    await ended(spool, 1);
    shell.type('echo on');
    await ended(spool, 2);
    shell.type('caro_off');
    shell.type('echo unseen; exit 4');
    expect(await shell.ended()).toBe(4);
    expect(spool.commands().map((c) => [c.text, c.status])).toEqual([
      ['/bin/sleep 100', 130],
      ['echo on', 0],
    ]);
  });
});

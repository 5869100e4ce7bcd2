import { expect, test } from '@jest/globals';
import { requireShell } from '../../rig/programs/require-shell.ts';
import { until } from '../../rig/until.ts';
import { everyday, opener } from '../everyday.ts';
import type { Spool } from '../observed.ts';

requireShell('fish')('fish', () => {
  everyday({
    kind: 'fish',
    shell: 'fish',
    loop: { typed: ['for i in 1 2', 'echo $i', 'end'], text: 'for i in 1 2\necho $i\nend' },
    statusLine: 'echo $status',
    fail7: 'sh -c "exit 7"',
    starts: true,
    exitEnds: true,
  });
});

requireShell('fish')('fish special cases', () => {
  const open = opener('fish', 'fish');

  test('a private session is not recorded (FR-401)', async () => {
    const { spool, runAll } = await open({ args: ['--private'] });
    await runAll('echo a', 'echo b');
    expect(spool.files()).toEqual([]);
  });

  test('aliases named like commands of the hook neither stop it nor appear', async () => {
    const names = ['date', 'math', 'umask'];
    const { texts, runAll, shell } = await open({
      before: names.map((name) => `alias ${name} "echo hijacked"`).join('\n'),
    });
    await runAll('true one', 'sh -c "exit 3"', 'true two');
    expect(texts()).toEqual(['true one', 'sh -c "exit 3"', 'true two']);
    expect(shell.screen()).not.toMatch(/hijacked|_caro/);
  });

  test('an empty fish_history keeps lines from being recorded (FR-401)', async () => {
    const { texts, runAll } = await open();
    await runAll('true one', 'set -g fish_history ""', 'true secret', 'set -g fish_history other', 'true two');
    expect(texts()).toEqual(['true one', 'set -g fish_history ""', 'true two']);
  });

  test('a comment is not recorded, a line that ends with one is', async () => {
    const { texts, runAll } = await open();
    await runAll('true one', '# a comment', 'true two # a comment');
    expect(texts()).toEqual(['true one', 'true two # a comment']);
  });

  test('the user’s event functions still run and see the status', async () => {
    const { shell, texts, runAll } = await open({
      before: 'function mine --on-event fish_postexec; echo "post $status" $argv >>~/log; end',
    });
    await runAll('sh -c "exit 3"', 'echo b');
    expect(await shell.run('cat ~/log')).toMatch(/post 3 sh -c "exit 3"\n+post 0 echo b/);
    expect(texts()).toEqual(['sh -c "exit 3"', 'echo b', 'cat ~/log']);
  });

  test('a command of many kilobytes is recorded completely', async () => {
    const { shell, texts } = await open();
    const long = `: ${'x'.repeat(20_000)}`;
    shell.paste(long);
    shell.send('\r');
    await until(() => texts().includes(long));
  });

  test('a spool that cannot be written shows no error', async () => {
    const { shell, spool } = await open();
    await shell.run('echo a');
    await shell.run(`rm -rf '${spool.dir}'; touch '${spool.dir}'`);
    expect(await shell.run('echo b')).not.toMatch(/warning|redirect|denied|directory/);
    await shell.run(`rm '${spool.dir}'; mkdir -m 700 '${spool.dir}'`);
    await shell.run('echo c');
    expect(texts(spool)).toEqual(['echo c']);
  });

  test('no number is used twice if the spool was missing at the end of a command', async () => {
    const { shell, spool } = await open();
    await shell.run('echo a');
    await shell.run(`mv '${spool.dir}' '${spool.dir}.away'`);
    await shell.run(`mv '${spool.dir}.away' '${spool.dir}'`);
    await shell.run('echo b');
    expect(spool.commands().map((c) => [c.text, c.ended])).toEqual([
      ['echo a', true],
      [`mv '${spool.dir}' '${spool.dir}.away'`, false],
      ['echo b', true],
    ]);
  });
});

const texts = (spool: Spool): string[] => spool.commands().map((command) => command.text);

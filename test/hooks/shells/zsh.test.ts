import { expect, test } from '@jest/globals';
import { requireShell } from '../../rig/programs/require-shell.ts';
import { until } from '../../rig/until.ts';
import { everyday, opener } from '../everyday.ts';

requireShell('zsh')('zsh', () => {
  everyday({
    kind: 'zsh',
    shell: 'zsh',
    loop: { typed: ['for i in 1 2', 'do echo $i', 'done'], text: 'for i in 1 2\ndo echo $i\ndone' },
    statusLine: 'echo $?',
    fail7: '(exit 7)',
    starts: true,
  });
});

requireShell('zsh')('zsh special cases', () => {
  const open = opener('zsh', 'zsh');

  test.each([
    'ksharrays',
    'noclobber',
    'shwordsplit',
    'histignorespace',
    'nounset',
    'globsubst',
    'warncreateglobal',
    'nomultibyte',
    'extendedglob nullglob',
  ])('under setopt %s nothing is lost and nothing is shown', async (options) => {
    const { shell, spool, runAll } = await open({ before: `setopt ${options}`, after: "IFS='0123456789='" });
    await runAll('echo é 1', ' echo hidden', '(exit 4)', 'cd /', 'echo 5');
    expect(spool.commands().map((c) => [c.text, c.status])).toEqual([
      ['echo é 1', 0],
      ['(exit 4)', 4],
      ['cd /', 0],
      ['echo 5', 0],
    ]);
    expect(shell.screen()).not.toMatch(/_caro|parameter|scalar/);
  });

  test('$_, $? and pipestatus are unchanged (FR-401)', async () => {
    const { shell, runAll } = await open();
    await runAll('(exit 3) | (exit 4) | true');
    expect(await shell.run('echo "<$pipestatus>"')).toContain('<3 4 0>');
    await runAll('echo last-word');
    expect(await shell.run('echo "<$_>"')).toContain('<last-word>');
  });

  test('a command of a megabyte is recorded completely', async () => {
    const { shell, texts } = await open();
    const long = `: ${'x'.repeat(1_000_000)}`;
    await shell.run('print -s ": ${(l:1000000::x:)}"');
    shell.send('\x10\r');
    await until(() => texts().includes(long));
  });
});

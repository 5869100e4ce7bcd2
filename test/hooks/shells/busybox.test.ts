import { expect, test } from '@jest/globals';
import { requireShell } from '../../rig/programs/require-shell.ts';
import { until } from '../../rig/until.ts';
import { everyday, opener } from '../everyday.ts';

requireShell('busybox')('busybox', () => {
  everyday({
    kind: 'sh',
    shell: 'busybox',
    loop: { typed: ['for i in 1 2', 'do echo $i', 'done'], text: 'for i in 1 2\ndo echo $i\ndone' },
    statusLine: 'echo $?',
    fail7: '(exit 7)',
    starts: false,
    timeless: true,
  });

  const open = opener('sh', 'busybox');
  // Debian's busybox keeps 15 lines, other builds up to some hundred.
  const HISTORY = 15;

  test('a full history cuts no command short, hides none, and shows no private one', async () => {
    const { texts, shell, runAll } = await open();
    const many = Array.from({ length: HISTORY + 1 }, (_, i) => `: line ${i}`);
    await runAll(...many);
    const typed = async (...lines: string[]): Promise<void> => {
      for (const line of lines.slice(0, -1)) shell.type(line);
      await shell.run(lines.at(-1) ?? '');
    };
    await typed('echo a \\', 'b');
    await typed(' echo private \\', 'secret');
    await typed('f() {', ': in f', '}');
    await runAll('echo x | cat', ': again', ': again', 'false');
    shell.type('exit');
    await shell.ended();
    await until(() => texts().includes('exit'));
    expect(texts().slice(many.length)).toEqual([
      'echo a \\\nb',
      'f() {\n: in f\n}',
      'echo x | cat',
      ': again',
      ': again',
      'false',
      'exit',
    ]);
  });

  test('a command of more lines than can be told apart in a full history counts as lost', async () => {
    const { spool, shell, runAll, texts } = await open();
    await runAll(...Array.from({ length: HISTORY + 1 }, (_, i) => `: line ${i}`));
    shell.type('cat <<A');
    for (let i = 0; i < 12; i++) shell.type(`text ${'x'.repeat(i)}`);
    await shell.run('A');
    await runAll(': after');
    await until(() => texts().includes(': after'));
    expect(texts().slice(HISTORY + 1)).toEqual([': after']);
    expect(spool.lost()).toBe(1);
  });
});

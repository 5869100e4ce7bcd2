/** What the shells called sh run, refuse and end with, and what the user has defined in them. */

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { ShellName } from '../../rig/programs/pty.ts';
import { requireShell } from '../../rig/programs/require-shell.ts';
import { until } from '../../rig/until.ts';
import { opener, running } from '../everyday.ts';

const SHELLS: readonly ShellName[] = ['dash', 'busybox', 'ksh', 'mksh'];
/** dash writes the start before the command runs, so it needs no trap. */
const WITHOUT_START = SHELLS.filter((shell) => shell !== 'dash');

for (const name of SHELLS) {
  requireShell(name)(name, () => {
    const open = opener('sh', name);

    test('$_ and $? keep their values', async () => {
      const { shell, texts } = await open();
      await shell.run('echo some last-word');
      shell.type('echo "<$_>"');
      await shell.waitFor('<last-word>');
      await shell.run('(exit 3)');
      shell.type('echo "<$?:$_>"');
      await shell.waitFor('<3:<last-word>>');
      await until(() => texts().length === 4);
    });

    test('comments and syntax errors are not recorded, a failed command is', async () => {
      const { texts, runAll, shell } = await open();
      await runAll(': one', '# a comment', 'echo )', 'false', 'f() { :; }', 'true | false', 'true | (exit 2)', ': two');
      await until(() => texts().includes(': two'));
      expect(texts()).toEqual([': one', 'false', 'f() { :; }', 'true | false', 'true | (exit 2)', ': two']);
      expect(shell.screen()).not.toContain('_caro');
    });

    test('what is refused or cancelled leaves no record of the command before it', async () => {
      const { texts, runAll, shell } = await open();
      await runAll(': one', 'if; then', ': one', ')', 'false', 'if; then', 'false');
      await runAll('fi; }; echo BAD; _y() { if :; then :', 'esac; }; echo BAD; _y() { case x in x) :');
      for (const line of ['if true; then', 'echo never']) {
        shell.type(line);
        await shell.waitFor('> ');
      }
      shell.interrupt();
      await shell.waitForPrompt();
      await runAll(': two');
      await until(() => texts().includes(': two'));
      expect(texts()).toEqual([': one', ': one', 'false', 'false', ': two']);
    });

    test('a function named command is left alone, and nothing is recorded', async () => {
      const { texts, shell, runAll } = await open({ before: 'command() { echo hijacked >&2; }' });
      await runAll(': one', 'echo some text');
      expect(shell.screen()).toContain('\nsome text');
      expect(shell.screen()).not.toMatch(/hijacked|_caro/);
      expect(texts()).toEqual([]);
    });

    test.each(['history', 'fc', 'hist', 'umask', 'sh', 'tty'])(
      'it records if the user has an alias %s',
      async (word) => {
        const { texts, runAll, shell } = await open({ before: `alias ${word}='echo hijacked'` });
        await runAll(': one', '(exit 3)', ': two');
        await until(() => texts().length === 3);
        expect(texts()).toEqual([': one', '(exit 3)', ': two']);
        expect(shell.screen()).not.toMatch(/hijacked|_caro/);
      },
    );

    test.each([
      ['aliases', "alias date='hijacked' echo='hijacked' printf='hijacked' read='hijacked' print='hijacked'"],
      ['functions', 'date() { hijacked; }; echo() { hijacked; }; printf() { hijacked; }; print() { hijacked; }'],
    ])('it records if the user has %s named like commands of the hook', async (_kind, before) => {
      const { texts, runAll, shell } = await open({ before });
      await runAll(': one', '(exit 3)', ': two');
      await until(() => texts().length === 3);
      expect(shell.screen()).not.toMatch(/hijacked|_caro/);
    });

    test.each([
      ['from the start', 'readonly IFS', ': begin'],
      ['later', '', 'readonly IFS'],
    ])('a readonly IFS hides no command and shows no private one (%s)', async (_when, before, first) => {
      const { shell, runAll, texts } = await open({ before });
      const lines = [first, ': one', "echo 'a  b'", ': two'];
      await runAll(first, ': one', "echo 'a  b'", ' : private', ': two');
      await until(() => texts().at(-1) === ': two');
      expect(texts()).toEqual(lines);
      const errors = shell.screen().match(/.*(read[- ]?only|_caro).*/g) ?? [];
      expect(errors.filter((line) => !line.endsWith('readonly IFS'))).toEqual([]);
    });

    test('a readonly PS1 shows no error, and only hides commands where the hook stands in it', async () => {
      const { shell, runAll, texts } = await open({ before: "readonly PS1='caro-test> '" });
      await runAll(': one', ': two', 'caro_off', ': three');
      expect(shell.screen()).not.toMatch(/read[- ]?only|_caro/);
      if (name === 'dash') await until(() => texts().includes('caro_off'));
      expect(texts()).toEqual(name === 'dash' ? [': one', ': two', 'caro_off'] : []);
    });
  });
}

for (const name of WITHOUT_START) {
  requireShell(name)(`the end of ${name}`, () => {
    const open = opener('sh', name);

    test('exit is recorded, and the trap of the user runs with its status', async () => {
      const { shell, spool } = await open({ before: 'trap \'echo "bye $?"\' EXIT' });
      await shell.run(': one');
      shell.type('exit 3');
      expect(await shell.ended()).toBe(3);
      expect(spool.commands().map((c) => [c.text, c.ended])).toEqual([
        [': one', true],
        ['exit 3', false],
      ]);
      expect(shell.screen()).toContain('bye 3');
    });

    test('^D after a command adds nothing, and the command is there', async () => {
      const { shell, spool, texts } = await open();
      await shell.run(': one');
      await until(() => texts().length === 1);
      // ksh93 loses a ^D while it draws the prompt.
      await until(() => /^\d+ \(.*\) S/s.test(readFileSync(`/proc/${shell.pid}/stat`, 'utf8')));
      shell.endOfFile();
      await shell.ended();
      expect(spool.commands().map((c) => [c.text, c.ended])).toEqual([[': one', true]]);
    });

    test('a private exit command is not recorded', async () => {
      const { shell, texts } = await open();
      await shell.run(': one');
      shell.type(' exit');
      await shell.ended();
      expect(texts()).toEqual([': one']);
    });
  });
}

requireShell('ksh')('a terminal that is closed', () => {
  const open = opener('sh', 'ksh');
  test('leaves a record of the running command of ksh93, which ends at once', async () => {
    const { shell, spool } = await open();
    shell.type('/bin/sleep 100');
    await running(shell.pid, 'sleep');
    // Before it waits for the command, ksh93 keeps a signal until the command ends.
    await until(() => /^State:\s+S/m.test(readFileSync(`/proc/${shell.pid}/status`, 'utf8')));
    process.kill(shell.pid, 'SIGHUP');
    await shell.ended();
    expect(spool.commands().map((c) => [c.text, c.ended])).toEqual([['/bin/sleep 100', false]]);
  });
});

requireShell('dash')('dash', () => {
  const open = opener('sh', 'dash');

  test.each([
    'fi; }; echo ev""il; _y() { if :; then :',
    'fi; }; echo ev""il; _caro_x() { if :; then :',
    '}; echo ev""il; {',
    ':; fi; }; { echo ev""il; }; _y() { if :; then :',
  ])('runs nothing of %p, which it refuses', async (line) => {
    const { shell, texts } = await open();
    await shell.run(': one');
    expect(await shell.run(line)).toMatch(/Syntax error/);
    await shell.run(': two');
    expect(shell.screen()).not.toMatch(/^evil/m);
    expect(texts()).toEqual(expect.arrayContaining([': one', ': two']));
  });

  test('a syntax error sets $? as without a hook', async () => {
    const { shell } = await open();
    await shell.run('echo )');
    expect(await shell.run('echo "<$?>"')).toContain('<2>');
  });
});

import { expect, test } from '@jest/globals';
import { requireShell } from '../../rig/programs/require-shell.ts';
import { until } from '../../rig/until.ts';
import { everyday, opener } from '../everyday.ts';

const SUBJECT = {
  kind: 'bash',
  shell: 'bash',
  loop: { typed: ['for i in 1 2', 'do echo $i', 'done'], text: 'for i in 1 2; do echo $i; done' },
  statusLine: 'echo $?',
  fail7: '(exit 7)',
  starts: true,
} as const;

requireShell('bash')('bash', () => {
  everyday(SUBJECT);
});

requireShell('bash')('bash special cases', () => {
  const open = opener('bash', 'bash');

  test('lines pasted together are separate commands with their own statuses (FR-401)', async () => {
    const { shell, spool } = await open();
    shell.paste('echo one\nfalse\n(exit 5)\necho three');
    shell.send('\r');
    await shell.waitForPrompt();
    await shell.run('echo after');
    expect(spool.commands().map((c) => [c.text, c.status])).toEqual([
      ['echo one', 0],
      ['false', 1],
      ['(exit 5)', 5],
      ['echo three', 0],
      ['echo after', 0],
    ]);
  });

  test('a loop pasted over three lines is one command', async () => {
    const { shell, texts } = await open();
    shell.paste('for i in 1 2\ndo echo $i\ndone');
    shell.send('\r');
    await shell.waitForPrompt();
    expect(texts()).toEqual(['for i in 1 2; do echo $i; done']);
  });

  test.each(['ignorespace', 'ignoreboth', 'ignoredups', 'erasedups', 'ignoreboth:erasedups', ''])(
    'HISTCONTROL=%s: private lines are not recorded, repetitions are, and nothing is recorded twice',
    async (control) => {
      const { runAll, texts } = await open({ before: `HISTCONTROL=${control}; alias say=echo` });
      const priv = control === 'ignoredups' || control === 'erasedups' ? [] : [' echo secret', ' say secret'];
      await runAll('say a', 'say a', ...priv, 'say b', 'say a', ...priv, '(say c)', ...priv, 'say a');
      expect(texts()).toEqual(['say a', 'say a', 'say b', 'say a', '(say c)', 'say a']);
    },
  );

  test('HISTIGNORE keeps a command out, and repetitions are recorded with &', async () => {
    const { runAll, texts } = await open({ before: "HISTIGNORE='ls*:&'" });
    await runAll('echo a', 'ls /', 'echo a', 'ls /', 'echo b');
    expect(texts()).toEqual(['echo a', 'echo a', 'echo b']);
  });

  test('set +o history stops recording until set -o history', async () => {
    const { runAll, texts } = await open();
    await runAll(
      'echo a',
      'set +o history',
      'echo hidden',
      'echo hidden',
      'set -o history',
      'echo b',
      'history -c',
      'echo c',
    );
    expect(texts().filter((text) => text.startsWith('echo'))).toEqual(['echo a', 'echo b', 'echo c']);
  });

  test('HISTSIZE=0 leaves no history to read the text from: nothing is recorded or shown', async () => {
    const { shell, texts, runAll } = await open({ before: 'HISTSIZE=0' });
    await runAll('echo 1', 'false');
    expect(texts()).toEqual([]);
    expect(shell.screen()).not.toContain('_caro');
    await runAll('HISTSIZE=500', 'echo 2');
    expect(texts()).toContain('echo 2');
  });

  test('a history shared between shells adds no commands of other shells', async () => {
    const share = "shopt -s histappend; PROMPT_COMMAND='history -a; history -c; history -r'";
    const first = await open({ before: share });
    const second = await open({ before: share, home: first.shell.home });
    await first.runAll('echo 1', 'echo 2');
    await second.runAll('echo 3', 'echo 4');
    await first.runAll('echo 5', 'false');
    await second.runAll('echo 6');
    expect(first.texts()).toEqual(['echo 1', 'echo 2', 'echo 5', 'false']);
    expect(second.texts()).toEqual(['echo 3', 'echo 4', 'echo 6']);
  });

  test.each([
    ['HISTSIZE=3', 'HISTSIZE=3'],
    ['HISTSIZE=1', 'HISTSIZE=1'],
    ['no history file', 'unset HISTFILE'],
    ['vi mode', 'set -o vi'],
    ['a read-only IFS and PS4', "readonly IFS PS4='+ '"],
    ['HISTTIMEFORMAT', "HISTTIMEFORMAT='%F %T '"],
    ['set -u', 'set -u'],
    ['set -o posix', 'set -o posix'],
    ['noclobber', 'set -o noclobber'],
    ['functrace', 'set -T'],
    ['extdebug', 'shopt -s extdebug'],
    ['a strange IFS', "IFS='0123456789='"],
    ['nullglob and failglob', 'shopt -s nullglob failglob nocasematch extglob'],
    ['promptvars off', 'shopt -u promptvars'],
    [
      'own functions and aliases of the same names',
      "history() { echo mine; }; printf() { echo mine; }; read() { echo mine; }; umask() { echo mine; }; shopt() { echo mine; }; alias trap='echo mine' read='echo mine' history='echo mine'",
    ],
    ['a comma locale', 'LC_ALL=de_DE.UTF-8 2>/dev/null'],
  ])('under %s nothing is lost and nothing is shown', async (_name, before) => {
    const { shell, spool, runAll } = await open({ before });
    expect(await shell.run('echo 1')).toMatch(/^[^\n]*echo 1\s+1\s*$/);
    await runAll('echo 2', '(exit 4)', 'cd /', 'for i in 1 2; do :; done', 'echo 5');
    expect(spool.commands().map((c) => [c.text, c.status])).toEqual([
      ['echo 1', 0],
      ['echo 2', 0],
      ['(exit 4)', 4],
      ['cd /', 0],
      ['for i in 1 2; do :; done', 0],
      ['echo 5', 0],
    ]);
    expect(shell.screen()).not.toContain('_caro');
    expect(shell.screen()).not.toContain('mine');
  });

  test('without cmdhist a loop over three lines is still one command', async () => {
    const { shell, texts, runAll } = await open({ before: 'shopt -u cmdhist' });
    await runAll('echo a');
    shell.type(SUBJECT.loop.typed.join('\r'));
    await shell.waitForPrompt();
    await runAll('echo b');
    expect(texts()).toEqual(['echo a', 'for i in 1 2\ndo echo $i\ndone', 'echo b']);
  });

  test('with lithist, line ends and a text that looks like a history number are kept', async () => {
    const { shell, texts, runAll } = await open({ before: 'shopt -s lithist' });
    shell.type("echo 'x\r    2  y\r    3  z'");
    await shell.waitForPrompt();
    await runAll('echo b');
    expect(texts()).toEqual(["echo 'x\n    2  y\n    3  z'", 'echo b']);
  });

  test('$_, PIPESTATUS and the status are unchanged', async () => {
    const { shell, runAll } = await open();
    await runAll('echo last-word');
    expect(await shell.run('echo "<$_>"')).toContain('<last-word>');
    await runAll('(exit 3) | (exit 4) | true');
    expect(await shell.run('echo "<${PIPESTATUS[*]}>"')).toContain('<3 4 0>');
    await runAll('! false | true');
    expect(await shell.run('echo "<$?>"')).toContain('<1>');
  });

  test('a nested shell is a session of its own; exec keeps the process and starts another session', async () => {
    const { shell, spool, texts, runAll } = await open();
    await runAll(
      `bash --rcfile ~/.bashrc -i`,
      'echo inner',
      'exit',
      'echo outer',
      'exec bash --rcfile ~/.bashrc -i',
      'echo new',
    );
    expect(new Set(spool.files().map((name) => name.split('.').slice(0, 3).join('.'))).size).toBe(3);
    expect(
      texts()
        .filter((text) => text.startsWith('echo'))
        .sort(),
    ).toEqual(['echo inner', 'echo new', 'echo outer']);
    expect(shell.screen()).not.toContain('_caro');
  });

  test('a directory with any name is recorded', async () => {
    const { spool, runAll } = await open();
    const name = `it's "a" $dir \\ é`;
    await runAll(`mkdir -p $'it\\'s "a" $dir \\\\ é' && cd $'it\\'s "a" $dir \\\\ é'`, 'echo here');
    expect(spool.commands().at(-1)?.cwd?.endsWith(`/${name}`)).toBe(true);
  });

  test('bytes that are not UTF-8 can be restored', async () => {
    const { texts, shell } = await open();
    shell.paste('echo a');
    await shell.run("echo $'\\xff' é");
    expect(texts()).toEqual(['echo a' + "echo $'\\xff' é"]);
  });

  test('a command of a megabyte is recorded completely', async () => {
    const { texts, shell } = await open();
    const long = `: ${'x'.repeat(1_000_000)}`;
    await shell.run(`history -s ": $(printf '%01000000d' 0 | tr 0 x)"`);
    shell.send('\x1b[A\r');
    await until(() => texts().includes(long));
  });

  test('a read-only PROMPT_COMMAND, a restricted shell and a foreign spool are left alone', async () => {
    for (const before of ["readonly PROMPT_COMMAND='echo -n'", '']) {
      const { shell, spool, runAll } = await open({ before, ...(before ? {} : { args: ['-r'] }) });
      await runAll('echo a', 'echo b');
      expect(spool.files()).toEqual([]);
      expect(shell.screen()).not.toMatch(/readonly|restricted|_caro/);
    }
  });

  test('commands inside a sourced or executed script are not recorded', async () => {
    const { texts, runAll } = await open();
    await runAll("printf 'echo in\\necho in\\n' > s.sh", '. ./s.sh', 'bash ./s.sh');
    expect(texts()).toEqual(["printf 'echo in\\necho in\\n' > s.sh", '. ./s.sh', 'bash ./s.sh']);
  });
});

/**
 * Settings and programs that work against the hook of bash: each command is recorded with its own
 * text or counted as lost, and the user sees what they would see without the hook.
 */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openShell } from '../../rig/programs/pty.ts';
import { hasBash, requireShell, sinceBash } from '../../rig/programs/require-shell.ts';
import { until } from '../../rig/until.ts';
import { opener } from '../everyday.ts';
import { makeSpool, type Observed } from '../observed.ts';

const recorded = ({ spool }: Pick<Observed, 'spool'>): readonly unknown[] =>
  spool.commands().map((c) => [c.text, c.status]);

requireShell('bash')('bash with read-only and removed variables', () => {
  const open = opener('bash', 'bash');

  test.each([
    ['HISTTIMEFORMAT', "HISTTIMEFORMAT='%F %T '; readonly HISTTIMEFORMAT"],
    ['PS0 without a value', 'readonly PS0'],
    ['PS0', "readonly PS0=''"],
    ['IFS of digits', 'readonly IFS=0123456789'],
    ['HISTCMD', 'readonly HISTCMD'],
    ['REPLY', 'readonly REPLY=x'],
    ['IFS of digits beside REPLY', 'readonly IFS=0123456789 REPLY=x'],
    ['HISTCONTROL', 'readonly HISTCONTROL=ignorespace'],
    ['variable of any short name', 'readonly {a..z}=1 {A..Z}=1 s1=1 e1=1'],
    [
      'variable of a common name',
      'readonly text=1 word=1 last=1 first=1 lines=1 found=1 one=1 rest=1 mask=1 done=1 prev=1',
    ],
  ])('a read-only %s changes no text and hides no command', async (_name, before) => {
    const observed = await open({ before });
    await observed.runAll('git --version --force', ' echo private', 'chmod 777 ./none', '(exit 4)', 'umask');
    expect(recorded(observed)).toEqual([
      ['git --version --force', expect.any(Number)],
      ['chmod 777 ./none', 1],
      ['(exit 4)', 4],
      ['umask', 0],
    ]);
    expect(observed.shell.screen()).toMatch(/^0022$/m);
    expect(observed.shell.screen()).not.toMatch(/_caro|readonly/);
  });

  sinceBash(5, 1)('with a read-only PS0, pasted lines but the first are lost, and its status is unknown', async () => {
    const observed = await open({ before: 'readonly PS0' });
    observed.shell.paste('echo x\n(exit 5)\necho y');
    await observed.shell.run('');
    await observed.runAll('echo z');
    expect(recorded(observed)).toEqual([
      ['echo x', undefined],
      ['echo z', 0],
    ]);
    expect(observed.spool.lost()).toBe(2);
  });

  test.each(['', 'set -u'])('unset HISTCMD, LINENO and EPOCHREALTIME stop nothing (%s)', async (before) => {
    const observed = await open({ before: `HISTCONTROL=ignorespace; ${before}` });
    await observed.runAll('unset HISTCMD', ' echo private', 'HISTCMD=77', ' echo private', 'echo a');
    await observed.runAll('unset LINENO EPOCHREALTIME', 'echo b', '(exit 3)');
    expect(recorded(observed)).toEqual([
      ['unset HISTCMD', 0],
      ['HISTCMD=77', 0],
      ['echo a', 0],
      ['unset LINENO EPOCHREALTIME', 0],
      ['echo b', 0],
      ['(exit 3)', 3],
    ]);
    expect(observed.spool.records().every((r) => (r.startedAt ?? r.endedAt ?? 1) > 1e15)).toBe(true);
  });
});

requireShell('bash')('bash together with traps of the user', () => {
  const open = opener('bash', 'bash');

  test.each(['', 'set -E'])('an ERR trap fires once for each failure, and not for the hook (%s)', async (option) => {
    const seen: string[] = [];
    for (const env of [{ CARO_OFF: '1' }, {}]) {
      const { shell, runAll } = await open({ env, before: `trap 'echo "[status $?]"' ERR; ${option}` });
      await runAll('false', 'true', '(exit 3)', ' false', 'false');
      seen.push(shell.screen());
    }
    expect(seen[0]?.match(/^\[status/gm)).toHaveLength(4);
    expect(seen[1]).toBe(seen[0]);
  });

  /** Marks the first command after the prompt and its end, as terminal integrations do. */
  const integration = `
    busy=1
    pre() { if [ "$busy" = 0 ]; then busy=1; printf '<begin:%s>\\n' "$(HISTTIMEFORMAT= history 1 | sed 's/ *[0-9]* *//')"; fi; }
    post() { local s=$?; [ "$busy" = 1 ] && printf '<end %s>\\n' "$s"; busy=0; }
    trap 'pre "$_"' DEBUG; PROMPT_COMMAND=post`;
  const titles = `trap '[[ $BASH_COMMAND == PS1* ]] || printf "<%s>" "$BASH_COMMAND"' DEBUG; PROMPT_COMMAND='title=1'`;
  test.each([
    ['an integration loaded before', { before: integration }],
    ...(hasBash(5, 1) ? [['an integration loaded after', { after: integration }] as const] : []),
    ['window titles, before', { before: titles }],
  ])('the marks of %s are the same as without the hook', async (_name, files) => {
    const seen: string[] = [];
    for (const env of [{ CARO_OFF: '1' }, {}]) {
      const observed = await open({ ...files, env });
      await observed.runAll('echo one', 'false', '(exit 3)', '', 'echo two', 'echo two');
      // What the start file itself sets off is left out.
      seen.push(observed.shell.screen().replace(/^[\s\S]*?(?=caro-test> )/, ''));
      if ('CARO_OFF' in env) continue;
      expect(recorded(observed)).toEqual([
        ['echo one', 0],
        ['false', 1],
        ['(exit 3)', 3],
        ['echo two', 0],
        ['echo two', 0],
      ]);
    }
    expect(seen[0]).toMatch(/<[^<>]*echo one>[^<>]*one/);
    expect(seen[1]).toBe(seen[0]);
  });

  test('an integration loaded at the prompt sees no command of the hook', async () => {
    const { shell, runAll } = await open();
    writeFileSync(join(shell.home, 'integration'), integration);
    await runAll('. ./integration', 'echo one', 'echo two', 'echo three');
    expect(shell.screen().match(/<.*>/g)).toEqual([
      '<end 0>',
      '<begin:echo one>',
      '<end 0>',
      '<begin:echo two>',
      '<end 0>',
      '<begin:echo three>',
      '<end 0>',
    ]);
  });
});

requireShell('bash')('bash that runs more, or less, than was typed', () => {
  const open = opener('bash', 'bash');

  test('comments and syntax errors are not recorded, and shift no text', async () => {
    const observed = await open();
    await observed.runAll('# note', 'echo (', '(exit 2)');
    observed.shell.paste('# one\necho a\n# two\n(exit 3)\n echo private\necho b\n# three');
    await observed.shell.run('');
    await observed.runAll('echo c');
    expect(recorded(observed)).toEqual([
      ['(exit 2)', 2],
      ['echo a', 0],
      ['(exit 3)', 3],
      ['echo b', 0],
      ['echo c', 0],
    ]);
  });

  test('lines pasted after a private one are recorded', async () => {
    const observed = await open({ before: 'HISTCONTROL=ignoreboth' });
    observed.shell.paste(' echo private\necho a\n echo private\n(exit 3)');
    await observed.shell.run('');
    expect(recorded(observed)).toEqual([
      ['echo a', 0],
      ['(exit 3)', 3],
    ]);
  });

  sinceBash(5, 1)('pasted lines are counted as lost when erasedups moves the entries', async () => {
    const observed = await open({ before: 'HISTCONTROL=erasedups' });
    await observed.runAll('echo a', 'echo b');
    observed.shell.paste('echo c\n(exit 3)\necho a');
    await observed.shell.run('');
    await observed.runAll('echo d');
    const texts = observed.texts();
    expect(texts.slice(0, 3)).toEqual(['echo a', 'echo b', 'echo c']);
    expect(texts.at(-1)).toBe('echo d');
    expect(observed.spool.lost()).toBe(2);
  });

  test('without cmdhist, a command is complete or counted as lost', async () => {
    const observed = await open({ before: 'shopt -u cmdhist; HISTCONTROL=ignoreboth' });
    const { shell } = observed;
    for (const typed of ['for i in 1\r do echo $i\rdone', 'if true\rthen echo x\rfi']) {
      shell.type(typed);
      await shell.waitForPrompt();
    }
    await observed.runAll('echo b');
    expect(observed.spool.lost()).toBe(0);
    expect(observed.texts()).toEqual(['for i in 1\n do echo $i\ndone', 'if true\nthen echo x\nfi', 'echo b']);
  });

  test.each([
    ['C-x C-e', '', 'echo typed\x18\x05'],
    // After the editor, bash 4.4 takes what is typed next as commands of vi.
    ...(hasBash(5, 0) ? [['v in vi mode', 'set -o vi', 'echo typed\x1bv'] as const] : []),
    ['fc', '', 'fc\r'],
  ])('%s records the lines that the editor wrote', async (_name, before, keys) => {
    const observed = await open({
      before: `${before}\nexport VISUAL=~/editor FCEDIT=~/editor`,
    });
    const { shell } = observed;
    const editor = join(shell.home, 'editor');
    writeFileSync(editor, `#!/bin/sh\nprintf 'echo edited\\n(exit 3)\\n# note\\n! true\\n' >"$1"\n`);
    chmodSync(editor, 0o700);
    await observed.runAll('echo before');
    shell.send(keys);
    await shell.waitFor(/! true[\s\S]*> /);
    await observed.runAll('echo after');
    expect(observed.texts().filter((text) => text !== '(exit 3)')).toEqual([
      'echo before',
      'echo edited',
      '! true',
      'echo after',
    ]);
  });

  sinceBash(5, 1).each(['unset PROMPT_COMMAND', 'PROMPT_COMMAND=()', 'f() { unset PROMPT_COMMAND; }; f'])(
    'the hook survives a typed %s',
    async (line) => {
      const { shell, spool, runAll, texts } = await open();
      await runAll(line, ' : private', ': one', 'false', 'echo "<$?>"');
      await until(() => texts().length === 4);
      expect(spool.commands().map((c) => [c.text, c.status])).toEqual([
        [line, 0],
        [': one', 0],
        ['false', 1],
        ['echo "<$?>"', 0],
      ]);
      expect(shell.screen()).toContain('<1>');
      await runAll('caro_off', 'unset PROMPT_COMMAND', ': hidden', 'echo "<${PROMPT_COMMAND-none}>"');
      expect(shell.screen()).toContain('<none>');
      expect(texts()).not.toContain(': hidden');
    },
  );

  test('what a RETURN trap prints in the functions of the hook is no part of a text', async () => {
    const { runAll, texts } = await open({ before: 'set -T; trap \'echo "[return]"\' RETURN' });
    const lines = [': one', 'f() { :; }', 'HISTTIMEFORMAT=x', ': two'];
    await runAll(...lines);
    await until(() => texts().length === lines.length);
    expect(texts()).toEqual(lines);
  });

  test('fc -s records what it repeats', async () => {
    const observed = await open();
    await observed.runAll('echo a', 'fc -s a=b echo', 'fc -l');
    expect(observed.texts()).toEqual(['echo a', 'echo b', 'fc -l']);
  });
});

requireShell('bash')('bash that loads the hook in an unusual way', () => {
  const open = opener('bash', 'bash');

  test.each([
    ['a function', 'later() { PROMPT_COMMAND=; load; }; PROMPT_COMMAND=later'],
    ['a function that stays', 'later() { load; }; PROMPT_COMMAND=later'],
    ['a line', "PROMPT_COMMAND='unset PROMPT_COMMAND; load'"],
  ])('from PROMPT_COMMAND, by %s: the first line is recorded', async (_name, rc) => {
    const spool = makeSpool();
    const shell = await openShell({ shell: 'bash', rc: `load() { ${spool.rc('bash')}; }; ${rc}` });
    for (const line of ['echo a', '(exit 3)', 'echo b']) await shell.run(line);
    expect(recorded({ spool })).toEqual([
      ['echo a', 0],
      ['(exit 3)', 3],
      ['echo b', 0],
    ]);
    await shell.close();
    spool.remove();
  });

  test('with aliases and functions that have the names of its words', async () => {
    const words = ['local', 'return', 'unset', 'case', 'builtin', 'shopt', 'if', 'trap'];
    const aliases = words.map((word) => `alias ${word}='echo mine'`).join('\n');
    const observed = await open({
      before: `${aliases}\ndate() { echo mine; }; echo() { command echo "<$*>"; }; printf() { :; }`,
    });
    await observed.runAll('echo a', '(exit 3)', 'alias case');
    expect(recorded(observed)).toEqual([
      ['echo a', 0],
      ['(exit 3)', 3],
      ['alias case', 0],
    ]);
    expect(observed.shell.screen()).toContain("alias case='echo mine'");
  });
});

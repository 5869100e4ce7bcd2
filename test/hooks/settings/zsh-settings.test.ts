/** What a user may have set, defined or trapped in zsh before and after the hook is loaded. */

import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { otherRoot } from '../../rig/programs/pty.ts';
import { requireShell } from '../../rig/programs/require-shell.ts';
import { until } from '../../rig/until.ts';
import { ended, opener } from '../everyday.ts';
import { observe } from '../observed.ts';

/** Options that end, restrict or mute an interactive shell, or that only a start sets. */
const NOT_SET = /^(exec|interactive|login|privileged|restricted|shinstdin|singlecommand|xtrace|globalrcs|rcs)$/;
const AT_A_TIME = 6;

requireShell('zsh')('zsh', () => {
  test('records under every option, set before the hook is loaded, and shows nothing', async () => {
    const [file, ...args] = [...otherRoot('/'), 'zsh', '-fc', 'print -l ${(k)options}'];
    const all = execFileSync(file, args, { encoding: 'utf8' }).trim().split('\n');
    const options = all.filter((option) => !NOT_SET.test(option));
    expect(options.length).toBeGreaterThan(150);
    const settings = [...options.map(toggled), ...['sh', 'ksh', 'csh'].map((to) => `emulate ${to}`)];
    const failed: string[] = [];
    for (let from = 0; from < settings.length; from += AT_A_TIME)
      await Promise.all(
        settings.slice(from, from + AT_A_TIME).map(async (before) => {
          const { shell, spool, close } = await observe('zsh', { shell: 'zsh', before });
          for (const line of [': one', ' : hidden', ': two']) await shell.run(line);
          // With the option verbose, the prompt is also shown where it is set, so a command may
          // still run.
          const texts = () => spool.commands().flatMap(({ text, ended: isEnded }) => (isEnded ? [text] : []));
          const isRecorded = await until(() => texts().join() === ': one,: two').catch(() => false);
          if (!isRecorded || /_caro|error/.test(shell.screen()))
            failed.push(`${before}: ${texts().join()} ${shell.screen()}`);
          await close();
        }),
      );
    expect(failed).toEqual([]);
  }, 180_000);

  const open = opener('zsh', 'zsh');

  // `eval` is in the start file of the user, before the hook can do anything about it.
  test('records if every builtin and nearly every reserved word is an alias, and -h as well (bat recommends that)', async () => {
    const { shell, texts, runAll } = await open({
      before: `
        words=(\${(k)builtins:#eval} \${(k)reswords:#(if|then|else|fi)} zsh no_aliases -o -c -n -g -i -ga -gi -wa -u -a -b)
        alias -g -- -h='-h 2>&1 | bat --language=help'
        for w in $words; do alias -g -- "$w=hijacked"; alias -- "$w=hijacked"; done`,
    });
    await runAll('/bin/echo one', '/bin/sh -c "exit 3"');
    expect(shell.screen()).not.toMatch(/hijacked|error/);
    expect(texts()).toEqual(['/bin/echo one', '/bin/sh -c "exit 3"']);
  });

  test('records if nearly every builtin is a function', async () => {
    const used =
      'autoload emulate eval exec functions return setopt syswrite sysopen trap typeset unfunction unset zmodload';
    const { shell, spool, runAll } = await open({
      before: `for w in \${(k)builtins:|used} date echo; do functions[$w]='print hijacked'; done`.replace(
        'for',
        `used=(${used} for functions print true bye); for`,
      ),
    });
    await runAll('/bin/echo one', '/bin/sh -c "exit 3"', '/bin/echo two');
    expect(shell.screen()).not.toMatch(/hijacked|_caro|error/);
    expect(spool.commands().map((c) => [c.text, c.status])).toEqual([
      ['/bin/echo one', 0],
      ['/bin/sh -c "exit 3"', 3],
      ['/bin/echo two', 0],
    ]);
  });

  test('variables that the hook would use locally are readonly', async () => {
    const { texts, shell, runAll } = await open({ before: 'readonly t=1 fd=1 s=1 e=1 r=1 n=1 c=1 no=1 u=1 o=1' });
    await runAll(': one', ': two');
    expect(shell.screen()).not.toContain('read-only');
    expect(texts()).toEqual([': one', ': two']);
  });

  test.each([
    ['DEBUG', "trap 'print debug-fired' DEBUG", 5],
    ['TRAPDEBUG', 'TRAPDEBUG() { print debug-fired }', 5],
    ['ZERR', "trap 'print err-fired' ZERR", 1],
  ])('a trap on %s fires for the commands of the user only', async (_name, trap, times) => {
    const { shell, texts, runAll } = await open();
    await runAll(trap, ': one', '(exit 3)', ': two', 'trap');
    expect(shell.screen().match(/^(?:debug|err)-fired/gm)).toHaveLength(times);
    expect(texts()).toHaveLength(5);
  });

  test('set -v shows the typed lines and nothing of the hook', async () => {
    const { shell, texts, runAll } = await open();
    await runAll('set -v', ': one', ': two');
    expect(shell.screen()).not.toContain('_caro');
    expect(texts()).toEqual(['set -v', ': one', ': two']);
  });
});

requireShell('zsh')('what the history of zsh does not keep is not recorded (FR-401):', () => {
  const open = opener('zsh', 'zsh');

  test.each([
    ['a plain pattern', 'HISTORY_IGNORE="(: secret*|ls)"'],
    ['an extended pattern', "setopt extended_glob; HISTORY_IGNORE='(#i): SECRET*'"],
    ['an extended pattern with a negation', "setopt extended_glob; HISTORY_IGNORE='^(: (one|two)|[hH]*)'"],
  ])('HISTORY_IGNORE with %s', async (_name, setting) => {
    const { texts, runAll } = await open();
    await runAll(setting, ': one', ': secret 1', ': two');
    expect(texts().slice(-2)).toEqual([': one', ': two']);
  });

  test('an invalid HISTORY_IGNORE ignores nothing and shows nothing', async () => {
    const { texts, shell, runAll } = await open();
    await runAll("HISTORY_IGNORE='(a|'", ': one', ': two');
    expect(shell.screen()).not.toMatch(/bad pattern|_caro/);
    expect(texts()).toEqual(["HISTORY_IGNORE='(a|'", ': one', ': two']);
  });

  test.each([
    ['the function zshaddhistory, status 1', 'zshaddhistory() { [[ $1 != *secret* ]] }'],
    ['the function zshaddhistory, status 2', 'zshaddhistory() { [[ $1 == *secret* ]] && return 2; return 0 }'],
    ['a function of the array', 'zshaddhistory_functions+=(mine); mine() { [[ $1 != *secret* ]] }'],
  ])('a line that %s refuses', async (_name, rc) => {
    const { texts, shell, runAll } = await open({ after: rc });
    await runAll(': one', ': secret', ': two', 'caro_off');
    expect(texts()).toEqual([': one', ': two', 'caro_off']);
    expect(await shell.run('print ${(Mk)functions:#_caro_own*}')).not.toContain('_caro_own_');
    expect(await shell.run('functions zshaddhistory mine')).toContain('*secret*');
  });

  test('a zshaddhistory hook runs once for each line and with the options of the user', async () => {
    const { shell, runAll } = await open({
      after:
        'setopt extended_glob\nzshaddhistory() { [[ $1 == (#i)\': ONE\'* ]] && print -r -- "hook: $1" >>~/log; return 0 }',
    });
    await runAll(': one', ': two', ': one 2');
    expect(await shell.run('cat ~/log')).toMatch(/hook: : one\n+hook: : one 2/);
  });

  test('a leading space that hist_reduce_blanks removes from the history', async () => {
    const { texts, runAll } = await open({ after: 'setopt hist_reduce_blanks' });
    await runAll(': one', ' : secret', '  : secret', ': two');
    expect(texts()).toEqual([': one', ': two']);
  });
});

requireShell('zsh')('what an editor command of zsh ran is recorded:', () => {
  const open = opener('zsh', 'zsh');

  test('fc and r', async () => {
    const { spool, runAll } = await open();
    await runAll(': one', 'fc -e true 1 1', 'r', 'print -s ": never run"', '(exit 3)', 'fc -e - -1 -1');
    await ended(spool, 9);
    expect(spool.commands().map((c) => [c.text, c.status])).toEqual([
      [': one', 0],
      ['fc -e true 1 1', 0],
      [': one', 0],
      ['r', 0],
      [': one', 0],
      ['print -s ": never run"', 0],
      ['(exit 3)', 3],
      ['fc -e - -1 -1', 3],
      ['(exit 3)', 3],
    ]);
  });

  test('edit-command-line', async () => {
    const { shell, texts } = await open({
      after:
        "autoload -Uz edit-command-line; zle -N edit-command-line; bindkey '^X^E' edit-command-line\nexport EDITOR=$HOME/editor",
    });
    await shell.run("printf '%s\\n' '#!/bin/sh' 'echo : edited >\"$1\"' >~/editor; chmod +x ~/editor");
    shell.send(': typed');
    await shell.waitFor('typed');
    shell.send('\x18\x05');
    await shell.waitFor('edited');
    await shell.run('');
    expect(texts().at(-1)).toBe(': edited');
  });
});

const toggled = (option: string): string => `[[ -o ${option} ]] && unsetopt ${option} || setopt ${option}`;

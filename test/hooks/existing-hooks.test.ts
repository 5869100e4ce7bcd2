/** The user's own start-file code continues to work, and so does the hook. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { hasBash, requireShell } from '../rig/programs/require-shell.ts';
import { opener } from './everyday.ts';

/** Before bash 5.1, PROMPT_COMMAND is one string, and only $? is what it is without the hook. */
const isArray = hasBash(5, 1);
const logOf = (home: string): string[] => readFileSync(join(home, 'log'), 'utf8').trim().split('\n');

requireShell('bash')('together with other hooks in bash', () => {
  const open = opener('bash', 'bash');
  const note = 'note() { echo "$? ${PIPESTATUS[*]} $_" >>~/log; }';

  test.each([
    ['a string before', { before: `${note}; PROMPT_COMMAND=note` }],
    ['an array before', { before: `${note}; PROMPT_COMMAND=(note :)` }],
    ['a string put before', { before: note, after: 'PROMPT_COMMAND="note; $PROMPT_COMMAND"' }],
    ['a string put behind', { before: `${note}; PROMPT_COMMAND=:`, after: 'PROMPT_COMMAND="$PROMPT_COMMAND; note"' }],
    ...(isArray
      ? ([
          ['a string after', { before: note, after: 'PROMPT_COMMAND=note' }],
          ['an element appended after', { before: note, after: 'PROMPT_COMMAND+=(note)' }],
        ] as const)
      : []),
  ])('PROMPT_COMMAND as %s runs once per prompt and sees the same as without the hook', async (_name, files) => {
    const seen: string[][] = [];
    for (const env of [{ CARO_OFF: '1' }, {}]) {
      const { shell, texts, runAll } = await open({ ...files, env });
      await runAll('true', '(exit 3)', 'true one | false two', '! echo x');
      const noted = logOf(shell.home).slice(1);
      seen.push(isArray ? noted : noted.map((line) => line.replace(/ .*/, '')));
      expect(texts()).toEqual(env.CARO_OFF ? [] : ['true', '(exit 3)', 'true one | false two', '! echo x']);
    }
    expect(seen[0]).toHaveLength(4);
    expect(seen[1]).toEqual(seen[0]);
  });

  test.each([
    ['before', { before: `PS0='<go>'` }],
    ['after', { after: `PS0='<go>'` }],
  ])('PS0 set %s is still shown', async (_when, files) => {
    const { shell, spool } = await open(files);
    expect(await shell.run('echo hi')).toContain('<go>hi');
    expect(await shell.run('echo ho')).toContain('<go>ho');
    const times = spool.commands().map((c) => c.startedAt !== undefined && c.ended);
    expect(times).toEqual([true, true]);
  });

  const trap = `trap 'echo "$BASH_COMMAND|$?|$_" >>~/log' DEBUG`;
  test.each([
    ['before', { before: trap }],
    ['after', { after: trap }],
  ])('a DEBUG trap set %s sees every command with its status and $_', async (_when, files) => {
    const { shell, spool, runAll } = await open(files);
    await runAll('echo a b', '(exit 3)', 'echo c; echo d', 'f() { echo in; }; f', 'echo e');
    const seen = logOf(shell.home);
    expect(seen.filter((line) => /^(?:echo|f\b)/.test(line))).toEqual([
      expect.stringMatching(/^echo a b\|0\|/),
      expect.stringMatching(/^echo c\|3\|/),
      'echo d|0|c',
      expect.stringMatching(/^f\|0\|/),
      expect.stringMatching(/^echo e\|0\|/),
    ]);
    expect(spool.records().map((record) => record.type)).toEqual([
      'start',
      'end',
      'both',
      'start',
      'end',
      'start',
      'end',
      'start',
      'end',
    ]);
    expect(spool.commands().map((c) => [c.text, c.status])).toEqual([
      ['echo a b', 0],
      ['(exit 3)', 3],
      ['echo c; echo d', 0],
      ['f() { echo in; }; f', 0],
      ['echo e', 0],
    ]);
  });

  test('a DEBUG trap set, changed and removed by the user works as without the hook', async () => {
    const { shell, runAll, texts } = await open();
    await runAll(
      "trap 'echo one >>~/log' DEBUG",
      ':',
      "trap 'echo two >>~/log' DEBUG",
      ':',
      'trap - DEBUG',
      'echo x',
      ':',
    );
    const log = logOf(shell.home);
    expect(log.at(-1)).toBe('two');
    expect(log).toContain('one');
    const length = log.length;
    await runAll('echo y');
    expect(logOf(shell.home)).toHaveLength(length);
    expect(texts().slice(-3)).toEqual(['echo x', ':', 'echo y']);
  });

  test('caro_off restores a DEBUG trap', async () => {
    const { shell, runAll } = await open({ before: "trap 'echo t >>~/log' DEBUG" });
    await runAll('echo a', 'caro_off');
    const shown = await shell.run('trap -p DEBUG; echo "[$PS0]"; echo "${PROMPT_COMMAND[*]}"');
    expect(shown).toContain("trap -- 'echo t >>~/log' DEBUG");
    expect(shown).toContain('[]');
    expect(shown).not.toContain('_caro');
  });

  /**
   * The interface of bash-preexec, which installs itself and its DEBUG trap at the first prompt.
   */
  const preexec = `
    __bp_imported=defined precmd_functions=() preexec_functions=()
    bp_run() { local f; for f in "\${preexec_functions[@]}"; do "$f" "$1"; done; }
    bp_trap() {
      [[ $bp_ready ]] || return 0
      bp_ready=
      [[ $'\\n'"$(printf '%s\\n' "\${PROMPT_COMMAND[@]}")"$'\\n' != *$'\\n'"$BASH_COMMAND"$'\\n'* ]] || return 0
      local line; line=$(HISTTIMEFORMAT= builtin history 1); line=\${line#*[0-9][* ] }
      bp_run "$line"
    }
    bp_status() { return "$1"; }
    bp_before() { local s=$? f; for f in "\${precmd_functions[@]}"; do bp_status "$s"; "$f"; done; }
    bp_install() { trap 'bp_trap "$_"' DEBUG; PROMPT_COMMAND=$'bp_before\\n'"\${PROMPT_COMMAND/bp_install/}"$'\\n''__bp_interactive_mode'; bp_before; __bp_interactive_mode; }
    __bp_interactive_mode() { bp_ready=on; }
    PROMPT_COMMAND=bp_install
    mine() { echo "pre $1" >>~/log; }; preexec_functions+=(mine)
    after() { echo "post $?" >>~/log; }; precmd_functions+=(after)
  `;
  test.each([['before', { before: preexec }], ...(isArray ? [['after', { after: preexec }] as const] : [])])(
    'with bash-preexec loaded %s the hook, its functions and the hook all run',
    async (_when, files) => {
      const { shell, spool, runAll } = await open(files);
      await runAll('echo a', '(exit 3)', ' echo secret', 'echo b');
      const log = logOf(shell.home);
      // bash-preexec misses a line without a simple command of its own; the hook does not.
      expect(log.slice(-7)).toEqual([
        'pre echo a',
        'post 0',
        'post 3',
        'pre  echo secret',
        'post 0',
        'pre echo b',
        'post 0',
      ]);
      expect(spool.commands().map((c) => [c.text, c.status])).toEqual([
        ['echo a', 0],
        ['(exit 3)', 3],
        ['echo b', 0],
      ]);
      expect(shell.screen()).not.toContain('_caro');
    },
  );
});

requireShell('zsh')('together with other hooks in zsh', () => {
  const open = opener('zsh', 'zsh');
  const hooks = `
    autoload -Uz add-zsh-hook
    mine() { print -r -- "pre $1" >>~/log }
    after() { print -r -- "post $? $pipestatus" >>~/log }
    precmd() { print -r -- "precmd $?" >>~/log }
    preexec() { print -r -- "preexec $1" >>~/log }
    add-zsh-hook preexec mine; add-zsh-hook precmd after
  `;
  test.each([
    ['before', { before: hooks }],
    ['after', { after: hooks }],
  ])('precmd and preexec functions set %s run once and see the correct values', async (_when, files) => {
    const { shell, spool, runAll } = await open(files);
    await runAll('echo a', '(exit 3)', 'true | false');
    expect(logOf(shell.home).slice(-8)).toEqual([
      'preexec (exit 3)',
      'pre (exit 3)',
      'precmd 3',
      'post 3 3',
      'preexec true | false',
      'pre true | false',
      'precmd 1',
      expect.stringMatching(/^post 1/),
    ]);
    expect(spool.commands().map((c) => c.text)).toEqual(['echo a', '(exit 3)', 'true | false']);
  });
});

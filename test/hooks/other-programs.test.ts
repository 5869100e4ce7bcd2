/**
 * The hook together with real programs that many people have in their start files. Those of Debian
 * 12 are tested in CI, newer ones by `npm run test:shell-versions`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PROMPT } from '../rig/programs/pty.ts';
import { ended, opener, startOf } from './everyday.ts';

const ROOT = process.env['CARO_TEST_SHELL_ROOT'] ?? '/';

/** `describe`, or a named skip if this file is missing; with CI=true and `inCi` it fails. */
function requireFile(file: string, inCi: boolean): typeof describe | typeof describe.skip {
  if (existsSync(join(ROOT, file))) return describe;
  if (inCi && process.env['CI'] === 'true') throw new Error(`CI needs ${file}; .ci/run installs it`);
  return describe.skip;
}

interface Program {
  readonly shell: 'bash' | 'zsh' | 'fish';
  /** Lines of the program in the start file. */
  readonly lines: string;
  /** The last line typed, and what it must show if the program works. */
  readonly expected: readonly [typed: string, shown: RegExp];
}

/** Types the same lines with the program loaded before the hook and after it. */
function testTogether({ shell, lines, expected }: Program): void {
  const open = opener(shell, shell);
  const fail = shell === 'fish' ? 'sh -c "exit 3"' : '(exit 3)';
  test.each([
    ['before', { before: lines }],
    ['after', { after: lines }],
  ])(`in ${shell}, loaded %s the hook, both work`, async (_name, files) => {
    const { shell: session, spool, runAll } = await open(files);
    await runAll('echo a', fail, ' echo hidden', 'cd /usr', 'true | false', 'echo "é" ');
    expect((await ended(spool, 5)).map((c) => [c.text.trim(), c.status])).toEqual([
      ['echo a', 0],
      [fail, 3],
      ['cd /usr', 0],
      ['true | false', 1],
      ['echo "é"', 0],
    ]);
    expect(await session.run(expected[0])).toMatch(expected[1]);
    expect(session.screen()).not.toContain('_caro');
  });
}

const STARSHIP =
  'mkdir -p ~/.config; printf \'format = "caro-test> "\\nadd_newline = false\\n\' >~/.config/starship.toml';

requireFile('/usr/bin/starship', false)('starship', () => {
  for (const shell of ['bash', 'zsh'] as const) {
    const lines = `${STARSHIP}; eval "$(starship init ${shell})"`;
    testTogether({ shell, lines, expected: ['echo "<$STARSHIP_CMD_STATUS>"', /^<0>/m] });
  }
});

requireFile('/usr/bin/atuin', false)('atuin', () => {
  testTogether({
    shell: 'zsh',
    lines: 'eval "$(atuin init zsh)"',
    expected: ['atuin history list --cmd-only', /^echo a$[\s\S]*^true \| false$/m],
  });
});

requireFile('/usr/bin/zoxide', true)('zoxide', () => {
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    const lines = shell === 'fish' ? 'zoxide init fish | source' : `eval "$(zoxide init ${shell})"`;
    testTogether({ shell, lines, expected: ['zoxide query -l', /^\/usr$/m] });
  }
});

requireFile('/usr/bin/direnv', true)('direnv', () => {
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    const lines = shell === 'fish' ? 'direnv hook fish | source' : `eval "$(direnv hook ${shell})"`;
    const typed = 'cd; echo "export MINE=direnv" >.envrc; direnv allow; cd .; cd /; cd ~';
    testTogether({ shell, lines, expected: [`${typed}\recho "<$MINE>"`, /direnv/] });
  }
});

requireFile('/usr/share/zsh-autosuggestions/zsh-autosuggestions.zsh', true)('zsh-autosuggestions', () => {
  testTogether({
    shell: 'zsh',
    lines: '. /usr/share/zsh-autosuggestions/zsh-autosuggestions.zsh',
    expected: ['echo "<$+ZSH_AUTOSUGGEST_STRATEGY>"', /^<1>/m],
  });
});

requireFile('/usr/share/zsh-syntax-highlighting/zsh-syntax-highlighting.zsh', true)('zsh-syntax-highlighting', () => {
  testTogether({
    shell: 'zsh',
    lines: '. /usr/share/zsh-syntax-highlighting/zsh-syntax-highlighting.zsh',
    expected: ['echo "<$+ZSH_HIGHLIGHT_VERSION>"', /^<1>/m],
  });
});

requireFile('/usr/share/blesh/ble.sh', false)('ble.sh', () => {
  const open = opener('bash', 'bash');
  test('commands are recorded with text and status, and its DEBUG trap is unchanged', async () => {
    const { shell, spool } = await open({
      before: '. /usr/share/blesh/ble.sh --noattach',
      after: `PS1='${PROMPT}'; ble-attach`,
      env: { USER: 'ada' },
      cursor: true,
    });
    for (const [count, line] of ['echo a', '(exit 3)', ' echo hidden', 'true | false', 'echo a'].entries()) {
      shell.type(line);
      // ble.sh joins two lines that arrive at once.
      if (line.startsWith(' ')) await shell.waitFor(/hidden[\s\S]*hidden\r\n/);
      else await ended(spool, count < 2 ? count + 1 : count);
    }
    expect(spool.commands().map((c) => [c.text, c.status])).toEqual([
      ['echo a', 0],
      ['(exit 3)', 3],
      ['true | false', 1],
      ['echo a', 0],
    ]);
    expect(spool.records().map((record) => record.type)).toEqual(
      Array.from({ length: 4 }, () => ['start', 'end']).flat(),
    );
    shell.type('caro_off');
    await startOf(spool, 'caro_off');
    shell.type('exit 5');
    expect(await shell.ended()).toBe(5);
    expect(spool.commands().map((c) => c.text)).not.toContain('exit 5');
  });
});

requireFile('/usr/share/doc/fzf/examples/key-bindings.bash', true)('fzf', () => {
  for (const shell of ['bash', 'zsh'] as const) {
    const open = opener(shell, shell);
    const files = {
      before: `. /usr/share/doc/fzf/examples/key-bindings.${shell}`,
      // Otherwise it asks the terminal for the cursor position, and this terminal does not answer.
      env: { FZF_CTRL_R_OPTS: '--no-height' },
    };
    test(`in ${shell} a command found with ^R is recorded like one typed`, async () => {
      const { shell: session, spool, runAll } = await open(files);
      await runAll('echo wanted', 'echo other');
      session.send('\x12');
      await session.waitFor('2/2');
      session.send('wanted');
      await session.waitFor('1/2');
      session.send('\r');
      await session.waitFor('echo wanted');
      session.send('\r');
      expect((await ended(spool, 3)).map((c) => c.text)).toEqual(['echo wanted', 'echo other', 'echo wanted']);
    });
  }
});

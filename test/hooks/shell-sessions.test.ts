/**
 * Nested shells, replaced shells, shells of other users and in other terminals: each is a session
 * of its own, or none.
 */

import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PROMPT, type ShellName } from '../rig/programs/pty.ts';
import { requireShell } from '../rig/programs/require-shell.ts';
import { until } from '../rig/until.ts';
import { ALL_SHELLS, ended, opener } from './everyday.ts';
import { makeSpool, type Spool } from './observed.ts';

/** The same shell again with the same start file. */
const AGAIN: Readonly<Record<ShellName, string>> = {
  bash: 'bash --rcfile ~/.bashrc -i',
  zsh: 'zsh -d -i',
  fish: 'fish -i',
  dash: 'dash -i',
  busybox: 'busybox ash -i',
  ksh: 'ksh -i',
  mksh: 'mksh -i',
};
const sessionsIn = (spool: Spool): number =>
  new Set(spool.files().map((name) => name.split('.').slice(0, 3).join('.'))).size;
const echoes = (texts: readonly string[]): readonly string[] => texts.filter((text) => text.startsWith('echo')).sort();

for (const [shell, kind] of ALL_SHELLS) {
  requireShell(shell)(shell, () => {
    const open = opener(kind, shell);

    // Under `set -a`, a shell exports all of its variables.
    const starts = ['', ...(shell === 'fish' ? [] : ['set -a'])];
    test.each(starts)('that is replaced by exec continues as another session (%s)', async (before) => {
      const { shell: session, spool, runAll, texts } = await open({ before });
      await runAll('echo old', `exec env REPLACED=1 ${AGAIN[shell]}`);
      // The old shell may read what is typed too early, and take it along.
      await until(() => readFileSync(`/proc/${session.pid}/environ`, 'latin1').includes('\0REPLACED=1\0'));
      await runAll('echo new', 'echo last');
      await until(
        () => ({ commands: texts(), screen: session.screen() }),
        ({ commands }) => commands.includes('echo last'),
      );
      expect(echoes(texts())).toEqual(['echo last', 'echo new', 'echo old']);
      expect(sessionsIn(spool)).toBe(2);
      expect(session.screen()).not.toContain('_caro');
    });

    // ksh draws prompts twice, so that the end of a line cannot be detected.
    if (shell === 'ksh') return;
    test('inside script(1) is a session of its own, and nothing is recorded twice', async () => {
      const { spool, runAll, texts } = await open();
      await runAll('echo outer', `script -qc '${AGAIN[shell]}' /dev/null`, 'echo inner', 'exit', 'echo back');
      await ended(spool, 3);
      await until(() => texts().includes('echo back'));
      expect(echoes(texts())).toEqual(['echo back', 'echo inner', 'echo outer']);
      expect(sessionsIn(spool)).toBe(2);
    });
  });
}

const root = process.getuid?.() === 0 ? describe : describe.skip;
root('a shell of another user', () => {
  const NOBODY = 65_534;
  const open = opener('bash', 'bash');

  test('that kept the environment of this one (su -m, sudo -s) records and shows nothing', async () => {
    const { shell, spool, texts, runAll } = await open();
    for (const place of [spool.root, shell.home]) chmodSync(place, 0o755);
    for (const file of ['.bashrc']) chmodSync(join(shell.home, file), 0o644);
    chmodSync(join(spool.root, 'emitted.bash'), 0o644);
    await runAll('echo ours', 'su -m -s /bin/bash nobody', 'id -u', 'echo theirs', 'exit', 'echo ours again');
    expect(shell.screen()).toMatch(/^65534$/m);
    await until(() => texts().includes('echo ours again'));
    expect(texts()).toEqual(['echo ours', 'su -m -s /bin/bash nobody', 'echo ours again']);
    expect(shell.screen()).not.toMatch(/_caro|denied/);
  });

  test('with a start file of its own (su -) writes to its own spool only', async () => {
    const theirs = makeSpool();
    const { texts, runAll } = await open();
    writeFileSync(join(theirs.root, '.bashrc'), `${theirs.rc('bash')}\nPS1='${PROMPT}'\n`);
    for (const name of ['', ...readdirSync(theirs.root)]) {
      chownSync(join(theirs.root, name), NOBODY, NOBODY);
      chmodSync(join(theirs.root, name), name === '.bashrc' ? 0o644 : 0o755);
    }
    chmodSync(theirs.dir, 0o700);
    await runAll('echo ours', `su -s /bin/bash nobody -c 'HOME=${theirs.root} exec bash -i'`, 'echo theirs', 'exit');
    await runAll('echo ours again');
    await until(() => texts().includes('echo ours again'));
    expect(echoes(texts())).toEqual(['echo ours', 'echo ours again']);
    expect(echoes(theirs.commands().map(({ text }) => text))).toEqual(['echo theirs']);
    expect(theirs.files().map((name) => statSync(join(theirs.dir, name)).uid)).toEqual([NOBODY]);
    theirs.remove();
  });
});

requireShell('bash')('a bash', () => {
  const open = opener('bash', 'bash');

  test('that is replaced by a login shell continues as another session', async () => {
    const { shell, spool, texts, runAll } = await open({ env: { SHELL: '/bin/bash' } });
    writeFileSync(join(shell.home, '.bash_profile'), '. ~/.bashrc\n');
    await runAll('echo old', 'exec $SHELL -l', 'echo new', 'shopt -q login_shell && echo login');
    await until(() => texts().includes('shopt -q login_shell && echo login'));
    expect(shell.screen()).toMatch(/^login$/m);
    expect([echoes(texts()), sessionsIn(spool)]).toEqual([['echo new', 'echo old'], 2]);
  });

  test('started by a remote command reads the start file and records nothing', async () => {
    const { shell, texts, runAll } = await open();
    // As sshd and rshd start it: no terminal, SHLVL unset; Debian's bash then reads .bashrc.
    await runAll(`env -u SHLVL SSH_CLIENT='192.0.2.1 1 2' bash -c 'echo "remote <$_caro_d>"' </dev/null >out 2>&1`);
    expect(await shell.run('cat out')).toMatch(/remote </);
    await runAll('echo here');
    expect(texts()).toHaveLength(3);
    expect(await shell.run('cat out')).not.toMatch(/error|not found|\[/);
  });

  test('over a connection without a login is a session like any other', async () => {
    const { shell, spool, texts, runAll } = await open();
    await runAll(
      `env -u SHLVL SSH_CLIENT='192.0.2.1 1 2' SSH_TTY=$(tty) bash --rcfile ~/.bashrc -i`,
      'echo far',
      'exit',
    );
    await runAll('echo near');
    await until(() => texts().includes('echo near'));
    expect([echoes(texts()), sessionsIn(spool)]).toEqual([['echo far', 'echo near'], 2]);
    expect(shell.screen()).not.toContain('_caro');
  });
});

/**
 * `describe`, or a named skip without tmux or in another system's root. With CI=true, the file
 * fails instead.
 */
function requireTmux(): typeof describe | typeof describe.skip {
  if (process.env['CARO_TEST_SHELL_ROOT'] !== undefined) return describe.skip;
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' });
    return describe;
  } catch (error) {
    if (process.env['CI'] === 'true') throw new Error('CI needs tmux; .ci/run installs it', { cause: error });
    return describe.skip;
  }
}

requireTmux()('panes of tmux', () => {
  const open = opener('bash', 'bash');

  test('are sessions of their own, even after the shell that started them has ended', async () => {
    const spool = makeSpool();
    const { shell, texts, runAll } = await open({ spool });
    const sockets = join(spool.root, 'tmux');
    mkdirSync(sockets, { mode: 0o700 });
    const tmux = (...args: readonly string[]): void =>
      void execFileSync('tmux', args, { stdio: 'pipe', env: { ...process.env, TMUX_TMPDIR: sockets } });
    try {
      await runAll(`export TMUX_TMPDIR='${sockets}'`, `tmux -f /dev/null new-session -d '${AGAIN.bash}'`);
      await runAll(`tmux split-window -d '${AGAIN.bash}'`);
      tmux('send-keys', '-t', '0.0', 'echo pane 0', 'Enter');
      tmux('send-keys', '-t', '0.1', 'echo pane 1', 'Enter');
      await until(() => echoes(texts()).length === 2);
      shell.type('exit');
      await shell.ended();
      tmux('send-keys', '-t', '0.0', 'echo alone', 'Enter');
      await until(() => texts().includes('echo alone'));
      expect(echoes(texts())).toEqual(['echo alone', 'echo pane 0', 'echo pane 1']);
      expect(sessionsIn(spool)).toBe(3);
    } finally {
      tmux('kill-server');
    }
  });
});

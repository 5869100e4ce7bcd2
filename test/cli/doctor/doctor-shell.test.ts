/**
 * `caro doctor` types a command into a new shell of the user and looks for it in the spool: what it
 * says of shells that record and of shells that do not, and that nothing of it stays.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { callAdmin } from '../../../src/admin/client.ts';
import { hookCode } from '../../../src/cli/shell-setup/hook-code.ts';
import type { ShellKind } from '../../../src/domain/events/shell-kind.ts';
import type { ShellName } from '../../rig/programs/pty.ts';
import { requireShell } from '../../rig/programs/require-shell.ts';
import { until } from '../../rig/until.ts';
import { type CommandLine, commandLine } from '../command-line.ts';

const RC: Readonly<Record<ShellKind, string>> = {
  bash: '.bashrc',
  zsh: '.zshrc',
  fish: '.config/fish/config.fish',
  sh: '.shrc',
};

let cli: CommandLine;
let home: string;
beforeEach(async () => {
  cli = commandLine();
  home = join(cli.home, 'user');
  mkdirSync(join(home, 'tmp'), { recursive: true });
  await cli.run(['init', '--quiet']);
  writeFileSync(cli.places.config, '[dashboard]\nport = 0\n');
});
afterEach(async () => {
  await cli.run(['service', 'stop']);
  cli.remove();
});

/** The line about the shell, with `HOOK` in the start file replaced by the hook. */
async function doctor(
  shell: ShellName,
  kind: ShellKind,
  rc: string,
  own: Record<string, string> = {},
): Promise<string> {
  const file = join(home, RC[kind]);
  const loaded = join(cli.home, 'hook');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(loaded, hookCode(kind, cli.places.spool));
  writeFileSync(file, rc.replace('HOOK', kind === 'fish' ? `cat ${loaded} | source` : `eval "$(cat ${loaded})"`));
  const place = { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: join(home, 'tmp') };
  const env = { ...place, SHELL: shell, ...(kind === 'sh' ? { ENV: file } : {}) };
  const { out } = await cli.run(['doctor'], { env: { ...env, ...own } });
  return /^.*shell hook.*$/m.exec(out)?.[0] ?? out;
}

const RECORDED = /^ok +shell hook +a new \w+ loads the hook, and a command typed into it was recorded$/;

const SHELLS: readonly (readonly [ShellName, ShellKind, rc: string])[] = [
  ['bash', 'bash', 'HISTFILE=~/past\nPROMPT_COMMAND="history -a"\nHOOK'],
  ['zsh', 'zsh', 'HISTFILE=~/past SAVEHIST=9 HISTSIZE=9\nsetopt inc_append_history\nHOOK'],
  ['fish', 'fish', 'HOOK'],
  ['dash', 'sh', 'HOOK'],
  ['busybox', 'sh', 'HISTFILE=~/past\nHOOK'],
  ['ksh', 'sh', 'HISTFILE=~/past\nHOOK'],
  ['mksh', 'sh', 'HISTFILE=~/past\nHOOK'],
];

for (const [shell, kind, rc] of SHELLS) {
  requireShell(shell)(`caro doctor with ${shell}`, () => {
    test('finds that a command is recorded, and leaves nothing behind', async () => {
      if (kind !== 'fish') writeFileSync(join(home, 'past'), '');
      expect(await doctor(shell, kind, rc)).toMatch(RECORDED);
      expect(readdirSync(cli.places.spool)).toEqual([]);
      if (kind !== 'fish' && shell !== 'dash')
        expect(readFileSync(join(home, 'past'), 'latin1')).not.toContain('caro-doctor');
      const own = join(home, '.local/share/fish');
      expect(existsSync(own) ? readdirSync(own).filter((name) => name.includes('doctor')) : []).toEqual([]);
      expect(readdirSync(join(home, 'tmp')).filter((name) => name.startsWith('caro-doctor-'))).toEqual([]);
    });

    test('finds a missing line', async () => {
      expect(await doctor(shell, kind, '')).toMatch(/^bad .*does not load the hook; put this line at the end of/);
    });

    test.each<readonly [fault: string, rc: string]>([
      ['CARO_OFF', kind === 'fish' ? 'set -g CARO_OFF 1\nHOOK' : 'CARO_OFF=1\nHOOK'],
      ['caro_off', 'HOOK\ncaro_off'],
    ])('finds that %s keeps it from recording', async (fault, text) => {
      expect(await doctor(shell, kind, text)).toMatch(new RegExp(`^bad .*was not recorded: .*${fault}`));
    });
  });
}

const FAULTS: readonly (readonly [ShellName, ShellKind, fault: string, rc: string, says: RegExp])[] = [
  [
    'bash',
    'bash',
    'a readonly PROMPT_COMMAND',
    'readonly PROMPT_COMMAND=true\nHOOK',
    /PROMPT_COMMAND is readonly; remove/,
  ],
  ['bash', 'bash', 'a replaced PROMPT_COMMAND', 'HOOK\nPROMPT_COMMAND=(true)', /replaced .*move its line to the end/],
  ['bash', 'bash', 'no history', 'set +o history\nHOOK', /history is switched off/],
  ['bash', 'bash', 'an empty history', 'HISTSIZE=0\nHOOK', /HISTSIZE is 0/],
  ['bash', 'bash', 'an ignored line', "HISTIGNORE='*'\nHOOK", /a pattern in .* keeps it out/],
  ['zsh', 'zsh', 'an ignored line', "HISTORY_IGNORE='*'\nHOOK", /a pattern in .* keeps it out/],
  [
    'zsh',
    'zsh',
    'a refusing function',
    'zshaddhistory() { return 1 }\nHOOK',
    /a zshaddhistory function in .* keeps it/,
  ],
  [
    'zsh',
    'zsh',
    'a refusing hook',
    'no() { return 1 }\nzshaddhistory_functions=(no)\nHOOK',
    /a zshaddhistory function in .* keeps it/,
  ],
  ['zsh', 'zsh', 'no hook functions', 'HOOK\npreexec_functions=()', /replaced .*move its line to the end/],
  ['zsh', 'zsh', 'half of its functions', 'HOOK\nprecmd_functions=()', /recorded without its end: something replaced/],
  ['fish', 'fish', 'a private mode', 'set -g fish_private_mode 1\nHOOK', /private mode/],
  ['fish', 'fish', 'no history', 'set -g fish_history ""\nHOOK', /history is switched off/],
  ['fish', 'fish', 'no hook functions', 'HOOK\nfunctions -e _caro_pre', /replaced .*move its line to the end/],
  ['ksh', 'sh', 'another prompt', "HOOK\nPS1='$ '", /replaced .*move its line to the end/],
  ['mksh', 'sh', 'another prompt', "HOOK\nPS1='$ '", /replaced .*move its line to the end/],
  ['ksh', 'sh', 'a readonly prompt', "PS1='$ '\nreadonly PS1\nHOOK", /PS1 is readonly; remove/],
  ['mksh', 'sh', 'a readonly prompt', "PS1='$ '\nreadonly PS1\nHOOK", /PS1 is readonly; remove/],
  ['busybox', 'sh', 'a readonly prompt', "PS1='$ '\nreadonly PS1\nHOOK", /PS1 is readonly; remove/],
  ['busybox', 'sh', 'another prompt', "HOOK\nPS1='$ '", /replaced .*move its line to the end/],
];
for (const [shell, kind, fault, rc, says] of FAULTS) {
  requireShell(shell)(`caro doctor with ${shell} that has`, () => {
    test(fault, async () => {
      expect(await doctor(shell, kind, rc)).toMatch(new RegExp(`^bad +shell hook .*${says.source}`));
    });
  });
}

requireShell('zsh')('caro doctor with zsh', () => {
  test('reads the start files where ZDOTDIR and .zshenv say', async () => {
    mkdirSync(join(home, 'z'));
    writeFileSync(join(home, '.zshenv'), 'ZDOTDIR=$HOME/z');
    writeFileSync(join(home, 'z', '.zshrc'), `[[ $ZDOTDIR == $HOME/z ]] && . ${join(cli.home, 'hook')}`);
    expect(await doctor('zsh', 'zsh', 'false')).toMatch(RECORDED);
    rmSync(join(home, '.zshenv'));
    expect(await doctor('zsh', 'zsh', 'false', { ZDOTDIR: join(home, 'z') })).toMatch(RECORDED);
  });
});

requireShell('bash')('caro doctor', () => {
  test('leaves nothing in the records of a running service', async () => {
    await cli.run(['service', 'start']);
    expect(await doctor('bash', 'bash', 'HOOK')).toMatch(RECORDED);
    await until(() => readdirSync(cli.places.spool).length === 0);
    const { observe } = await callAdmin(cli.places.socket, 'service.status', {});
    expect(observe).toMatchObject({ events: 0, dropped: 0 });
    expect((await cli.run(['events', '--json'])).out).toBe('');
  });

  test('ends a shell whose start file waits for ever, and says that it was not checked', async () => {
    expect(await doctor('bash', 'bash', 'echo $$ >~/pid; trap "" HUP TERM; while :; do read -r x; done')).toMatch(
      /^warn .*not checked: the start files of a new bash did not end within 10 s/,
    );
    const pid = readFileSync(join(home, 'pid'), 'utf8').trim();
    await until(() => !existsSync(`/proc/${pid}/exe`));
  });

  test('says that it was not checked where there is no script(1)', async () => {
    mkdirSync(join(cli.home, 'bin'));
    expect(await doctor('/bin/bash' as ShellName, 'bash', 'HOOK', { PATH: join(cli.home, 'bin') })).toMatch(
      /^warn .*not checked: expected script\(1\)/,
    );
  });
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { ShellKind } from '../../src/domain/events/shell-kind.ts';
import { openShell, PROMPT, type ShellSession } from '../rig/programs/pty.ts';
import { requireShell } from '../rig/programs/require-shell.ts';
import { caro, configure, homeEnvironment } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';
import { addCustomRule } from './custom-rule.ts';

const folder = temporaryFolders();
let shell: ShellSession | undefined;

afterEach(async () => {
  await shell?.close();
});

/** A shell whose start file is what `caro shell init` prints, after `rc`. */
async function guardedShell(kind: Exclude<ShellKind, 'sh'>, home: string, rc = ''): Promise<ShellSession> {
  const { stdout } = await caro(home, 'shell', 'init', kind);
  const env = Object.entries(homeEnvironment(home)).filter((one): one is [string, string] => one[1] !== undefined);
  return openShell({ shell: kind, rc: `${rc}\n${stdout}`, cwd: home, env: Object.fromEntries(env) });
}

/** What is typed before the shell reads again could be lost. */
const shows = (one: ShellSession, end: string, withinMs = 60_000) =>
  until(
    () => Promise.resolve(one.screen().trimEnd()),
    (screen) => screen.endsWith(end),
    withinMs,
  );

/** Ctrl-C is lost too, where the line is on the screen before the shell reads again. */
async function interrupted(one: ShellSession): Promise<void> {
  for (let left = 20; left > 0; left -= 1) {
    one.interrupt();
    const isAtPrompt = await shows(one, PROMPT.trimEnd(), 3_000).then(
      () => true,
      () => false,
    );
    if (isAtPrompt) return;
  }
  throw new Error(`no prompt after Ctrl-C: ${one.screen()}`);
}

describe.each(['bash', 'zsh', 'fish'] as const)('the guard of %s', (kind) => {
  requireShell(kind)('when it is on', () => {
    test('asks before a dangerous line runs, keeps the line on no and runs it on yes', async () => {
      const home = folder();
      await configure(home);
      await caro(home, 'guard', 'on');
      const ran = join(home, 'ran');
      shell = await guardedShell(kind, home);
      // Outside a repository it fails, and does no harm.
      shell.type('git push --force; touch ran');
      await shell.waitFor('Run it anyway? [y/N]');
      expect(shell.screen()).toContain('Overwrites remote history that others may already use.');
      shell.send('n');
      await shell.waitFor('the line stays for you to edit');
      await shows(shell, 'touch ran');
      expect(existsSync(ran)).toBe(false);
      await interrupted(shell);
      shell.type('git push --force; touch ran');
      await shell.waitFor('Run it anyway? [y/N]');
      shell.send('y');
      await shell.waitFor('yes');
      await until(() => Promise.resolve(existsSync(ran)), Boolean);
      const deeds = readdirSync(join(home, 'data', 'spool')).filter((name) => name.endsWith('.note'));
      expect(deeds).toHaveLength(2);
    });

    test('asks about a word of the harmless list that a rule of the named folder is about', async () => {
      const home = folder();
      const rules = join(home, 'rules-of-ours');
      addCustomRule(home, 'pwd', rules);
      await configure(home, `[rules]\nfolder = "${rules}"\n`);
      await caro(home, 'guard', 'on');
      shell = await guardedShell(kind, home);
      shell.type('pwd');
      await shell.waitFor('Run it anyway? [y/N]');
      shell.send('n');
      await shell.waitFor('the line stays for you to edit');
    });

    test('is off in a running shell as soon as it is switched off', async () => {
      const home = folder();
      await configure(home);
      await caro(home, 'guard', 'on', '--level', 'critical');
      shell = await guardedShell(kind, home);
      await caro(home, 'guard', 'off');
      shell.type('git push --force; touch ran');
      await until(() => Promise.resolve(existsSync(join(home, 'ran'))), Boolean);
      expect((await caro(home, 'shell', 'init', kind)).stdout).not.toContain('_caro_enter');
    });
  });
});

requireShell('bash')('bash', () => {
  test('rates the lines of one command together, and keeps $? and a DEBUG trap of others', async () => {
    const home = folder();
    await configure(home);
    await caro(home, 'guard', 'on');
    shell = await guardedShell('bash', home, "trap 'traps=on' DEBUG");
    shell.type('(exit 3)');
    shell.type('echo $?-$traps >shown');
    const shown = join(home, 'shown');
    await until(
      () => Promise.resolve(existsSync(shown) ? readFileSync(shown, 'utf8') : ''),
      (text) => text === '3-on\n',
    );
    shell.type('git push \\');
    await shell.waitFor('> ');
    shell.type('--force');
    await shell.waitFor('Run it anyway? [y/N]');
    shell.send('n');
    await shell.waitFor('the line stays for you to edit');
  });
});

requireShell('zsh')('zsh', () => {
  test('shows a line that runs unasked once', async () => {
    const home = folder();
    await configure(home);
    await caro(home, 'guard', 'on');
    shell = await guardedShell('zsh', home);
    expect(await shell.run('mkdir once && echo made')).toMatch(/made\n/);
  });
});

/** Tests for the hook of every shell; the test files of the shells add special cases. */

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import type { ShellKind } from '../../src/domain/events/shell-kind.ts';
import type { ShellName, ShellSession } from '../rig/programs/pty.ts';
import { hasBash } from '../rig/programs/require-shell.ts';
import { until } from '../rig/until.ts';
import { makeSpool, type Observed, type ObservedCommand, observe, type Spool } from './observed.ts';

export interface EverydayShell {
  readonly kind: ShellKind;
  readonly shell: ShellName;
  readonly args?: readonly string[];
  /** The text of a loop typed over three lines, as this shell passes it. */
  readonly loop: { readonly typed: readonly string[]; readonly text: string };
  /** Prints the last status and sets it to 7. */
  readonly statusLine: string;
  readonly fail7: string;
  /** False if no start record can be written (busybox ash). */
  readonly starts: boolean;
  /** False if the shell's history drops repetitions and keeps cancelled lines (mksh). */
  readonly exactHistory?: boolean;
  /** True if the shell may also report the end of `exit` (fish from 3.2 on). */
  readonly exitEnds?: boolean;
  /** True if the shell's editor drops characters beyond the basic plane (mksh of Debian 11). */
  readonly basicPlane?: boolean;
  /** True if the shell has no time at the start of a command. */
  readonly timeless?: boolean;
}

/** Every shell that has a hook, and the kind of hook. */
export const ALL_SHELLS: readonly (readonly [ShellName, ShellKind])[] = [
  ['bash', 'bash'],
  ['zsh', 'zsh'],
  ['fish', 'fish'],
  ['dash', 'sh'],
  ['busybox', 'sh'],
  ['ksh', 'sh'],
  ['mksh', 'sh'],
];

/** Opened in a test, closed after it. */
export function opener(kind: ShellKind, shell: ShellName, args?: readonly string[]) {
  const open: Observed[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  return async (options: Partial<Parameters<typeof observe>[1]> = {}): Promise<Observed> => {
    const observed = await observe(kind, { shell, ...(args ? { args } : {}), ...options });
    open.push(observed);
    return observed;
  };
}

export function everyday(subject: EverydayShell): void {
  const open = opener(subject.kind, subject.shell, subject.args);

  test('a command is recorded with its text, status and directory (FR-401, FR-402)', async () => {
    const { spool, shell } = await open();
    await shell.run('echo hello');
    await shell.run(subject.fail7);
    await shell.run('cd /usr');
    await shell.run('echo there');
    const commands = await ended(spool, 4);
    expect(commands.map((c) => [c.text, c.status, c.cwd])).toEqual([
      ['echo hello', 0, shell.home],
      [subject.fail7, 7, shell.home],
      ['cd /usr', 0, shell.home],
      ['echo there', 0, '/usr'],
    ]);
    expect(commands.every((c) => c.ended)).toBe(true);
  });

  if (subject.timeless !== true) {
    test('the times are those of the command', async () => {
      const { spool, shell } = await open();
      const before = Date.now();
      await shell.run('sleep 0.3');
      const after = Date.now();
      const [command] = await ended(spool, 1);
      const lasted = command?.durationMs ?? ((command?.endedAt ?? 0) - (command?.startedAt ?? 0)) / 1000;
      // bash before 5.0 has a clock of seconds.
      const unitMs = subject.shell === 'bash' && !hasBash(5, 0) ? 1_000 : 0;
      expect(lasted).toBeGreaterThan(280 - unitMs);
      expect(lasted).toBeLessThan(after - before + 20 + unitMs);
      expect(command?.startedAt).toBeGreaterThan((before - 1100) * 1000);
      expect(command?.startedAt).toBeLessThan((after + 1100) * 1000);
    });
  }

  test('a command with a leading space is not recorded', async () => {
    const { texts, shell } = await open();
    await shell.run('echo first');
    expect(await shell.run(' echo hidden')).toContain('hidden');
    await shell.run(' echo first');
    await shell.run('echo last');
    expect(texts()).toEqual(['echo first', 'echo last']);
  });

  if (subject.exactHistory !== false) {
    test('Enter on an empty line and ^C at the prompt record nothing', async () => {
      const { spool, texts, shell } = await open();
      await shell.run('echo one');
      await shell.run('');
      shell.send('echo abandoned');
      await shell.waitFor('abandoned');
      const before = shell.screen().length;
      await interruptUntil(shell, () => /\^C|caro-test> /.test(shell.screen().slice(before)));
      // Bash itself omits the prompt after one ^C in two hundred; Enter redraws it.
      await shell.run('');
      shell.type('echo two');
      await ended(spool, 2);
      expect(texts()).toEqual(['echo one', 'echo two']);
    });
  }

  test('a command over several lines is one command', async () => {
    const { texts, shell } = await open();
    shell.type(subject.loop.typed.join('\r'));
    await shell.waitForPrompt();
    await shell.run('echo after');
    expect(texts()).toEqual([subject.loop.text, 'echo after']);
  });

  test('the spool may have any name', async () => {
    const { texts, runAll } = await open({ spool: makeSpool("Ärger Б 漢字 it's $x 100%") });
    await runAll('echo a', 'echo b');
    await until(() => texts().length === 2);
    expect(texts()).toEqual(['echo a', 'echo b']);
  });

  test('Unicode, quotes and a backslash are kept', async () => {
    const { texts, shell } = await open();
    const line = `echo "é ☃ ${subject.basicPlane === true ? '' : '𝄞'}" '%s \\0 $x' \\* \\\\n`;
    await shell.run(line);
    expect(texts()).toEqual([line]);
  });

  if (subject.exactHistory !== false) {
    test('the same command twice is recorded twice', async () => {
      const { texts, shell } = await open();
      await shell.run('echo same');
      await shell.run('echo same');
      await shell.run('echo same');
      expect(texts()).toEqual(['echo same', 'echo same', 'echo same']);
    });
  }

  test('the status of the last command is available to the next', async () => {
    const { shell } = await open();
    await shell.run(subject.fail7);
    expect(await shell.run(subject.statusLine)).toMatch(/^7\s*$/m);
  });

  test('^C ends a command, and its status shows it', async () => {
    const { spool, shell } = await open();
    // The busybox of Ubuntu runs `sleep` without a process.
    shell.type('/bin/sleep 100');
    if (subject.starts) await startOf(spool, '/bin/sleep 100');
    else await shell.waitFor('/bin/sleep 100');
    await running(shell.pid, 'sleep');
    await interruptUntil(shell, () => !isRunning(shell.pid, 'sleep'));
    await shell.waitForPrompt();
    await shell.run('echo on');
    expect((await ended(spool, 2)).map((c) => [c.text, c.status])).toEqual([
      ['/bin/sleep 100', 130],
      ['echo on', 0],
    ]);
  });

  test('^Z and a background job end like any command', async () => {
    const { spool, shell } = await open();
    shell.type('/bin/sleep 99');
    await running(shell.pid, 'sleep');
    await pressUntil(
      shell,
      () => shell.suspend(),
      () => children(shell.pid).some((pid) => stateOf(pid) === 'T'),
    );
    await shell.waitForPrompt();
    await shell.run('sleep 98 &');
    await shell.run('kill %1 %2');
    shell.type('echo on');
    // A job notice makes some shells redraw their prompt, so the prompt is not a reliable sign
    // here.
    await until(() => spool.commands().some((c) => c.text === 'echo on' && c.ended));
    expect(spool.commands().map((c) => [c.text, c.ended])).toEqual([
      ['/bin/sleep 99', true],
      ['sleep 98 &', true],
      ['kill %1 %2', true],
      ['echo on', true],
    ]);
  });

  if (subject.starts) {
    test('the start of a running command and of exit is recorded', async () => {
      const { spool, shell } = await open();
      shell.type('/bin/sleep 100');
      await startOf(spool, '/bin/sleep 100');
      expect(spool.commands().at(-1)?.ended).toBe(false);
      await running(shell.pid, 'sleep');
      await interruptUntil(shell, () => !isRunning(shell.pid, 'sleep'));
      await shell.waitForPrompt();
      shell.type('exit 3');
      expect(await shell.ended()).toBe(3);
      expect(spool.commands().map((c) => [c.text, c.ended])).toEqual([
        ['/bin/sleep 100', true],
        ['exit 3', subject.exitEnds === true ? expect.any(Boolean) : false],
      ]);
    });
  }

  test('loading twice records once', async () => {
    const observed = await open();
    const { spool, shell } = observed;
    await shell.run(spool.rc(subject.kind));
    await shell.run('echo once');
    await shell.run('echo end');
    expect((await ended(spool, 2)).filter((c) => c.text === 'echo once' && c.ended)).toHaveLength(1);
  });

  test('caro_off ends recording in the running shell; loading again resumes it', async () => {
    const { spool, shell, texts } = await open();
    await shell.run('echo seen');
    await shell.run('caro_off');
    await shell.run('echo unseen');
    await shell.run(spool.rc(subject.kind));
    await shell.run('echo again');
    expect(new Set(texts().filter((text) => text.startsWith('echo')))).toEqual(new Set(['echo seen', 'echo again']));
  });

  test('CARO_OFF=1 keeps it from loading', async () => {
    const { spool, shell } = await open({ env: { CARO_OFF: '1' } });
    await shell.run('echo unseen');
    expect(spool.files()).toEqual([]);
  });

  test('a new file starts after 64 records, and nothing is lost', async () => {
    const { spool, shell } = await open();
    const typed = Array.from({ length: 70 }, (_, index) => `: ${index}`);
    for (const line of typed) await shell.run(line);
    expect((await ended(spool, 70)).map((c) => c.text)).toEqual(typed);
    expect(spool.files().length).toBe(subject.starts ? 3 : 2);
  });

  test('files have mode 0600, and the umask is unchanged', async () => {
    const { spool, shell } = await open();
    await shell.run('umask 002');
    await shell.run('echo one');
    expect(await shell.run('umask')).toMatch(/^0*2\s*$/m);
    expect(spool.files().map((name) => modeOf(join(spool.dir, name)))).toEqual(['600']);
  });

  test('a missing spool has no visible effect', async () => {
    const { spool, shell } = await open();
    await shell.run(`mv '${spool.dir}' '${spool.dir}.away'`);
    expect(await shell.run('echo quiet')).toMatch(/^.*echo quiet\n+(?:\W*\n)?quiet\n*\W*$/);
    expect(existsSync(spool.dir)).toBe(false);
    mkdirSync(spool.dir, { mode: 0o700 });
    await shell.run('echo back');
    await shell.run('echo again');
    expect(spool.commands().at(-1)?.text).toBe('echo again');
  });

  test('the screen is the same with and without the hook', async () => {
    const lines = ['echo out', 'echo err >&2', subject.fail7, '', ' echo x', 'cd /', 'set', subject.statusLine];
    const seen: string[] = [];
    for (const env of [{ CARO_OFF: '1' }, {}]) {
      const { shell } = await open({ env });
      for (const line of lines.filter((one) => one !== 'set')) await shell.run(line);
      seen.push(shell.screen().replaceAll(shell.home, 'HOME'));
    }
    expect(seen[1]).toBe(seen[0]);
  });
}

const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);

/** Waits until a start record with this text is in the spool. */
export const startOf = (spool: Spool, text: string): Promise<boolean> =>
  until(() => spool.files().length > 0 && spool.commands().some((c) => c.text === text));

/** Waits until this many commands have ended: dash shows its prompt before it writes the end. */
export async function ended(spool: Spool, count: number): Promise<readonly ObservedCommand[]> {
  await until(
    () => spool.commands(),
    (commands) => commands.filter((command) => command.ended).length >= count,
  );
  return spool.commands();
}

/** Waits until a child of the shell has this name, so that a signal reaches the child. */
export const running = (parent: number, name: string): Promise<boolean> => until(() => isRunning(parent, name));

const isRunning = (parent: number, name: string): boolean =>
  children(parent).some((pid) => [name, 'busybox'].includes(commandName(pid)));

/** One letter of proc(5), such as S for idle and T for stopped. */
const stateOf = (pid: number | string): string | undefined =>
  /^\d+ \(.*\) (.)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];

const interruptUntil = (shell: ShellSession, done: () => boolean): Promise<void> =>
  pressUntil(shell, () => shell.interrupt(), done);

/**
 * Presses a key when the shell is idle, because bash and dash lose one while they draw the line,
 * with and without a hook; and again if it had no effect.
 */
async function pressUntil(shell: ShellSession, press: () => void, done: () => boolean): Promise<void> {
  let pressed = 0;
  await until(() => stateOf(shell.pid) === 'S');
  await until(() => {
    if (!done() && Date.now() - pressed > 1_000) {
      press();
      pressed = Date.now();
    }
    return done();
  });
}

const commandName = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
};
const children = (parent: number): string[] =>
  readdirSync('/proc').filter((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      return (
        readFileSync(`/proc/${entry}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ')[1] === String(parent)
      );
    } catch {
      return false;
    }
  });

/**
 * Measures the time a hook adds to a command, from Enter to the next prompt in a pseudo-terminal.
 * Shells take turns in random order: without a hook, with Caro's, with one that runs a small binary
 * before and after each command, and with those of zoxide and Atuin if they are installed. Prints
 * JSON. With CARO_TEST_SHELL_ROOT, all programs are those of that root (scripts/shell-versions.sh).
 *
 *     npx tsx bench/hook.ts [commands] [shell …]
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hookCode } from '../src/cli/shell-setup/hook-code.ts';
import type { ShellKind } from '../src/domain/events/shell-kind.ts';
import { PROMPT, type ShellName, type ShellSession, startShell } from '../test/rig/programs/pty.ts';
import { report, round, summary } from './parts/figures.ts';

type Variant = 'none' | 'caro' | 'two forks' | 'zoxide' | 'atuin';

interface Subject {
  readonly shell: ShellName;
  readonly hook: ShellKind;
  readonly twoForks: string;
}

const SUBJECTS: readonly Subject[] = [
  {
    shell: 'bash',
    hook: 'bash',
    twoForks: "trap '[[ $go ]] && { go=; /bin/true; }' DEBUG; PROMPT_COMMAND='/bin/true; go=1'",
  },
  { shell: 'zsh', hook: 'zsh', twoForks: 'preexec() { /bin/true }; precmd() { /bin/true }' },
  {
    shell: 'fish',
    hook: 'fish',
    twoForks: 'function a --on-event fish_preexec; /bin/true; end; function b --on-event fish_postexec; /bin/true; end',
  },
  { shell: 'dash', hook: 'sh', twoForks: "PS1='$(/bin/true)$(/bin/true)'$PS1" },
  { shell: 'busybox', hook: 'sh', twoForks: "PS1='$(/bin/true)$(/bin/true)'$PS1" },
  { shell: 'ksh', hook: 'sh', twoForks: "PS1='$(/bin/true)$(/bin/true)'$PS1" },
  { shell: 'mksh', hook: 'sh', twoForks: "PS1='$(/bin/true)$(/bin/true)'$PS1" },
];

const WARM_UP = 20;

interface Result {
  readonly shell: string;
  readonly variant: Variant;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly addedMedianMs: number;
  /** Added median divided by that of two forks. */
  readonly ratioToTwoForks: number;
}

async function main(): Promise<void> {
  const commands = Number(process.argv[2] ?? 400);
  const wanted = process.argv.slice(3);
  const all: Result[] = [];
  for (const subject of SUBJECTS) {
    if (wanted.length === 0 || wanted.includes(subject.shell)) all.push(...(await measure(subject, commands)));
  }
  report('hook', all);
}

async function measure(subject: Subject, commands: number): Promise<readonly Result[]> {
  const spool = mkdtempSync(join(tmpdir(), 'caro-bench-'));
  mkdirSync(join(spool, 'spool'), { mode: 0o700 });
  const variants: readonly [Variant, string][] = [
    ['none', ''],
    ['caro', hookCode(subject.hook, join(spool, 'spool'))],
    ['two forks', subject.twoForks],
    ...neighbour('zoxide', ['init', subject.shell, '--hook', 'prompt'], ['bash', 'zsh', 'fish'], subject.shell),
    // In bash, Atuin needs bash-preexec or ble.sh.
    ...neighbour('atuin', ['init', subject.shell], ['zsh', 'fish'], subject.shell),
  ];
  const sessions: { variant: Variant; shell: ShellSession; times: number[] }[] = [];
  for (const [variant, rc] of variants) {
    const shell = startShell({ shell: subject.shell, rc });
    await shell.waitForPrompt();
    sessions.push({ variant, shell, times: [] });
  }
  for (let round = 0; round < commands + WARM_UP; round += 1) {
    for (const session of [...sessions].sort(() => Math.random() - 0.5)) {
      const time = await timed(session.shell, `: ${round}`);
      if (round >= WARM_UP) session.times.push(time);
    }
  }
  for (const { shell } of sessions) await shell.close();
  rmSync(spool, { recursive: true });
  return results(subject.shell, new Map(sessions.map(({ variant, times }) => [variant, times])));
}

/** The hook of another program, for the shells that it supports, if it is installed. */
function neighbour(
  program: 'zoxide' | 'atuin',
  args: readonly string[],
  shells: readonly ShellName[],
  shell: ShellName,
): readonly [Variant, string][] {
  if (!shells.includes(shell)) return [];
  const root = process.env['CARO_TEST_SHELL_ROOT'];
  const [file = program, ...rest] = [...(root === undefined ? [] : ['chroot', root]), program, ...args];
  const { status, stdout } = spawnSync(file, rest, { encoding: 'utf8' });
  return status === 0 ? [[program, stdout]] : [];
}

/**
 * Milliseconds from Enter to the prompt. The line is typed and echoed first, so that its editing
 * does not count.
 */
async function timed(shell: ShellSession, line: string): Promise<number> {
  // Once the line has been echoed, the shell has finished its work for the previous prompt.
  shell.send(line);
  await shell.waitFor(line.slice(-1));
  await new Promise((resolve) => setTimeout(resolve, 4));
  const start = process.hrtime.bigint();
  shell.send('\r');
  await shell.waitFor(PROMPT);
  return Number(process.hrtime.bigint() - start) / 1e6;
}

function results(shell: string, times: ReadonlyMap<Variant, readonly number[]>): readonly Result[] {
  const figures = new Map([...times].map(([variant, list]) => [variant, summary(list)]));
  const median = (variant: Variant): number => figures.get(variant)?.median ?? Number.NaN;
  const added = (variant: Variant): number => median(variant) - median('none');
  return [...figures].map(([variant, { median: medianMs, p99: p99Ms }]) => ({
    shell,
    variant,
    medianMs,
    p99Ms,
    addedMedianMs: round(added(variant)),
    ratioToTwoForks: round(added(variant) / added('two forks')),
  }));
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});

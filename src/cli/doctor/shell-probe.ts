import { spawn } from 'node:child_process';
import type { ShellKind } from '../../domain/events/shell-kind.ts';

const TIMEOUT_MS = 10_000;
/**
 * Printed by the shell around the path of its spool.
 */
const YES = 'caro-hook-is-there';
const NO = 'caro-hook-is-missing';

/** The spool that a new shell writes to; null if its hook is not loaded. */
export interface LoadedHook {
  readonly spool: string | null;
}

/**
 * Starts the user's shell as a terminal would, with its start-up files, and asks whether the hook
 * is loaded and which spool it writes to. Every hook defines `caro_off` and keeps its spool in
 * `_caro_d`. Undefined if the shell does not start or does not answer in time.
 */
export async function probeHook(
  program: string,
  shell: ShellKind,
  env: Readonly<Record<string, string | undefined>>,
): Promise<LoadedHook | undefined> {
  const text = await output(program, question(shell), env);
  const spool = new RegExp(`${YES}:(.*):${YES}`).exec(text)?.[1];
  if (spool !== undefined) return { spool };
  return text.includes(NO) ? { spool: null } : undefined;
}

const question = (shell: ShellKind): string =>
  shell === 'fish'
    ? `functions -q caro_off; and echo "${YES}:$_caro_d:${YES}"; or echo ${NO}`
    : `if command -v caro_off >/dev/null 2>&1; then echo "${YES}:$_caro_d:${YES}"; else echo ${NO}; fi`;

async function output(
  program: string,
  script: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  return new Promise((resolve) => {
    // Its own process group: processes that start-up files leave behind are ended with it, and it
    // cannot take over this terminal.
    const child = spawn(program, ['-i', '-c', script], {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
      env: { ...env },
    });
    const chunks: Buffer[] = [];
    const end = (): void => {
      clearTimeout(timer);
      if (child.pid !== undefined) endGroup(child.pid);
      child.stdout.destroy();
      resolve(Buffer.concat(chunks).toString('utf8'));
    };
    const timer = setTimeout(end, TIMEOUT_MS);
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('exit', end);
    child.once('error', end);
  });
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has already ended.
  }
}

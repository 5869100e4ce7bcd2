import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The program that a process runs, without its path; undefined where there is no such process. */
export function programOf(pid: number): string | undefined {
  // A login shell has a dash before its name, and some systems print the whole path.
  return nameOf(pid)?.trim().replace(/^-/, '').split('/').at(-1);
}

/** A small Linux has no `ps`, and macOS no `/proc`. */
function nameOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8');
  } catch {
    const { status, stdout } = spawnSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' });
    return status === 0 ? stdout : undefined;
  }
}

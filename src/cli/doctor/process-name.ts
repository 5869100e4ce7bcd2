import { spawnSync } from 'node:child_process';

/** The program that a process runs, without its path; undefined where there is no such process. */
export function programOf(pid: number): string | undefined {
  const { status, stdout } = spawnSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' });
  // A login shell has a dash before its name, and some systems print the whole path.
  return status === 0 ? stdout.trim().replace(/^-/, '').split('/').at(-1) : undefined;
}

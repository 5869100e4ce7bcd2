import { readFileSync } from 'node:fs';

/** Clock ticks a second in /proc (`USER_HZ`): 100 on every Linux architecture that Node runs on. */
const TICKS = 100;
/** A shell's hook notes the session's start a little after the process began, never before. */
const TOLERANCE_MS = 5_000;

/** Whether the process that began a session still lives; a later process that got the same number does not count. */
export function isAlive(pid: number, sessionStartUs: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const began = processStartMs(pid);
  return began === null || began <= sessionStartUs / 1_000 + TOLERANCE_MS;
}

/** Start in ms since the epoch, from Linux's /proc; null elsewhere. */
function processStartMs(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Fields after the command name, which may hold blanks and brackets (proc(5): starttime is field 22).
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
    const boot = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1];
    return boot === undefined ? null : Number(boot) * 1_000 + (ticks * 1_000) / TICKS;
  } catch {
    return null;
  }
}

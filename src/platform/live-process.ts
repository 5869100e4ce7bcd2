import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Clock ticks a second in /proc (`USER_HZ`): 100 on every Linux architecture that Node runs on. */
const TICKS = 100;
/** A shell's hook notes the session's start a little after the process began, never before. */
const TOLERANCE_MS = 5_000;
/**
 * More than anybody has terminals; those that ended by becoming another program are never asked for
 * again.
 */
const MAX_KNOWN = 1_000;

/**
 * Whether the process that began a session (`sessionStartUs`) still lives; a later one that got the
 * same number does not count.
 */
export type Liveness = (pid: number, sessionStartUs: number) => boolean;

/**
 * Compares when process and session began. A clock that is set ahead (a virtual machine that was
 * paused, a first word from a time server) moves the start of every process with it, but not what a
 * session noted before; so a process that was found to be the session's once is known by its ticks
 * since boot from then on, which no clock moves.
 *
 * @param proc Linux's /proc; where there is none, any process of that number counts
 */
export function createLiveness(proc = '/proc'): Liveness {
  const known = new Map<string, number>();
  return (pid, sessionStartUs) => {
    const session = `${pid} ${sessionStartUs}`;
    if (!exists(pid)) {
      known.delete(session);
      return false;
    }
    const ticks = startTicks(proc, pid);
    if (ticks === null || known.get(session) === ticks) return true;
    const isSame = startMs(proc, ticks) <= sessionStartUs / 1_000 + TOLERANCE_MS;
    if (known.size >= MAX_KNOWN) known.clear();
    if (isSame) known.set(session, ticks);
    return isSame;
  };
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** When a process began, in ticks since boot; null where the system does not tell. */
function startTicks(proc: string, pid: number): number | null {
  try {
    const stat = readFileSync(join(proc, String(pid), 'stat'), 'latin1');
    // Fields after the command name, which may hold blanks and brackets (proc(5): starttime is
    // field 22).
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
    return Number.isFinite(ticks) ? ticks : null;
  } catch {
    return null;
  }
}

/** The same in ms since the epoch, by the clock of this moment. */
function startMs(proc: string, ticks: number): number {
  return bootSeconds(proc) * 1_000 + (ticks * 1_000) / TICKS;
}

/**
 * 0 where the system does not tell, as some containers do: then any process of that number counts.
 */
function bootSeconds(proc: string): number {
  try {
    return Number(/^btime (\d+)$/m.exec(readFileSync(join(proc, 'stat'), 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Clock ticks a second in /proc (`USER_HZ`): 100 on every Linux architecture that Node runs on. */
const TICKS = 100;
/** A hook records the start of its session shortly after its process started, never before. */
const TOLERANCE_MS = 5_000;
/** More than a user has terminals. Shells that were replaced by another program are not removed. */
const MAX_KNOWN = 1_000;

/** Whether the process of a session still runs; a later process of the same pid does not count. */
export type Liveness = (pid: number, sessionStartUs: number) => boolean;

/**
 * Compares the start of the process with that of the session. When the clock is set ahead (after a
 * suspend, or by a time server), the start of every process moves with it, but not the recorded
 * start of the session. A process that was recognized once is therefore known by its start in ticks
 * since boot, which no clock changes.
 *
 * @param proc path of /proc; where there is none, any process with that pid counts
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

/** Whether the process with this pid started at this time, in ticks since boot. */
export const isProcess = (pid: number, ticks: number): boolean => startTicks('/proc', pid) === ticks;

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Start of a process in ticks since boot; null where it is unknown. */
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

/** The same in ms since the epoch, by the current clock. */
function startMs(proc: string, ticks: number): number {
  return bootSeconds(proc) * 1_000 + (ticks * 1_000) / TICKS;
}

/** 0 where it is unknown, as in some containers: then any process with that pid counts. */
function bootSeconds(proc: string): number {
  try {
    return Number(/^btime (\d+)$/m.exec(readFileSync(join(proc, 'stat'), 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

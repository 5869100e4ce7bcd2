/** Memory and processor time of processes, from /proc. */
import { readdirSync, readFileSync } from 'node:fs';
import { round } from './figures.ts';

/**
 * MiB of all `processes` together. Only PSS depends on other processes: it falls with the number of
 * processes that share the Node.js binary.
 */
export interface Memory {
  readonly processes: number;
  readonly rssMiB: number;
  readonly pssMiB: number;
  readonly privateMiB: number;
  readonly anonymousMiB: number;
}

/** Of the flags of the service (bin/v8-flags.txt) those that change what is measured here. */
export const SERVICE_FLAGS: readonly string[] = process.version.startsWith('v20.')
  ? ['--interrupt-budget=100000000', '--max-semi-space-size=2']
  : ['--max-semi-space-size=2'];

/** A process and all its descendants. */
export function processTree(pid: number): readonly number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
        return [{ pid: Number(name), parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) }];
      } catch {
        return [];
      }
    });
  const below = (of: number): readonly number[] => [
    of,
    ...parents.filter(({ parent }) => parent === of).flatMap((child) => below(child.pid)),
  ];
  return below(pid);
}

/** Memory of a process and its descendants, from /proc/PID/smaps_rollup (proc(5)). */
export function memoryOf(pid: number): Memory {
  const pids = processTree(pid);
  const sum = (...names: readonly string[]): number =>
    round(
      pids.reduce((total, one) => {
        const text = readFileSync(`/proc/${one}/smaps_rollup`, 'utf8');
        return (
          total +
          names.reduce((kib, name) => kib + Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0), 0)
        );
      }, 0) / 1_024,
    );
  return {
    processes: pids.length,
    rssMiB: sum('Rss'),
    pssMiB: sum('Pss'),
    privateMiB: sum('Private_Clean', 'Private_Dirty'),
    anonymousMiB: sum('Anonymous'),
  };
}

/**
 * Processor time of a process and its threads in ms, from /proc/PID/task/TID/schedstat: unlike
 * times by the clock, other processes hardly change it.
 */
export function cpuTimeOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return round(nanoseconds.reduce((sum, one) => sum + one, 0) / 1e6);
}

/**
 * Memory of the idle service: resident (RSS), proportional (PSS) and private bytes of its whole process tree, in MiB, from
 * /proc/PID/smaps_rollup. The baseline beside it is a Node process that does nothing.
 *
 *   npx tsx bench/idle-memory.ts [seconds to idle]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { configure, startService } from '../test/support/service.ts';
import { report, round } from './figures.ts';

interface Memory {
  readonly processes: number;
  readonly rssMiB: number;
  readonly pssMiB: number;
  readonly privateMiB: number;
  readonly anonymousMiB: number;
}

/** A process and all its descendants. */
function tree(pid: number): readonly number[] {
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

export function memoryOf(pid: number): Memory {
  const pids = tree(pid);
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

async function main(seconds: number): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'caro-bench-'));
  await configure(home);
  const idle = spawn(process.execPath, ['-e', 'setInterval(()=>{},1e9)'], { stdio: 'ignore' });
  const service = await startService(home);
  await pause(seconds * 1_000);
  const baseline = memoryOf(idle.pid ?? 0);
  const fresh = memoryOf(service.process.pid ?? 0);
  idle.kill();
  await service.stop();
  rmSync(home, { recursive: true });
  report('idle-memory', [
    { name: 'fresh node', idleSeconds: seconds, ...fresh, ratioToBaseline: round(fresh.rssMiB / baseline.rssMiB) },
    { name: 'baseline: node that does nothing', idleSeconds: seconds, ...baseline },
  ]);
}

void main(Number(process.argv[2] ?? '60'));

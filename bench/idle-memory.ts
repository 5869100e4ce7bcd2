/**
 * Memory of the idle service (NFR-101): resident (RSS), proportional (PSS) and private bytes of its whole process tree, in MiB, from
 * /proc/PID/smaps_rollup. The baseline beside it is a Node process that does nothing.
 *
 *   npx tsx bench/idle-memory.ts [seconds to idle [part of a variant's name]]
 */
import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { encodeSpoolRecord } from '../src/domain/spool-record.ts';
import { caro, caroJson, configure, freePort, startService, until } from '../test/support/service.ts';
import { loginOf, loginTokenIn, postLogin } from '../test/web/dashboard-rig.ts';
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

function memoryOf(pid: number): Memory {
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

/** Commands as the hooks write them, and the questions an owner asks: everything that the service loads when it is used. */
async function use(home: string): Promise<void> {
  const file = join(home, 'data', 'spool', `bash.${process.pid}.${Date.now() * 1_000}.0`);
  for (let command = 0; command < 2_000; command += 1) {
    const startedAt = Date.now() * 1_000;
    const text = `git commit -m "change ${command}" && docker build . | tee log-${command}.txt`;
    appendFileSync(
      file,
      encodeSpoolRecord({
        type: 'both',
        command,
        startedAt,
        endedAt: startedAt,
        granularity: 1,
        status: 0,
        cwd: home,
        text,
      }),
      { mode: 0o600 },
    );
  }
  await until(
    () => caroJson<{ observe: { events: number } }>(home, 'status'),
    ([status]) => status?.observe.events === 2_000,
    60_000,
  );
  for (const question of [['stats'], ['events'], ['summary', 'preview', '--period', 'daily'], ['audit', 'verify']]) {
    await caro(home, ...question);
  }
}

/** The page as a browser opens it, its figures and a search; then closed, until its process has gone. */
async function lookAtDashboard(home: string, pid: number): Promise<void> {
  const [link] = await caroJson<{ url: string; file: string }>(home, 'dashboard');
  if (!link) throw new Error('expected the address of the dashboard');
  const { url, file } = link;
  const { cookie, token } = await loginOf(await postLogin({ url }, loginTokenIn(file)));
  const since = new Date(Date.now() - 86_400_000).toISOString();
  const until24h = new Date(Date.now() + 86_400_000).toISOString();
  for (const path of [
    '',
    `api/overview?since=${since}&until=${until24h}`,
    'api/events?text=git',
    'api/summary?period=daily',
  ]) {
    const answer = await fetch(`${url}${path}`, { headers: { cookie, 'x-caro-token': token, connection: 'close' } });
    if (!answer.ok) throw new Error(`expected the dashboard to answer, got ${answer.status}`);
    await answer.arrayBuffer();
  }
  await until(
    () => Promise.resolve(tree(pid)),
    (pids) => pids.length === 1,
    90_000,
  );
}

interface Variant {
  readonly name: string;
  readonly mesh: boolean;
  readonly used: boolean;
  readonly dashboard?: true;
}

const VARIANTS: readonly Variant[] = [
  { name: 'fresh node', mesh: false, used: false },
  { name: 'after the dashboard was used and closed', mesh: false, used: false, dashboard: true },
  { name: 'after 2,000 commands and questions', mesh: false, used: true },
  { name: 'mesh on', mesh: true, used: false },
  { name: 'mesh on, after 2,000 commands and questions', mesh: true, used: true },
];

async function measured(seconds: number, { mesh, used, dashboard: looked }: Variant): Promise<Memory> {
  const home = mkdtempSync(join(tmpdir(), 'caro-bench-'));
  const dashboard = `[dashboard]\nport = ${await freePort()}\n`;
  await configure(
    home,
    mesh ? `${dashboard}[mesh]\nenabled = true\nlisten = "127.0.0.1:${await freePort()}"\n` : dashboard,
  );
  const service = await startService(home);
  if (used) await use(home);
  if (looked) await lookAtDashboard(home, service.process.pid ?? 0);
  await pause(seconds * 1_000);
  const memory = memoryOf(service.process.pid ?? 0);
  await service.stop();
  rmSync(home, { recursive: true });
  return memory;
}

async function main(seconds: number, part: string): Promise<void> {
  const idle = spawn(process.execPath, ['-e', 'setInterval(()=>{},1e9)'], { stdio: 'ignore' });
  const results = [];
  for (const variant of VARIANTS.filter(({ name }) => name.includes(part))) {
    const memory = await measured(seconds, variant);
    const baseline = memoryOf(idle.pid ?? 0);
    results.push({
      name: variant.name,
      idleSeconds: seconds,
      ...memory,
      ratioToBaseline: round(memory.rssMiB / baseline.rssMiB),
    });
  }
  const baseline = memoryOf(idle.pid ?? 0);
  idle.kill();
  report('idle-memory', [...results, { name: 'baseline: node that does nothing', idleSeconds: seconds, ...baseline }]);
}

void main(Number(process.argv[2] ?? '60'), process.argv[3] ?? '');

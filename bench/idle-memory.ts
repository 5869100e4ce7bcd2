/**
 * Measures the memory of the idle service (NFR-101): RSS, PSS, private and anonymous MiB of its
 * process tree, from /proc/PID/smaps_rollup, after each use in bench/parts/idle-variants.ts. The
 * baseline is an idle Node.js process of the same version. Variants idle at the same time. Only PSS
 * depends on neighbouring processes; it is lower than that of a service alone.
 *
 *   npx tsx bench/idle-memory.ts [--idle SECONDS] [--only PART] [--node VERSION]
 *                                [--warn-against FILE]
 *
 *   --idle SECONDS       idle time before each measurement (60)
 *   --only PART          variants whose names contain PART
 *   --node VERSION       run an installation from the offline archive under this Node.js (22,
 *                        24.1, …), fetched from the registry and kept in the temporary folder;
 *                        by default, run this tree under the current Node.js
 *   --warn-against FILE  short form for CI: measure a fresh node and one with the mesh on, twice,
 *                        and compare the lower figures with FILE (bench/results/idle-memory.json);
 *                        print a warning for growth by more than 1 MiB, and no figures
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { fetchNode } from '../scripts/fetched-node.ts';
import { report, round } from './parts/figures.ts';
import { BASELINE, growthSince, type IdleRow, storedRows } from './parts/idle-growth.ts';
import type { Variant } from './parts/idle-variants.ts';
import { type Memory, memoryOf } from './parts/process-memory.ts';

const ROOT = resolve(__dirname, '..');
/** With more at once, variants that still work would have to wait longer than the idle time. */
const AT_ONCE = 4;
/** Settings of the short form. */
const SHORT_IDLE_SECONDS = 45;
const SHORT_VARIANTS = ['fresh node', 'mesh on'];

type Row = IdleRow & Memory & { readonly idleSeconds: number; readonly ratioToBaseline?: number };

/**
 * Makes `node` and `caro` those of this version from here on. The returned function removes the
 * unpacked archive.
 */
function installUnder(version: string): () => void {
  const node = fetchNode(version, join(tmpdir(), 'caro-bench-nodes'));
  const folder = mkdtempSync(join(tmpdir(), 'caro-bench-'));
  const tsx = join(ROOT, 'node_modules', '.bin', 'tsx');
  const said = execFileSync(tsx, ['scripts/bundle/bundle-offline.ts', folder, '--every-node'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const { archive } = JSON.parse(said) as { readonly archive: string };
  execFileSync('tar', ['-xzf', archive, '-C', folder]);
  process.env['CARO_TEST_ENTRY'] = join(folder, basename(archive, '.tar.gz'), 'bin', 'caro.js');
  process.env['PATH'] = `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}`;
  return () => rmSync(folder, { recursive: true });
}

async function measured(variant: Variant, seconds: number, node: string): Promise<readonly Row[]> {
  const home = mkdtempSync(join(tmpdir(), 'caro-bench-'));
  const rows: Row[] = [];
  try {
    const { pid, end } = await variant.start(home);
    const measure = async (name: string): Promise<void> => {
      await pause(seconds * 1_000);
      rows.push({ name, node, idleSeconds: seconds, ...memoryOf(pid) });
    };
    try {
      await variant.use?.(home, pid);
      await measure(variant.name);
      await variant.next?.use(home, pid);
      if (variant.next) await measure(variant.next.name);
    } finally {
      await end();
    }
  } finally {
    rmSync(home, { recursive: true });
  }
  return rows;
}

/** Resolves with the rows in the order of the variants. */
async function allMeasured(variants: readonly Variant[], seconds: number, node: string): Promise<readonly Row[]> {
  const rows: (readonly Row[])[] = [];
  const waiting = [...variants.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      rows[next[0]] = await measured(next[1], seconds, node);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return rows.flat();
}

function startIdle(): ChildProcess {
  return spawn('node', ['-e', 'setInterval(()=>{},1e9)'], { stdio: 'ignore' });
}

function withBaseline(rows: readonly Row[], baseline: Memory, seconds: number, node: string): readonly Row[] {
  const compared = rows.map((row) => ({ ...row, ratioToBaseline: round(row.rssMiB / baseline.rssMiB) }));
  return [...compared, { name: BASELINE, node, idleSeconds: seconds, ...baseline }];
}

/** The lower of two measurements of each variant, because garbage left over varies. */
const lesser = (rows: readonly Row[]): readonly Row[] =>
  SHORT_VARIANTS.flatMap((name) =>
    rows
      .filter((row) => row.name === name)
      .sort((a, b) => a.rssMiB - b.rssMiB)
      .slice(0, 1),
  );

async function main(seconds: number, part: string, against: string | undefined): Promise<void> {
  const node = execFileSync('node', ['--version'], { encoding: 'utf8' }).trim();
  const { VARIANTS } = await import('./parts/idle-variants.ts');
  const idle = startIdle();
  try {
    if (against === undefined) {
      const chosen = VARIANTS.filter(({ name }) => name.includes(part));
      const rows = await allMeasured(chosen, seconds, node);
      report('idle-memory', withBaseline(rows, memoryOf(idle.pid ?? 0), seconds, node));
    } else {
      const chosen = VARIANTS.filter(({ name }) => SHORT_VARIANTS.includes(name));
      const rows = lesser(await allMeasured([...chosen, ...chosen], SHORT_IDLE_SECONDS, node));
      const now = withBaseline(rows, memoryOf(idle.pid ?? 0), SHORT_IDLE_SECONDS, node);
      for (const warning of growthSince(storedRows(readFileSync(against, 'utf8')), now))
        console.log(`warning: ${warning}`);
    }
  } finally {
    idle.kill();
  }
}

const { values } = parseArgs({
  options: {
    idle: { type: 'string', default: '60' },
    only: { type: 'string', default: '' },
    node: { type: 'string' },
    'warn-against': { type: 'string' },
  },
});
const remove = values.node === undefined ? () => undefined : installUnder(values.node);
main(Number(values.idle), values.only, values['warn-against'])
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  })
  .finally(remove);

/**
 * Runs the benchmarks one after the other. Writes the output of each, with the load of the machine,
 * to `bench/results/NAME.json`. A benchmark that fails or hangs is reported, and the others still
 * run.
 *
 *   npm run bench              small numbers, a few minutes
 *   npm run bench -- --full    growth with stored events, peers and shells; about an hour
 *   npm run bench -- --only ingest,observe
 */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = resolve(__dirname, '../..');
const RESULTS = join(ROOT, 'bench', 'results');
/** Deadline for everything. A run that has no time left is reported as not measured. */
const WHOLE_MS = 90 * 60_000;
/** Deadline for one run. */
const MAX_RUN_MS = 10 * 60_000;
/** No run starts with less time left than this. */
const MIN_LEFT_MS = 20_000;

/** The arguments of each benchmark's runs, quick and full, with the most important runs first. */
const PLAN: Readonly<Record<string, { readonly quick: readonly string[]; readonly full: readonly string[] }>> = {
  'idle-memory': {
    quick: ['--idle 20'],
    full: ['', ' --node 22', ' --node 24', ' --node 26'].map((node) => `--idle 30${node}`),
  },
  'mesh-query': { quick: ['10'], full: ['1', '10', '30', '60 0 30', '100', '10 2'] },
  'mesh-reconnect': { quick: ['10 0'], full: ['60 0 10'] },
  observe: {
    quick: ['300'],
    full: ['1000', '1000 10000', '1000 1000000', '1000 10000000', '1000 0 5', '1000 0 20'],
  },
  ingest: {
    quick: ['10000'],
    full: ['50000', '50000 10000000', '20000 0 5000 1', '20000 0 5000 5', '50000 1000000'],
  },
  dashboard: {
    quick: ['--events 10000 --rounds 5'],
    full: [
      '--posture --rounds 10',
      ...[10_000_000, 10_000, 1_000_000].map((events) => `--events ${events} --rounds 10`),
    ],
  },
  summary: { quick: ['100000 3'], full: ['1000000 5', '10000 10'] },
  hook: { quick: ['100'], full: ['400'] },
  startup: { quick: ['10000 3'], full: ['1000000 10'] },
  assess: { quick: [''], full: [''] },
  'custom-rules': { quick: [''], full: [''] },
  verify: { quick: [''], full: [''] },
  search: { quick: ['10000 3'], full: ['1000000 5', '1000000 5 2000'] },
  guard: { quick: ['10'], full: ['60'] },
  'agent-hook': { quick: [''], full: [''] },
  'blind-node': { quick: [''], full: [''] },
  'heat-map': { quick: [''], full: [''] },
  blind: { quick: ['100'], full: ['1000', '100'] },
  fleet: { quick: ['100'], full: ['10000', '1000', '100'] },
};

interface Run {
  readonly arguments: string;
  readonly seconds: number;
  /** The 1-minute load average before and after. */
  readonly load: readonly [number, number];
  /** The benchmark's output; `failed` says why there is none. */
  readonly printed?: unknown;
  readonly failed?: string;
}

function run(name: string, words: string, timeout: number): Promise<Run> {
  const before = loadavg()[0] ?? 0;
  const begun = performance.now();
  const args = [join(ROOT, 'bench', `${name}.ts`), ...words.split(' ').filter((word) => word !== '')];
  return new Promise((done) => {
    execFile(
      join(ROOT, 'node_modules', '.bin', 'tsx'),
      args,
      { cwd: ROOT, timeout, killSignal: 'SIGTERM', maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const seconds = Math.round((performance.now() - begun) / 100) / 10;
        const common = { arguments: words, seconds, load: [before, loadavg()[0] ?? 0] as const };
        try {
          const printed: unknown = JSON.parse(stdout);
          done(error ? { ...common, printed, failed: 'it exited with an error' } : { ...common, printed });
        } catch {
          const reason = error?.killed ? `no result within ${Math.round(timeout / 1_000)} s` : stderr.trim();
          done({ ...common, failed: reason === '' ? 'no figures printed' : reason.slice(-500) });
        }
      },
    );
  });
}

async function main(isFull: boolean, only: readonly string[]): Promise<void> {
  mkdirSync(RESULTS, { recursive: true });
  const begun = performance.now();
  for (const [name, { quick, full }] of Object.entries(PLAN)) {
    if (only.length > 0 && !only.includes(name)) continue;
    const runs: Run[] = [];
    for (const words of isFull ? full : quick) {
      const left = WHOLE_MS - (performance.now() - begun);
      if (left < MIN_LEFT_MS) runs.push({ arguments: words, seconds: 0, load: [0, 0], failed: 'no time left' });
      else runs.push(await run(name, words, Math.min(left, MAX_RUN_MS)));
      const { failed, seconds } = runs.at(-1) ?? { failed: undefined, seconds: 0 };
      process.stderr.write(`${name} ${words}: ${failed === undefined ? 'done' : `FAILED, ${failed}`} (${seconds} s)\n`);
      if (failed !== undefined) process.exitCode = 1;
    }
    const file = join(RESULTS, `${name}.json`);
    const form = isFull ? 'full' : 'quick';
    writeFileSync(file, `${JSON.stringify({ benchmark: name, form, node: process.version, runs }, null, 2)}\n`);
  }
}

const { values } = parseArgs({
  options: { full: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});
main(
  values.full,
  values.only.split(',').filter((name) => name !== ''),
).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

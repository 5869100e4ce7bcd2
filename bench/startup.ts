/**
 * Measures the time from spawning the service to its ready line, and from SIGTERM to its exit, in
 * ms, with an empty and with a large database. The baseline is a Node.js process that prints a line
 * and waits for the signal.
 *
 *   npx tsx bench/startup.ts [stored events] [rounds]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CARO, configure, homeEnvironment } from '../test/rig/service.ts';
import { report, round, summary } from './parts/figures.ts';
import { storeEvents } from './parts/stored-events.ts';

const IDLE = `process.once('SIGTERM', () => process.exit(0)); setInterval(() => undefined, 1e9); console.log('ready')`;

/** One run: ms to the first line on standard output, and ms from SIGTERM to the exit. */
async function live(home: string, file: string, args: readonly string[]): Promise<readonly [number, number]> {
  const begun = performance.now();
  const child = spawn(file, args, { env: homeEnvironment(home), stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  await new Promise<void>((done, failed) => {
    child.stdout.once('data', () => done());
    child.once('exit', (code) => failed(new Error(`expected a ready line, the process exited with ${code} first`)));
  });
  const ready = performance.now() - begun;
  const told = performance.now();
  child.kill('SIGTERM');
  const code = await ended;
  if (code !== 0) throw new Error(`expected exit code 0, got ${code}`);
  return [ready, performance.now() - told];
}

async function lives(home: string, rounds: number, file: string, args: readonly string[]) {
  const times: (readonly [number, number])[] = [];
  // The first start creates identity and database, and warms the disk cache.
  await live(home, file, args);
  for (let count = 0; count < rounds; count += 1) times.push(await live(home, file, args));
  return { ready: summary(times.map(([ready]) => ready)), ended: summary(times.map(([, ended]) => ended)) };
}

async function measure(stored: number, rounds: number): Promise<readonly unknown[]> {
  const home = mkdtempSync(join(tmpdir(), 'caro-bench-'));
  try {
    await configure(home);
    if (stored > 0) storeEvents(home, stored);
    const idle = await lives(home, rounds, process.execPath, ['-e', IDLE]);
    const service = await lives(home, rounds, CARO, ['service', 'run']);
    const ratioToBaseline = round(service.ready.median / idle.ready.median);
    return [
      { name: 'spawn to ready line', unit: 'ms', stored, ...service.ready, ratioToBaseline },
      { name: 'SIGTERM to exit', unit: 'ms', stored, ...service.ended },
      { name: 'baseline: node that prints a line', unit: 'ms', stored, ...idle.ready },
    ];
  } finally {
    rmSync(home, { recursive: true });
  }
}

async function main(stored: number, rounds: number): Promise<void> {
  const results = [...(await measure(0, rounds))];
  if (stored > 0) results.push(...(await measure(stored, rounds)));
  report('startup', results);
}

const [stored = '1000000', rounds = '10'] = process.argv.slice(2);
main(Number(stored), Number(rounds)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

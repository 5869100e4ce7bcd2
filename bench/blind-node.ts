/**
 * Measures what one report for blind totals costs a node: CPU time of the whole process for the
 * cells of a day and its two envelopes, in a thread that is started for it (`cold`) and in one that
 * runs already (`warm`). The target is less than 100 ms (docs/blind-totals.md). Also the sizes of
 * both envelopes. The baseline is a thread that does nothing: on a busy machine both cost several
 * times as much, and only the ratio says something. Runs itself again with the V8 flags of the
 * service, with which optimizing compilers hardly ever run.
 *
 *   npx tsx bench/blind-node.ts [events of the day] [rounds]
 */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { signReport } from '../src/blind/report.ts';
import { drawRandomness } from '../src/blind/report-bytes.ts';
import { lastClosed } from '../src/domain/time/period.ts';
import { encodeEnvelope } from '../src/identity/envelope.ts';
import { openIdentity } from '../src/identity/identity.ts';
import { openPool, type Pool } from '../src/workers/pool.ts';
import { makeTask } from '../test/blind/tasks.ts';
import { report, round, summary } from './parts/figures.ts';
import { SERVICE_FLAGS } from './parts/process-memory.ts';
import { storeEvents } from './parts/stored-events.ts';

const WORKER = resolve(__dirname, '../dist/worker.js');

async function main(): Promise<void> {
  const events = Number(process.argv[2] ?? 2_000);
  const rounds = Number(process.argv[3] ?? 5);
  const home = mkdtempSync(join(tmpdir(), 'caro-bench-'));
  try {
    const day = lastClosed('daily', Date.now());
    storeEvents(home, events, { fromMs: day.startMs, spanMs: day.endMs - day.startMs });
    const { task } = await makeTask(home);
    const identity = openIdentity(join(home, 'data', 'identity.key'));
    const databaseFile = join(home, 'data', 'caro.db');
    const span = { startMs: day.startMs, endMs: day.endMs };
    const make = async (pool: Pool) => {
      const cells = await pool.run('measureDay', { databaseFile, ...span, words: task.task.words, denied: [] });
      const payloads = await pool.run('shard', {
        task: { id: task.id, task: task.task },
        day: new Date(day.startMs).toISOString().slice(0, 10),
        cells,
        randomness: drawRandomness((count) => new Uint8Array(randomBytes(count))),
        node: identity.id,
      });
      return signReport(payloads, identity);
    };
    const [cold, warm, empty]: [number[], number[], number[]] = [[], [], []];
    let sizes = { leader: 0, trustee: 0 };
    for (let count = 0; count < rounds; count += 1) {
      empty.push(await cpuMs(emptyThread));
      const pool = openPool(WORKER);
      cold.push(await cpuMs(() => make(pool)));
      warm.push(await cpuMs(() => make(pool)));
      const { leader, trustee } = await make(pool);
      sizes = { leader: encodeEnvelope(leader).length, trustee: encodeEnvelope(trustee).length };
      await pool.close();
    }
    const facts = { unit: 'ms CPU', events };
    const ratio = (values: readonly number[]) => ({
      ratioToBaseline: round(summary(values).median / summary(empty).median),
    });
    report('blind-node', [
      { name: 'cold thread', ...facts, ...summary(cold), ...ratio(cold) },
      { name: 'warm thread', ...facts, ...summary(warm), ...ratio(warm) },
      { name: 'baseline: an empty thread', unit: 'ms CPU', ...summary(empty) },
      { name: 'envelopes', unit: 'bytes', ...sizes },
    ]);
  } finally {
    rmSync(home, { recursive: true });
  }
}

const emptyThread = (): Promise<unknown> =>
  new Promise((ended) => new Worker('', { eval: true, execArgv: [] }).once('exit', ended));

/** CPU time of all threads of this process while `work` runs, in ms. */
async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

const hasServiceFlags = SERVICE_FLAGS.every((flag) => process.execArgv.includes(flag));
if (hasServiceFlags) void main();
else fork(__filename, process.argv.slice(2), { execArgv: [...process.execArgv, ...SERVICE_FLAGS] });

/**
 * Measures making and signing the summary of an hour, a day and a week (NFR-103) in a worker
 * thread. Each period contains all stored events. A cold thread is started first; a warm one
 * already runs. The baseline counts the same patterns from the events themselves, without rollups.
 *
 *   npx tsx bench/summary.ts [events in the period] [rounds]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SUMMARY_TYPE } from '../src/domain/summaries/summary.ts';
import { lastClosed, PERIOD_KINDS, type Period, type PeriodKind } from '../src/domain/time/period.ts';
import { openIdentity } from '../src/identity/identity.ts';
import { ruleFacts } from '../src/risk/describe.ts';
import { openReadOnly } from '../src/storage/database.ts';
import { openPool, type Pool } from '../src/workers/pool.ts';
import { type Figures, report, round, summary } from './parts/figures.ts';
import { storeEvents } from './parts/stored-events.ts';

const WORKER = resolve(__dirname, '../dist/worker.js');

/** Runs the pool tasks that make one summary; returns the length of the signed document. */
async function make(pool: Pool, home: string, period: Period): Promise<number> {
  const identity = openIdentity(join(home, 'data', 'identity.key'));
  const head = {
    id: '0'.repeat(32),
    replaces: null,
    node: identity.id,
    createdAt: new Date(period.endMs).toISOString(),
    nonce: '0'.repeat(32),
    catalogueVersion: 1,
  };
  const databaseFile = join(home, 'data', 'caro.db');
  const payload = await pool.run('summarize', { databaseFile, period, head, rules: ruleFacts(), keptBack: [] });
  const { fingerprint } = identity;
  const envelope = await pool.run('sealSummary', {
    seed: identity.seed(),
    fingerprint,
    payloadType: SUMMARY_TYPE,
    payload,
  });
  return JSON.stringify(envelope).length;
}

async function timed(work: () => unknown): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

async function coldAndWarm(home: string, period: Period, rounds: number): Promise<{ cold: Figures; warm: Figures }> {
  const [cold, warm]: [number[], number[]] = [[], []];
  for (let count = 0; count < rounds; count += 1) {
    const pool = openPool(WORKER);
    cold.push(await timed(() => make(pool, home, period)));
    warm.push(await timed(() => make(pool, home, period)));
    await pool.close();
  }
  return { cold: summary(cold), warm: summary(warm) };
}

/** The same counts without rollups, and the number of rollup rows that the summary reads. */
async function withoutRollups(home: string, { startMs, endMs }: Period, rounds: number) {
  const database = openReadOnly(join(home, 'data', 'caro.db'));
  const times: number[] = [];
  const ask = database.prepare(
    `SELECT pattern.name, count(*), sum(exit_code <> 0), sum(duration_ms) FROM event JOIN pattern ON pattern.id = pattern_id
     WHERE time_ms >= ? AND time_ms < ? GROUP BY 1`,
  );
  for (let count = 0; count < Math.min(3, rounds); count += 1) times.push(await timed(() => ask.all(startMs, endMs)));
  const rows = Number(database.prepare('SELECT count(*) FROM rollup').pluck().get());
  database.close();
  return { rows, baseline: summary(times) };
}

async function measure(kind: PeriodKind, events: number, rounds: number): Promise<readonly unknown[]> {
  const home = mkdtempSync(join(tmpdir(), 'caro-bench-'));
  try {
    const period = lastClosed(kind, Date.now());
    storeEvents(home, events, { fromMs: period.startMs, spanMs: period.endMs - period.startMs });
    const { cold, warm } = await coldAndWarm(home, period, rounds);
    const { rows, baseline } = await withoutRollups(home, period, rounds);
    const facts = { kind, unit: 'ms', events, rollupRows: rows };
    return [
      { name: 'cold thread', ...facts, ...cold, ratioToBaseline: round(cold.median / baseline.median) },
      { name: 'warm thread', ...facts, ...warm, ratioToBaseline: round(warm.median / baseline.median) },
      { name: 'baseline: one count over the events', ...facts, ...baseline },
    ];
  } finally {
    rmSync(home, { recursive: true });
  }
}

async function main(events: number, rounds: number): Promise<void> {
  const results: unknown[] = [];
  for (const kind of PERIOD_KINDS) results.push(...(await measure(kind, events, rounds)));
  report('summary', results);
}

const [events = '1000000', rounds = '10'] = process.argv.slice(2);
main(Number(events), Number(rounds)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

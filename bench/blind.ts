/**
 * Measures the day's work of a leader and of a trustee of blind totals: intake, preparation in
 * threads, release and total, with real databases and the full layout `day/1`. CPU and resident
 * memory are those of the aggregator's process with its threads; RSS includes the loader of
 * TypeScript, which `rssBeforeMiB` shows; the service itself idles at 50 MiB. The nodes are
 * simulated in another process. TLS and the codec of mesh messages are not measured. The totals are
 * compared with the true sums. Prints JSON.
 *
 *   npx tsx bench/blind.ts [REPORTS...]     (100 1000)
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BlindReply, BlindRequest } from '../src/domain/blind/exchange.ts';
import type { AggregatorFigures, Step } from './parts/blind-aggregator.ts';
import type { MadeReports } from './parts/blind-reports.ts';
import { report, round } from './parts/figures.ts';
import { SERVICE_FLAGS } from './parts/process-memory.ts';

const DAY = '2026-11-20';
const HOUR_MS = 3_600_000;
const DAY_OVER = Date.parse(DAY) + 25 * HOUR_MS;
const WINDOW_OVER = Date.parse(DAY) + (24 + 72) * HOUR_MS;
/** Targets of the contract: 4 minutes of CPU and 200 MiB for 10,000 reports. */
const TARGET = { cpuSeconds: 240, rssMiB: 200, reports: 10_000 };

interface Child {
  readonly process: ChildProcess;
  readonly run: (step: Step, input?: string) => Promise<unknown>;
}

interface FromChild {
  readonly kind: 'ask' | 'reply' | 'done' | 'failed';
  readonly number: number;
  readonly request?: BlindRequest;
  readonly reply?: BlindReply;
  readonly result?: unknown;
}

function start(role: string, folder: string, onMessage: (message: FromChild) => void): Child {
  const child = fork(join(__dirname, 'parts/blind-aggregator.ts'), [role, folder], {
    execArgv: [...process.execArgv, ...SERVICE_FLAGS, '--expose-gc'],
  });
  const waiting = new Map<
    number,
    { readonly done: (result: unknown) => void; readonly failed: (error: Error) => void }
  >();
  let number = 0;
  child.on('message', (message: FromChild) => {
    const waiter = waiting.get(message.number);
    if (message.kind === 'done') waiter?.done(message.result);
    else if (message.kind === 'failed') waiter?.failed(new Error(String(message.result)));
    else onMessage(message);
  });
  child.on('exit', (code) => {
    for (const { failed } of waiting.values()) failed(new Error(`${role} ended with ${code}`));
  });
  return {
    process: child,
    run: (step, input) =>
      new Promise((done, failed) => {
        number += 1;
        waiting.set(number, { done, failed });
        child.send({ kind: 'step', number, step, input });
      }),
  };
}

async function measure(reports: number): Promise<readonly unknown[]> {
  const folder = mkdtempSync(join(tmpdir(), 'caro-bench-blind-'));
  const leader: Child = start('leader', folder, ({ number, request }) =>
    trustee.process.send({ kind: 'asked', number, input: leaderId, request }),
  );
  const trustee: Child = start('trustee', folder, ({ number, reply }) =>
    leader.process.send({ kind: 'reply', number, reply }),
  );
  let leaderId = '';
  try {
    leaderId = String(await leader.run('id'));
    const draft = String(await leader.run('draft', String(await trustee.run('id'))));
    const task = String(await leader.run('endorse', String(await trustee.run('endorse', draft))));
    await makeReports(folder, task, reports);
    const both = async (step: Step, input?: string): Promise<void> => {
      await Promise.all([leader.run(step, input), trustee.run(step, input)]);
    };
    await both('members');
    await both('clock', String(DAY_OVER));
    const begun = performance.now();
    await both('take');
    await leader.run('present');
    await both('clock', String(WINDOW_OVER));
    await trustee.run('work');
    await leader.run('work');
    const wallSeconds = (performance.now() - begun) / 1_000;
    const { sums } = JSON.parse(readFileSync(join(folder, 'made.json'), 'utf8')) as MadeReports;
    if (String(await leader.run('totals')) !== JSON.stringify([sums])) throw new Error('expected exact totals');
    const figures = { leader: await leader.run('figures'), trustee: await trustee.run('figures') } as Readonly<
      Record<'leader' | 'trustee', AggregatorFigures>
    >;
    return (['leader', 'trustee'] as const).map((role) => rowOf(role, reports, figures[role], wallSeconds));
  } finally {
    leader.process.kill();
    trustee.process.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function rowOf(role: string, reports: number, figures: AggregatorFigures, wallSeconds: number) {
  const { cpuSeconds, rssBeforeMiB, rssPeakMiB, peakAt, databaseMiB } = figures;
  return {
    name: role,
    reports,
    exact: true,
    cpuSeconds: round(cpuSeconds),
    cpuMsEach: round((1_000 * cpuSeconds) / reports),
    rssBeforeMiB: round(rssBeforeMiB),
    rssPeakMiB: round(rssPeakMiB),
    peakAt,
    databaseMiB: round(databaseMiB),
    wallSeconds: round(wallSeconds),
    ratioToTarget: round((cpuSeconds * TARGET.reports) / reports / TARGET.cpuSeconds),
  };
}

function makeReports(folder: string, task: string, count: number): Promise<void> {
  const child = fork(join(__dirname, 'parts/blind-reports.ts'));
  child.send({ folder, task, day: DAY, count });
  return new Promise((done, failed) => {
    child.once('message', () => done());
    child.once('exit', (code) => (code === 0 ? done() : failed(new Error(`making the reports ended with ${code}`))));
  });
}

async function main(): Promise<void> {
  const counts = process.argv.slice(2).map(Number);
  const results: unknown[] = [];
  for (const count of counts.length > 0 ? counts : [100, 1_000]) results.push(...(await measure(count)));
  report('blind', results);
}

void main();

/**
 * A node that reports, as a process of its own: makes what is due and sends it to both aggregators,
 * which are a file of messages. Ends itself by SIGKILL after the n-th call of a port: nothing
 * happens between that and the next call.
 *
 * argv: folder, the moment at which to end (0: never)
 */

import { randomBytes, randomInt } from 'node:crypto';
import { appendFileSync, closeSync, fsyncSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dayEnd } from '../../src/blind/day.ts';
import { dayLayout } from '../../src/blind/layout/day-1.ts';
import { deliverReports } from '../../src/blind/node/courier.ts';
import { createReporter, SPREAD_MS } from '../../src/blind/node/reporter.ts';
import { makeReport, signReceipt } from '../../src/blind/report.ts';
import { drawRandomness, type ReportRandomness } from '../../src/blind/report-bytes.ts';
import { createSealing } from '../../src/blind/sealing.ts';
import { decodeTask } from '../../src/blind/task.ts';
import { createPrio3 } from '../../src/blind/vdaf/prio3.ts';
import { openIdentity } from '../../src/identity/identity.ts';
import { createReportStore, type ReportStore } from '../../src/storage/blind/report-store.ts';
import { openDatabase } from '../../src/storage/database.ts';

const [folder = '', endAt = '0'] = process.argv.slice(2);
const DAY = '2026-11-20';
const NOW_MS = dayEnd(DAY) + SPREAD_MS;
let moments = 0;

/** A moment at which the process may end. */
function moment(): void {
  moments += 1;
  if (moments === Number(endAt)) process.kill(process.pid, 'SIGKILL');
}

/** A moment after each call. */
function watched<A extends unknown[], R>(call: (...args: A) => R): (...args: A) => R {
  return (...args) => {
    const result = call(...args);
    moment();
    return result;
  };
}

function appendDurably(name: string, text: string): void {
  const file = join(folder, name);
  appendFileSync(file, text);
  const handle = openSync(file, 'r+');
  fsyncSync(handle);
  closeSync(handle);
}

async function main(): Promise<void> {
  const task = decodeTask(readFileSync(join(folder, 'task.json'), 'utf8'));
  const [node, leader, trustee] = ['node', 'leader', 'trustee'].map((name) =>
    openIdentity(join(folder, `${name}.key`)),
  );
  if (!node || !leader || !trustee) throw new Error('expected three keys');
  const { database } = openDatabase(join(folder, 'caro.db'), NOW_MS);
  const real = createReportStore(database);
  const store: ReportStore = {
    ...real,
    plan: watched(real.plan),
    spend: watched(real.spend),
    receive: watched(real.receive),
  };
  const audit = watched(() => Promise.resolve());
  const { cells } = dayLayout(task.task.words);
  const parts = { vdaf: createPrio3(dayLayout(task.task.words)), sealing: createSealing() };
  const reporter = createReporter(task, NOW_MS - 86_400_000, {
    store,
    // Other figures each time: a second report would have other content.
    measure: watched(() => Promise.resolve(cells.map(({ bits }) => randomInt(2 ** bits)))),
    shard: watched(async (_task, day, values, randomness: ReportRandomness) => ({
      node: node.id,
      envelopes: await makeReport({ task, day, cells: values, randomness, signer: node }, parts),
    })),
    randomness: () => drawRandomness((count) => new Uint8Array(randomBytes(count))),
    random: randomInt,
    audit,
    isTimeConfirmed: watched(() => Promise.resolve(true)),
    now: () => NOW_MS,
  });
  await reporter.makeDue();
  for (const role of ['leader', 'trustee'] as const) {
    await deliverReports(task, role, {
      store,
      audit,
      exchange: watched((_peer, { body }) => {
        const { report } = body as { readonly report: Parameters<typeof signReceipt>[0] };
        appendDurably('sent.jsonl', `${JSON.stringify({ role, report })}\n`);
        moment();
        const receipt = signReceipt(report, NOW_MS, role === 'leader' ? leader : trustee);
        return Promise.resolve({ type: 'blind-receipt', body: { receipt } } as never);
      }),
    });
  }
  database.close();
  writeFileSync(join(folder, 'moments'), String(moments));
}

void main();

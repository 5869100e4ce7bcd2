/** A node that reports over a relay until it is killed. argv: its folder. */
import { randomBytes, randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dayLayout } from '../../../../src/blind/layout/day-1.ts';
import { deliverReports } from '../../../../src/blind/node/courier.ts';
import { createReporter } from '../../../../src/blind/node/reporter.ts';
import { makeReport } from '../../../../src/blind/report.ts';
import { drawRandomness } from '../../../../src/blind/report-bytes.ts';
import { decodeTask } from '../../../../src/blind/task.ts';
import { MAX_LOG } from '../../../../src/domain/blind/exchange.ts';
import { openIdentity } from '../../../../src/identity/identity.ts';
import { createReportStore } from '../../../../src/storage/blind/report-store.ts';
import { openDatabase } from '../../../../src/storage/database.ts';
import { rigParts } from '../../../blind/aggregators/rig.ts';
import { clockIn, EXCHANGE_MS, openChildRelay, pause } from './child.ts';

const [home = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const task = decodeTask(readFileSync(join(home, '..', 'task.json'), 'utf8'));
  const identity = openIdentity(join(home, 'identity.key'));
  const now = clockIn(home);
  const { database } = openDatabase(join(home, 'caro.db'), now());
  const store = createReportStore(database);
  const { joinedMs = 0 } = store.joined(task.id) ?? {};
  const relay = openChildRelay(home, identity, () => Promise.reject(new Error('expected no request')));
  const { cells } = dayLayout(task.task.words);
  const audit = (): Promise<void> => Promise.resolve();
  const askLog = (peer: string): Promise<boolean> =>
    relay.exchange(peer, { type: 'blind-log', body: { task: task.id, from: MAX_LOG } }, EXCHANGE_MS).then(
      () => true,
      () => false,
    );
  const reporter = createReporter(task, joinedMs, {
    store,
    audit,
    now,
    random: randomInt,
    // Other figures each time: a report that is made twice would have other content.
    measure: () => Promise.resolve(cells.map(({ bits }) => randomInt(2 ** Math.min(bits, 8)))),
    shard: async (_task, day, values, randomness) => ({
      node: identity.id,
      envelopes: await makeReport({ task, day, cells: values, randomness, signer: identity }, rigParts()),
    }),
    randomness: () => drawRandomness((count) => new Uint8Array(randomBytes(count))),
    isTimeConfirmed: async () => (await askLog(task.task.trustee.node)) || askLog(task.task.leader.node),
  });
  const courier = {
    store,
    audit,
    exchange: ((peer, request) => relay.exchange(peer, request, EXCHANGE_MS)) as Parameters<
      typeof deliverReports
    >[2]['exchange'],
  };
  for (;;) {
    await reporter.makeDue();
    await Promise.allSettled((['leader', 'trustee'] as const).map((role) => deliverReports(task, role, courier)));
    await pause();
  }
}

void main();

import { randomBytes, randomInt } from 'node:crypto';
import { join } from 'node:path';
import { dayLayout } from '../../src/blind/layout/day-1.ts';
import type { CourierPorts } from '../../src/blind/node/courier.ts';
import { createReporter, type Reporter } from '../../src/blind/node/reporter.ts';
import { makeReport } from '../../src/blind/report.ts';
import { drawRandomness, type ReportRandomness } from '../../src/blind/report-bytes.ts';
import { createSealing } from '../../src/blind/sealing.ts';
import type { AuditEntry } from '../../src/domain/audit/audit-record.ts';
import { type Identity, openIdentity } from '../../src/identity/identity.ts';
import { createReportStore, type ReportStore } from '../../src/storage/blind/report-store.ts';
import { type Database, openDatabase } from '../../src/storage/database.ts';
import { makeTask, type TaskRig, vdafOf } from './tasks.ts';

export interface NodeRig extends TaskRig {
  readonly node: Identity;
  readonly database: Database;
  readonly store: ReportStore;
  readonly reporter: Reporter;
  readonly courier: CourierPorts;
  readonly records: readonly AuditEntry[];
  /** What was measured: first millisecond, and first one after. */
  readonly spans: readonly (readonly [number, number])[];
  readonly shard: (
    cells: readonly number[],
    randomness: ReportRandomness,
    day?: string,
  ) => ReturnType<typeof makeReport>;
  readonly time: () => number;
  readonly setTime: (ms: number) => void;
  /** Whether an aggregator answers; at first one does. */
  readonly setAnswered: (answered: boolean) => void;
  readonly close: () => void;
}

/** A node in a task of its own, on real SQLite and a clock that the test sets. */
export async function openNode(
  folder: string,
  {
    joinedMs = 0,
    cells = [],
    database,
  }: { readonly joinedMs?: number; readonly cells?: readonly number[]; readonly database?: Database } = {},
): Promise<NodeRig> {
  const rig = await makeTask(folder);
  const node = openIdentity(join(folder, 'node.key'));
  const opened = database ?? openDatabase(join(folder, 'caro.db'), joinedMs).database;
  const store = createReportStore(opened);
  store.join(rig.task.id, { document: rig.task.envelope, floor: rig.task.task.floor, joinedMs });
  const records: AuditEntry[] = [];
  const spans: (readonly [number, number])[] = [];
  let nowMs = joinedMs;
  let isAnswered = true;
  const parts = { vdaf: vdafOf(rig.task), sealing: createSealing() };
  const shard: NodeRig['shard'] = (values, randomness, day = '2026-11-20') =>
    makeReport({ task: rig.task, day, cells: values, randomness, signer: node }, parts);
  const audit = (entry: AuditEntry): Promise<void> => {
    records.push(entry);
    return Promise.resolve();
  };
  const reporter = createReporter(rig.task, joinedMs, {
    store,
    measure: (_task, startMs, endMs) => {
      spans.push([startMs, endMs]);
      return Promise.resolve(dayLayout(rig.task.task.words).cells.map((_, place) => cells[place] ?? 0));
    },
    shard: async (_task, day, values, randomness) => ({
      node: node.id,
      envelopes: await shard(values, randomness, day),
    }),
    randomness: () => drawRandomness((count) => new Uint8Array(randomBytes(count))),
    random: randomInt,
    audit,
    isTimeConfirmed: () => Promise.resolve(isAnswered),
    now: () => nowMs,
  });
  return {
    ...rig,
    node,
    spans,
    database: opened,
    store,
    reporter,
    records,
    shard,
    courier: { store, audit, exchange: () => Promise.reject(new Error('expected no message')) },
    time: () => nowMs,
    setTime: (ms) => {
      nowMs = ms;
    },
    setAnswered: (answered) => {
      isAnswered = answered;
    },
    close: () => {
      if (opened.open) opened.close();
    },
  };
}

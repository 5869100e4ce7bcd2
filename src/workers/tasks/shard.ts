import { dayLayout } from '../../blind/layout/day-1.ts';
import { type ReportPayloads, type ReportRandomness, reportPayloads } from '../../blind/report.ts';
import { createSealing } from '../../blind/sealing.ts';
import { openTask } from '../../blind/task.ts';
import { createPrio3 } from '../../blind/vdaf/prio3.ts';
import type { DualEnvelope } from '../../domain/identity/signed-envelope.ts';

export interface ShardInput {
  readonly task: DualEnvelope;
  readonly day: string;
  readonly cells: readonly number[];
  readonly randomness: ReportRandomness;
  /** Node id that reports. */
  readonly node: string;
}

/**
 * What a node signs of a report; its key stays in the main thread. The same input gives the same
 * bytes.
 */
export function shard({ task: document, ...input }: ShardInput): Promise<ReportPayloads> {
  const task = openTask(document);
  const parts = { vdaf: createPrio3(dayLayout(task.task.words)), sealing: createSealing() };
  return reportPayloads({ task, ...input }, parts);
}

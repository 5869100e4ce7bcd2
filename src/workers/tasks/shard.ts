import { dayLayout } from '../../blind/layout/day-1.ts';
import { type PayloadInput, type ReportPayloads, reportPayloads } from '../../blind/report-bytes.ts';
import { createSealing } from '../../blind/sealing.ts';
import { createPrio3 } from '../../blind/vdaf/prio3.ts';

/**
 * What a node signs of a report; its key stays in the main thread, which has checked the task. The
 * same input gives the same bytes.
 */
export function shard(input: PayloadInput): Promise<ReportPayloads> {
  const parts = { vdaf: createPrio3(dayLayout(input.task.task.words)), sealing: createSealing() };
  return reportPayloads(input, parts);
}

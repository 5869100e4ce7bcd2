import type { Reporter } from '../../blind/node/reporter.ts';
import type { OpenedTask } from '../../blind/task.ts';
import type { AggregatorRole } from '../../blind/vdaf/vdaf.ts';
import type { DayCells, RemadeReport } from '../../domain/blind/participation.ts';
import type { MadeReport } from '../../storage/blind/report-store.ts';

/** The code of blind totals, which is loaded only for a node that takes part, or is about to. */
export interface BlindEngine {
  /** @throws CaroError `blind_task_invalid` */
  readonly open: (document: string) => OpenedTask;
  /** @param onSkew an aggregator answers, and its clock differs from that of this node */
  readonly reporter: (task: OpenedTask, joinedMs: number, onSkew: (role: AggregatorRole) => void) => Reporter;
  /** What a report about the present day would say. */
  readonly preview: (task: OpenedTask) => Promise<DayCells>;
  readonly deliver: (task: OpenedTask, role: AggregatorRole) => Promise<void>;
  readonly readLog: (task: OpenedTask) => Promise<void>;
  /** The signed bytes of a report, made once more from its cells and randomness. */
  readonly remake: (
    task: OpenedTask,
    made: Omit<MadeReport, 'envelopes'>,
    role: AggregatorRole,
  ) => Promise<RemadeReport>;
}

import { dayLayout } from '../../blind/layout/day-1.ts';
import { makeReport, type ReportRandomness } from '../../blind/report.ts';
import { createSealing } from '../../blind/sealing.ts';
import { openTask } from '../../blind/task.ts';
import { createPrio3 } from '../../blind/vdaf/prio3.ts';
import type { AggregatorRole } from '../../blind/vdaf/vdaf.ts';
import type { DualEnvelope, Envelope } from '../../domain/identity/signed-envelope.ts';
import { signWithSeed } from '../../identity/pool-signature.ts';

export interface ShardInput {
  readonly task: DualEnvelope;
  readonly day: string;
  readonly cells: readonly number[];
  readonly randomness: ReportRandomness;
  /** The node's key: id, fingerprint, and the 32 secret bytes. */
  readonly id: string;
  readonly fingerprint: string;
  readonly seed: Uint8Array;
}

/** The two envelopes of a report. The same input gives the same bytes. */
export function shard(input: ShardInput): Promise<Readonly<Record<AggregatorRole, Envelope>>> {
  const { day, cells, randomness, id, fingerprint, seed } = input;
  const task = openTask(input.task);
  const signer = { id, fingerprint, sign: (bytes: Uint8Array) => signWithSeed(seed, bytes) };
  const parts = { vdaf: createPrio3(dayLayout(task.task.words)), sealing: createSealing() };
  return makeReport({ task, day, cells, randomness, signer }, parts);
}

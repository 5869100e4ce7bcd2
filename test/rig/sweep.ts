import type { SpoolIntake } from '../../src/actors/collector/spool-intake.ts';

/** Reads the whole spool, as the collector does in many messages. */
export async function sweep(intake: SpoolIntake): Promise<void> {
  intake.beginSweep();
  while (intake.hasMore) await intake.next();
}

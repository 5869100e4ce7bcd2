import type { SpoolIntake } from '../../src/actors/collector/spool-intake.ts';
import type { BusClient } from '../../src/bus/bus.ts';

/** Classifies everything as itself; what the real actors say is their own tests' matter. */
export const speaker: BusClient = {
  publish: () => Promise.resolve(),
  request: (kind, body) =>
    Promise.resolve(
      (body as readonly { command?: string }[]).map(({ command }) =>
        kind === 'command.classify'
          ? {
              analysis: {},
              text: command,
              redacted: false,
              tools: ['git'],
              category: 'vcs',
              pattern: { name: 'git', tool: 'git' },
            }
          : { level: 'safe', rules: [] },
      ) as never,
    ),
};

/** Reads the whole spool, as the collector does in many messages. */
export async function sweep(intake: SpoolIntake): Promise<void> {
  intake.beginSweep();
  while (intake.hasMore) await intake.next();
}

import type { ReplayResult, RuleFolder } from '../../domain/rules/custom-rule.ts';
import { openReadOnly } from '../../storage/database.ts';
import { eventsSince } from '../../storage/events/event-stream.ts';

export interface ReplayInput {
  readonly databaseFile: string;
  /** The rules to replay. */
  readonly files: Pick<RuleFolder, 'files'>['files'];
  /** ISO 8601 UTC. */
  readonly since: string;
  readonly home: string;
  readonly user: string | null;
  readonly platform: string;
  /** The result so far is returned after this time. */
  readonly limitMs: number;
}

/** What these rules would have changed in this node's history; reads the database only. */
export async function replayRules(input: ReplayInput): Promise<ReplayResult> {
  const [{ readRules, systemOf }, { replay }] = await Promise.all([
    import('../../risk/custom/rule-files.ts'),
    import('../../risk/custom/replay.ts'),
  ]);
  const collection = await readRules({ files: input.files, refused: [] });
  const endMs = Date.now() + input.limitMs;
  const database = openReadOnly(input.databaseFile);
  try {
    return await replay(collection, eventsSince(database, input.since), {
      since: input.since,
      home: input.home,
      user: input.user,
      system: systemOf(input.platform),
      isOver: () => Date.now() > endMs,
    });
  } finally {
    database.close();
  }
}

import type { Database } from '../database.ts';
import { AGENT_COVERAGE } from '../rollups/rollup-row.ts';

interface Approval {
  readonly author: string;
  readonly approval: string;
}

/** What agents have reported. */
export interface AgentReports {
  readonly sessions: readonly { readonly name: string; readonly lastMs: number }[];
  /** Modes of approval of commands since a time. */
  readonly approvals: readonly Approval[];
}

const REPORTED = "author <> 'human' AND approval IS NOT NULL";
/** The first mode after another one, with its newest command: one look into the index for each. */
export const NEXT_APPROVAL = `WITH next AS (
    SELECT author, approval FROM event WHERE ${REPORTED} AND (author, approval) > (?, ?) ORDER BY author, approval LIMIT 1
  )
  SELECT author, approval, (
    SELECT max(time_ms) FROM event WHERE ${REPORTED} AND author = next.author AND approval = next.approval
  ) AS lastMs FROM next`;

export function readAgentReports(database: Database, sinceMs: number): AgentReports {
  return {
    sessions: database
      .prepare(`SELECT name, last_ms AS lastMs FROM session WHERE shell = '${AGENT_COVERAGE}'`)
      .all() as { name: string; lastMs: number }[],
    approvals: [...approvals(database)].filter(({ lastMs }) => lastMs >= sinceMs),
  };
}

function* approvals(database: Database): Iterable<Approval & { readonly lastMs: number }> {
  const next = database.prepare(NEXT_APPROVAL);
  for (let found: Approval = { author: '', approval: '' }; ; ) {
    const row = next.get(found.author, found.approval) as (Approval & { lastMs: number }) | undefined;
    if (!row) return;
    yield row;
    found = row;
  }
}

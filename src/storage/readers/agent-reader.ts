import type { Database } from '../database.ts';
import { AGENT_COVERAGE } from '../rollups/rollup-row.ts';

/** What agents have reported. */
export interface AgentReports {
  readonly sessions: readonly { readonly name: string; readonly lastMs: number }[];
  /** Modes of approval of commands since a time. */
  readonly approvals: readonly { readonly author: string; readonly approval: string }[];
}

export function readAgentReports(database: Database, sinceMs: number): AgentReports {
  return {
    sessions: database
      .prepare(`SELECT name, last_ms AS lastMs FROM session WHERE shell = '${AGENT_COVERAGE}'`)
      .all() as { name: string; lastMs: number }[],
    approvals: database
      .prepare(
        `SELECT DISTINCT author, approval FROM event
         WHERE time_ms >= ? AND author <> 'human' AND approval IS NOT NULL`,
      )
      .all(sinceMs) as { author: string; approval: string }[],
  };
}

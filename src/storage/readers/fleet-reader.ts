import { EVERYBODY } from '../../domain/blind/total-floor.ts';
import type { AnswerSeen, ReportSeen, RosterEntry } from '../../domain/fleet/fleet.ts';
import type { TargetState } from '../../domain/policy/trust.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import type { Database } from '../database.ts';

/** What this node has stored about the members of its fleet. */
export interface FleetReader {
  readonly reports: () => readonly ReportSeen[];
  readonly answers: () => readonly AnswerSeen[];
  /** Members of the organization; empty where this node has no list of them. */
  readonly roster: () => readonly RosterEntry[];
  /** Of the organization or of one unit; null where this node has no list of members. */
  readonly memberCount: (block: string) => number | null;
}

/** Answers name every node that was asked, so that few are enough. */
const ANSWERS = 12;

export const createFleetReader = (database: Database): FleetReader => ({
  roster: () =>
    database
      .prepare(
        "SELECT node AS id, json_extract(document, '$.name') AS name, json_extract(document, '$.unit') AS unit FROM roster_member ORDER BY node",
      )
      .all() as RosterEntry[],
  memberCount: (block) => {
    const count = database
      .prepare("SELECT count(*) FROM roster_member WHERE @block = @all OR json_extract(document, '$.unit') = @block")
      .pluck()
      .get({ block, all: EVERYBODY }) as number;
    // Totals have one block for all units that are too small for one of their own.
    return count === 0 ? null : count;
  },
  reports: () => {
    // max() with bare columns: those of the newest day. Who is a member has reported once.
    const rows = database
      .prepare(
        `SELECT node, account, max(day) AS day, received_ms, code FROM blind_report GROUP BY account
         UNION ALL SELECT account, account, NULL, NULL, NULL FROM blind_member
         WHERE account NOT IN (SELECT account FROM blind_report)`,
      )
      .all() as (Omit<ReportSeen, 'receivedAt'> & { readonly received_ms: number | null })[];
    return rows.map(({ received_ms: ms, ...report }) => ({ ...report, receivedAt: ms === null ? null : isoTime(ms) }));
  },
  answers: () => {
    const rows = database
      .prepare(
        `SELECT json_extract(target.value, '$.id') AS node, json_extract(target.value, '$.state') AS state, until_ms
         FROM (SELECT until_ms, result FROM saved_answer ORDER BY seq DESC LIMIT ?), json_each(result, '$.targets') AS target`,
      )
      .all(ANSWERS) as { readonly node: string; readonly state: TargetState; readonly until_ms: number }[];
    const newest = new Map<string, AnswerSeen>();
    for (const { node, state, until_ms } of rows)
      if (!newest.has(node)) newest.set(node, { node, state, time: isoTime(until_ms) });
    return [...newest.values()];
  },
});

import type { AnswerSeen, ReportSeen } from '../domain/fleet/fleet.ts';
import type { TargetState } from '../domain/policy/trust.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import type { Database } from './database.ts';

/** What this node has stored about the members of its fleet. */
export interface FleetReader {
  readonly reports: () => readonly ReportSeen[];
  readonly answers: () => readonly AnswerSeen[];
}

/** Answers name every node that was asked, so that few are enough. */
const ANSWERS = 12;

export const createFleetReader = (database: Database): FleetReader => ({
  reports: () =>
    // max() with bare columns: those of the newest day. Who is a member has reported once.
    database
      .prepare(
        `SELECT node, account, max(day) AS day, code FROM blind_report GROUP BY account
         UNION ALL SELECT account, account, NULL, NULL FROM blind_member
         WHERE account NOT IN (SELECT account FROM blind_report)`,
      )
      .all() as ReportSeen[],
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

import { RISK_LEVELS } from '../../domain/events/risk-level.ts';
import { type WorkedCommand, type WorkReport, workReport } from '../../domain/events/work-report.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import type { Database } from '../database.ts';

/** The newest ones of a stretch of time that are read. */
const MOST = 50_000;

type Row = Omit<WorkedCommand, 'risk'> & { readonly risk: number };

/** What the owner worked on in this stretch of time; the end is not part of it. */
export function readWork(database: Database, sinceMs: number, untilMs: number): WorkReport {
  const rows = database
    .prepare(
      `SELECT time_ms AS timeMs, command AS text, project, session_id AS session, exit_code AS exitCode,
         duration_ms AS durationMs, author, risk
       FROM event WHERE time_ms >= ? AND time_ms < ? ORDER BY time_ms DESC, id DESC LIMIT ${MOST}`,
    )
    .all(sinceMs, untilMs) as Row[];
  const commands = rows.reverse().map((row) => ({ ...row, risk: RISK_LEVELS[row.risk] ?? 'critical' }));
  return workReport(commands, {
    since: isoTime(sinceMs),
    until: isoTime(untilMs),
    isPartial: commands.length === MOST,
  });
}

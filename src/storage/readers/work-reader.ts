import { setImmediate as turn } from 'node:timers/promises';
import { RISK_LEVELS } from '../../domain/events/risk-level.ts';
import { type WorkedCommand, type WorkReport, workReport } from '../../domain/events/work-report.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import type { Database } from '../database.ts';

/** The newest ones of a stretch of time that are read. */
const MOST = 50_000;
/** Rows of one read: about 3 ms of work. */
const SLICE = 2_000;

type Row = Omit<WorkedCommand, 'risk'> & { readonly id: number; readonly risk: number };

/**
 * What the owner worked on in this stretch of time; the end is not part of it. The page's process
 * answers other requests between two slices.
 */
export async function readWork(database: Database, sinceMs: number, untilMs: number): Promise<WorkReport> {
  const read = database.prepare(
    `SELECT id, time_ms AS timeMs, command AS text, project, session_id AS session, exit_code AS exitCode,
       duration_ms AS durationMs, author, risk
     FROM event WHERE time_ms >= ? AND (time_ms, id) < (?, ?) ORDER BY time_ms DESC, id DESC LIMIT ${SLICE}`,
  );
  const rows: Row[] = [];
  for (let isMore = true; isMore; ) {
    const last = rows.at(-1);
    const slice = read.all(sinceMs, last?.timeMs ?? untilMs, last?.id ?? 0) as Row[];
    rows.push(...slice);
    isMore = slice.length === SLICE && rows.length < MOST;
    if (isMore) await turn();
  }
  const commands = rows.reverse().map((row) => ({ ...row, risk: RISK_LEVELS[row.risk] ?? 'critical' }));
  return workReport(commands, {
    since: isoTime(sinceMs),
    until: isoTime(untilMs),
    isPartial: commands.length === MOST,
  });
}

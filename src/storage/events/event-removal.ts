import { RISK_LEVELS } from '../../domain/events/risk-level.ts';
import type { ShellKind } from '../../domain/events/shell-kind.ts';
import { DAY_MS, SLOT_MS, slotOf } from '../../domain/time/period.ts';
import type { Database } from '../database.ts';
import { AGENT_COUNTS, ROLLUP_COUNTS } from '../rollups/rollup-row.ts';
import { RollupTally } from '../rollups/rollup-tally.ts';
import { agentOf } from './event-row.ts';
import { UNUSED_PATTERN } from './pattern-table.ts';

/**
 * One stored command, named by all that tells it from another: SQLite gives the id of a deleted
 * event to a later one, and an older copy of the database may hold another event under it.
 */
export interface EventKey {
  readonly id: number;
  readonly timeMs: number;
  /** As it is stored: secrets are masked. */
  readonly command: string;
}

/** The events with these ids that exist, and the sessions they belong to. */
export function findEvents(
  database: Database,
  ids: readonly number[],
): { readonly events: readonly EventKey[]; readonly sessions: readonly string[] } {
  const read = database.prepare(
    `SELECT event.id, time_ms AS timeMs, command, session.name AS session
     FROM event LEFT JOIN session ON session.id = event.session_id WHERE event.id = ?`,
  );
  const rows = ids.flatMap((id) => (read.get(id) as (EventKey & { session: string | null }) | undefined) ?? []);
  return {
    events: rows.map(({ id, timeMs, command }) => ({ id, timeMs, command })),
    sessions: [...new Set(rows.flatMap(({ session }) => session ?? []))],
  };
}

/**
 * Deletes events, overwrites what they took up in the file, and subtracts them from all rollups
 * unless the database is of an older version, whose rollups mean something else. Returns how many
 * there were. MUST be followed by `scrubJournal`.
 */
export function removeEvents(database: Database, events: readonly EventKey[], isCurrent = true): number {
  // `fast`, the usual setting, leaves whole pages that are no longer used as they are.
  const usual = database.pragma('secure_delete', { simple: true });
  database.pragma('secure_delete = on');
  try {
    return database.transaction(() => remove(database, events, isCurrent)).immediate();
  } finally {
    database.pragma(`secure_delete = ${usual === 2 ? 'fast' : String(usual)}`);
  }
}

/**
 * Copies the write-ahead log into the database and empties it: it may still hold deleted pages.
 * False while a reader, such as a backup, needs it; then it MUST be called again.
 */
export function scrubJournal(database: Database): boolean {
  const usual = database.pragma('busy_timeout', { simple: true });
  database.pragma('busy_timeout = 100');
  try {
    const [state] = database.pragma('wal_checkpoint(TRUNCATE)') as { readonly busy: number }[];
    return state?.busy === 0;
  } finally {
    database.pragma(`busy_timeout = ${String(usual)}`);
  }
}

interface Row {
  readonly time_ms: number;
  readonly session_id: number;
  readonly shell: ShellKind;
  readonly command: string;
  readonly exit_code: number | null;
  readonly duration_ms: number | null;
  readonly pattern_id: number;
  readonly risk: number;
  readonly rules: string;
  /** Absent in a database of an older version. */
  readonly author?: string;
}

function remove(database: Database, events: readonly EventKey[], isCurrent: boolean): number {
  const take = database.prepare(
    `DELETE FROM event WHERE id = ? AND time_ms = ? AND command = ?
     RETURNING time_ms, session_id, shell, command, exit_code, duration_ms, pattern_id, risk, rules${isCurrent ? ', author' : ''}`,
  );
  const forget = database.prepare('DELETE FROM running WHERE event_id = ?');
  const rows = events.flatMap(({ id, timeMs, command }) => {
    const row = take.get(id, timeMs, command) as Row | undefined;
    if (row) forget.run(id);
    return row ?? [];
  });
  if (isCurrent) subtract(database, rows);
  database.prepare(`UPDATE counter SET value = max(0, value - ?) WHERE name = 'events'`).run(rows.length);
  return rows.length;
}

function subtract(database: Database, rows: readonly Row[]): void {
  const isImported = database.prepare('SELECT imported FROM session WHERE id = ?').pluck();
  const tally = new RollupTally();
  for (const row of rows) {
    tally.add(
      {
        startMs: row.time_ms,
        risk: RISK_LEVELS[row.risk] ?? 'critical',
        rules: JSON.parse(row.rules) as string[],
        shell: row.shell,
        redacted: row.command.includes('‹redacted:'),
        ...agentOf(row.author),
        ...(isImported.get(row.session_id) === 1 ? { origin: 'imported' as const } : {}),
      },
      row.pattern_id,
      { exitCode: row.exit_code, durationMs: row.duration_ms },
    );
  }
  const less = database.prepare(
    `UPDATE rollup SET ${ROLLUP_COUNTS.map((column, index) => `${column} = max(0, ${column} - column${index + 4})`).join(', ')}
     FROM (VALUES (?, ?, ?, ${ROLLUP_COUNTS.map(() => '?').join(', ')})) WHERE slot = column1 AND pattern_id = column2 AND risk = column3`,
  );
  const lessAgents = database.prepare(
    `UPDATE rollup_agent SET ${AGENT_COUNTS.map((column, index) => `${column} = max(0, ${column} - column${index + 5})`).join(', ')}
     FROM (VALUES (?, ?, ?, ?, ?, ?, ?))
     WHERE slot = column1 AND author = column2 AND pattern_id = column3 AND risk = column4`,
  );
  tally.write({
    count: less,
    countEnds: less,
    countAgents: lessAgents,
    countAgentEnds: lessAgents,
    countRule: database.prepare<(string | number)[]>(
      'UPDATE rollup_rule SET count = max(0, count - column3) FROM (VALUES (?, ?, ?)) WHERE slot = column1 AND rule = column2',
    ),
    addCoverage: database.prepare<(string | number)[]>(
      `UPDATE rollup_coverage
       SET observed = max(0, observed - column3), redacted = max(0, redacted - column4), dropped = dropped - column5
       FROM (VALUES (?, ?, ?, ?, ?)) WHERE slot = column1 AND shell = column2`,
    ),
  });
  // A row of zeros would still tell which pattern or rule was there.
  for (const slot of new Set(rows.map((row) => slotOf(row.time_ms)))) {
    for (const table of ['rollup', 'rollup_slot', 'rollup_rule', 'rollup_agent'])
      database.prepare(`DELETE FROM ${table} WHERE slot = ? AND count = 0`).run(slot);
    for (const table of ['rollup_day', 'rollup_rule_day', 'rollup_agent_day'])
      database.prepare(`DELETE FROM ${table} WHERE day = ? AND count = 0`).run(Math.floor((slot * SLOT_MS) / DAY_MS));
  }
  const forget = database.prepare(`DELETE FROM pattern WHERE id = ? AND ${UNUSED_PATTERN}`);
  for (const pattern of new Set(rows.map((row) => row.pattern_id))) forget.run(pattern);
}

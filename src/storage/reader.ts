import type { EventFilter, TerminalEvent } from '../domain/event.ts';
import { SLOT_MS, slotOf } from '../domain/period.ts';
import { RISK_LEVELS, type RiskLevel, riskRank } from '../domain/risk-level.ts';
import type { ShellKind } from '../domain/shell-kind.ts';
import type { LocalStatistics } from '../domain/statistics.ts';
import type { NamedUsage } from '../domain/summary.ts';
import { type Database, openReadOnly } from './database.ts';
import { EVENT_COLUMNS, type EventRow, eventOf } from './event-row.ts';
import { addUp, readPatternUsage } from './rollup-row.ts';

/** Questions about events; every one is bounded by rollups or by a page, never by the number of events stored. */
export interface Reader {
  /** Newest first; at most `limit` (100 unless told, 10,000 at most). */
  readonly listEvents: (filter: EventFilter) => readonly TerminalEvent[];
  /** Figures of the quarter-hour slots that begin in [sinceMs, untilMs), widened to whole slots. */
  readonly statistics: (sinceMs: number, untilMs: number) => LocalStatistics;
  /** Commands and failures per quarter-hour slot alone, oldest first; only slots that have any. */
  readonly slots: (sinceMs: number, untilMs: number) => LocalStatistics['slots'];
  readonly counts: () => { readonly events: number; readonly dropped: number };
  readonly shells: () => readonly { readonly shell: ShellKind; readonly sessions: number; readonly lastSeen: string }[];
}

const DEFAULT_LIMIT = 100;
const MOST = 10_000;

/** A reader over a connection of its own, for another process (the dashboard). */
export function openReader(file: string): Reader & { readonly close: () => void } {
  const database = openReadOnly(file);
  return { ...createReader(database), close: () => database.close() };
}

export function createReader(database: Database): Reader {
  const counter = database.prepare('SELECT coalesce(sum(value), 0) FROM counter WHERE name = ?').pluck();
  const shells = database.prepare(
    'SELECT shell, count(*) AS sessions, max(last_ms) AS last_ms FROM session GROUP BY shell ORDER BY shell',
  );
  return {
    listEvents: (filter) => listEvents(database, filter),
    statistics: (sinceMs, untilMs) => statistics(database, sinceMs, untilMs),
    slots: (sinceMs, untilMs) => slotCounts(database, slotOf(sinceMs), Math.ceil(untilMs / SLOT_MS)),
    counts: () => ({ events: Number(counter.get('events')), dropped: Number(counter.get('dropped')) }),
    shells: () =>
      (shells.all() as { shell: ShellKind; sessions: number; last_ms: number }[]).map(
        ({ shell, sessions, last_ms }) => ({
          shell,
          sessions,
          lastSeen: new Date(last_ms).toISOString(),
        }),
      ),
  };
}

function listEvents(database: Database, filter: EventFilter): readonly TerminalEvent[] {
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  const where = (condition: string, ...bound: readonly (string | number)[]): void => {
    conditions.push(condition);
    values.push(...bound);
  };
  if (filter.since !== undefined) where('time_ms >= ?', Date.parse(filter.since));
  if (filter.until !== undefined) where('time_ms < ?', Date.parse(filter.until));
  // Spelled out for the two levels that have an index of their own.
  if (filter.risk === 'high') where('risk >= 2');
  else if (filter.risk === 'critical') where('risk >= 2 AND risk = 3');
  else if (filter.risk !== undefined) where('risk >= ?', riskRank(filter.risk));
  if (filter.tool !== undefined) where('EXISTS (SELECT 1 FROM json_each(event.tools) WHERE value = ?)', filter.tool);
  if (filter.text !== undefined) where('instr(lower(command), lower(?)) > 0', filter.text);
  if (filter.before !== undefined)
    where('(time_ms, event.id) < (SELECT time_ms, id FROM event WHERE id = ?)', filter.before);
  const rows = database
    .prepare(
      `SELECT ${EVENT_COLUMNS} ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
       ORDER BY time_ms DESC, event.id DESC LIMIT ?`,
    )
    .all(...values, Math.min(filter.limit ?? DEFAULT_LIMIT, MOST)) as EventRow[];
  return rows.map(eventOf);
}

function statistics(database: Database, sinceMs: number, untilMs: number): LocalStatistics {
  const from = slotOf(sinceMs);
  const to = Math.ceil(untilMs / SLOT_MS);
  const usage = readPatternUsage(database, from, to);
  const most = (rows: readonly NamedUsage[]): NamedUsage[] =>
    [...rows].sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  const slots = slotCounts(database, from, to);
  const rules = database
    .prepare(
      'SELECT rule AS name, sum(count) AS count FROM rollup_rule WHERE slot >= ? AND slot < ? GROUP BY rule ORDER BY 2 DESC, 1',
    )
    .all(from, to) as { name: string; count: number }[];
  return {
    since: new Date(from * SLOT_MS).toISOString(),
    until: new Date(to * SLOT_MS).toISOString(),
    commands: slots.reduce((sum, slot) => sum + slot.count, 0),
    failures: slots.reduce((sum, slot) => sum + slot.failures, 0),
    levels: Object.fromEntries(
      RISK_LEVELS.map((level, rank) => [
        level,
        usage.reduce((sum, row) => sum + (row.risk === rank ? row.usage.count : 0), 0),
      ]),
    ) as Record<RiskLevel, number>,
    tools: most(addUp(usage, ({ tool }) => tool)),
    patterns: most(addUp(usage, ({ name }) => name)),
    families: most(addUp(usage, ({ family }) => family)),
    rules,
    slots,
  };
}

function slotCounts(database: Database, from: number, to: number): LocalStatistics['slots'] {
  const rows = database
    .prepare(
      'SELECT slot, sum(count) AS count, sum(failures) AS failures FROM rollup WHERE slot >= ? AND slot < ? GROUP BY slot',
    )
    .all(from, to) as { slot: number; count: number; failures: number }[];
  return rows.map(({ slot, ...counts }) => ({ start: new Date(slot * SLOT_MS).toISOString(), ...counts }));
}

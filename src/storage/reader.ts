import type { EventFilter, EventPage, TerminalEvent } from '../domain/events/event.ts';
import { RISK_LEVELS, type RiskLevel } from '../domain/events/risk-level.ts';
import type { ShellKind } from '../domain/events/shell-kind.ts';
import type { LocalStatistics } from '../domain/events/statistics.ts';
import type { WorkReport } from '../domain/events/work-report.ts';
import type { DigestFigures } from '../domain/status/weekly-digest.ts';
import type { NamedUsage } from '../domain/summaries/summary.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import { SLOT_MS, slotOf } from '../domain/time/period.ts';
import { type Database, openReadOnly } from './database.ts';
import { allEvents, searchEvents } from './events/event-search.ts';
import { readDigest } from './readers/digest-reader.ts';
import { readWork } from './readers/work-reader.ts';
import { byAuthor, readAgents } from './rollups/author-figures.ts';
import { rulesBetween, slotsBetween } from './rollups/rollup-range.ts';
import { AGENT_COVERAGE, addUp, readPatternUsage } from './rollups/rollup-row.ts';

/** Queries of events. Only the cost of `listEvents` grows with the number of events. */
export interface Reader {
  /** One page of a search, newest first: `limit` events, by default 100, at most 10,000. */
  readonly search: (filter: EventFilter) => EventPage;
  /** All pages of a search: reads every event where few match. */
  readonly listEvents: (filter: EventFilter) => readonly TerminalEvent[];
  /** Figures of the quarter-hour slots that begin in [sinceMs, untilMs), widened to whole slots. */
  readonly statistics: (sinceMs: number, untilMs: number) => LocalStatistics;
  /**
   * Commands, known ends and failures per quarter-hour slot alone, oldest first; only slots that
   * have any.
   */
  readonly slots: (sinceMs: number, untilMs: number) => LocalStatistics['slots'];
  /** What the owner worked on. */
  readonly work: (sinceMs: number, untilMs: number) => Promise<WorkReport>;
  readonly digest: (sinceMs: number, untilMs: number) => DigestFigures;
  readonly counts: () => { readonly events: number; readonly dropped: number };
  /** Shells that were observed: not those of an imported history. */
  readonly shells: () => readonly { readonly shell: ShellKind; readonly sessions: number; readonly lastSeen: string }[];
}

/** A reader over a connection of its own, for another process (the dashboard). */
export function openReader(file: string): Reader & { readonly close: () => void } {
  const database = openReadOnly(file);
  return { ...createReader(database), close: () => database.close() };
}

export function createReader(database: Database): Reader {
  const counter = database.prepare('SELECT coalesce(sum(value), 0) FROM counter WHERE name = ?').pluck();
  const shells = database.prepare(
    `SELECT shell, count(*) AS sessions, max(last_ms) AS last_ms FROM session WHERE imported = 0 AND shell <> '${AGENT_COVERAGE}'
     GROUP BY shell ORDER BY shell`,
  );
  return {
    search: (filter) => searchEvents(database, filter),
    listEvents: (filter) => allEvents(database, filter),
    statistics: (sinceMs, untilMs) => statistics(database, sinceMs, untilMs),
    slots: (sinceMs, untilMs) => slotCounts(database, slotOf(sinceMs), Math.ceil(untilMs / SLOT_MS)),
    work: (sinceMs, untilMs) => readWork(database, sinceMs, untilMs),
    digest: (sinceMs, untilMs) => readDigest(database, sinceMs, untilMs),
    counts: () => ({ events: Number(counter.get('events')), dropped: Number(counter.get('dropped')) }),
    shells: () =>
      (shells.all() as { shell: ShellKind; sessions: number; last_ms: number }[]).map(
        ({ shell, sessions, last_ms }) => ({
          shell,
          sessions,
          lastSeen: isoTime(last_ms),
        }),
      ),
  };
}

function statistics(database: Database, sinceMs: number, untilMs: number): LocalStatistics {
  const from = slotOf(sinceMs);
  const to = Math.ceil(untilMs / SLOT_MS);
  const usage = readPatternUsage(database, from, to);
  const most = (rows: readonly NamedUsage[]): NamedUsage[] =>
    [...rows].sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  const slots = slotCounts(database, from, to);
  const rules = database
    .prepare(`SELECT rule AS name, sum(count) AS count FROM ${rulesBetween(from, to)} GROUP BY rule ORDER BY 2 DESC, 1`)
    .all() as { name: string; count: number }[];
  const total = {
    commands: slots.reduce((sum, slot) => sum + slot.count, 0),
    ended: slots.reduce((sum, slot) => sum + slot.ended, 0),
    failures: slots.reduce((sum, slot) => sum + slot.failures, 0),
    levels: Object.fromEntries(
      RISK_LEVELS.map((level, rank) => [
        level,
        usage.reduce((sum, row) => sum + (row.risk === rank ? row.usage.count : 0), 0),
      ]),
    ) as Record<RiskLevel, number>,
  };
  return {
    since: isoTime(from * SLOT_MS),
    until: isoTime(to * SLOT_MS),
    ...total,
    authors: byAuthor(total, readAgents(database, from, to)),
    tools: most(addUp(usage, ({ tool }) => tool)),
    patterns: most(addUp(usage, ({ name }) => name)),
    families: most(addUp(usage, ({ family }) => family)),
    rules,
    slots,
  };
}

const RISKS = ['moderate', 'high', 'critical'] as const;

function slotCounts(database: Database, from: number, to: number): LocalStatistics['slots'] {
  const rows = database
    .prepare(
      `SELECT slot, sum(count) AS count, sum(ended) AS ended, sum(failures) AS failures,
         ${RISKS.map((level) => `coalesce(sum(count) FILTER (WHERE risk = ${RISK_LEVELS.indexOf(level)}), 0) AS ${level}`).join(', ')}
       FROM ${slotsBetween(from, to)} GROUP BY slot`,
    )
    .all() as ({ slot: number } & Omit<LocalStatistics['slots'][number], 'start'>)[];
  return rows.map(({ slot, ...counts }) => ({ start: isoTime(slot * SLOT_MS), ...counts }));
}

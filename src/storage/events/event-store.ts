import { CaroError } from '../../domain/errors.ts';
import { HUMAN } from '../../domain/events/author.ts';
import {
  type FinishedCommand,
  MAX_DURATION_MS,
  type StartedCommand,
  type TerminalEvent,
} from '../../domain/events/event.ts';
import { riskRank } from '../../domain/events/risk-level.ts';
import type { ShellKind } from '../../domain/events/shell-kind.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { DAY_MS, slotOf } from '../../domain/time/period.ts';
import { type Database, isDiskFull } from '../database.ts';
import { AGENT_COUNTS, AGENT_COVERAGE, ROLLUP_COUNTS } from '../rollups/rollup-row.ts';
import { RollupTally } from '../rollups/rollup-tally.ts';
import { EVENT_COLUMNS, type EventRow, eventOf } from './event-row.ts';
import { UNUSED_PATTERN } from './pattern-table.ts';

/** The result of one pass over the spool, which is committed completely or not at all. */
export interface ObservationCommit {
  readonly started: readonly StartedCommand[];
  readonly finished: readonly FinishedCommand[];
  /** Sessions whose shell has ended: the end of their running commands is unknown. */
  readonly ended: readonly string[];
  /** Spool file → bytes of it that this commit makes durable. */
  readonly offsets: readonly { readonly file: string; readonly offset: number }[];
  /** Records that could not be kept, per shell. */
  readonly dropped: readonly { readonly shell: ShellKind | typeof AGENT_COVERAGE; readonly count: number }[];
  readonly nowMs: number;
}

export interface EventStore {
  /**
   * One transaction, on disk when it returns. Returns the new and changed events, each once, in the
   * order of their starts.
   * @throws CaroError `disk_full`; nothing is committed then.
   */
  readonly commit: (observed: ObservationCommit) => readonly TerminalEvent[];
  /** Bytes of a spool file that are committed; 0 for an unknown one. */
  readonly offsetOf: (file: string) => number;
  /** Sessions of agents with a command whose end is awaited, and their latest start. */
  readonly agentSessions: () => readonly { readonly name: string; readonly lastMs: number }[];
  /** Forgets files that have been removed from the spool. */
  readonly forget: (files: readonly string[]) => void;
  /**
   * Removes at most `limit` events that started before `beforeMs`, and after the last of them their
   * sessions; returns how many.
   */
  readonly prune: (beforeMs: number, limit: number) => number;
  /**
   * Removes the rollups of the oldest slots of UTC days that were over before `beforeMs`, at most
   * `limit` slots; true if there are more.
   */
  readonly pruneRollups: (beforeMs: number, limit: number) => boolean;
}

/** Events and rollups (FR-405). `host` is stored with every event. */
export function createEventStore(database: Database, host: string): EventStore {
  const statements = prepare(database);
  const commit = database.transaction((observed: ObservationCommit) => {
    const written = new Map<number, TerminalEvent | null>();
    const rollups = new RollupTally();
    const ends = new Map<string, FinishedCommand>();
    for (const command of observed.finished) if (!ends.has(keyOf(command))) ends.set(keyOf(command), command);
    const idOf = identifiers(statements, observed.started, observed.nowMs);
    for (const command of observed.started) {
      if (command.agent && isTwice(statements, command)) continue;
      const end = ends.get(keyOf(command)) ?? null;
      const event = insert(statements, idOf, command, end, host);
      rollups.add(command, idOf.pattern(command), end && event);
      written.set(event.id, event);
      ends.delete(keyOf(command));
    }
    for (const command of ends.values()) {
      const id = finish(statements, command, rollups);
      if (id !== null) written.set(id, null);
    }
    rollups.write(statements);
    // Their end stays unknown, which readers of the events are told.
    for (const session of observed.ended)
      for (const id of statements.endSession.all(session) as number[]) written.set(id, null);
    for (const { file, offset } of observed.offsets) statements.setOffset.run(file, offset);
    for (const { shell, count } of observed.dropped) {
      statements.addCoverage.run(slotOf(observed.nowMs), shell, 0, 0, count);
      statements.addCounter.run('dropped', count);
    }
    if (observed.started.length > 0) statements.addCounter.run('events', observed.started.length);
    return written;
  });
  return {
    commit: (observed) => {
      try {
        return [...commit.immediate(observed)]
          .toSorted(([one], [other]) => one - other)
          .flatMap(([id, event]) => event ?? storedEvent(statements, id));
      } catch (error) {
        if (!isDiskFull(error)) throw error;
        throw new CaroError(
          'disk_full',
          'expected room for the database, the disk is full or read-only: free some space',
          { cause: error },
        );
      }
    },
    offsetOf: (file) => (statements.offset.get(file) as { offset: number } | undefined)?.offset ?? 0,
    agentSessions: () => statements.agentSessions.all() as { name: string; lastMs: number }[],
    forget: database.transaction((files: readonly string[]) => {
      for (const file of files) statements.forget.run(file);
    }),
    prune: database.transaction((beforeMs: number, limit: number) => {
      const { changes } = statements.prune.run({ beforeMs, limit });
      if (changes > 0) statements.addCounter.run('events', -changes);
      if (changes < limit) statements.pruneSessions.run(beforeMs);
      return changes;
    }),
    pruneRollups: database.transaction((beforeMs: number, limit: number) => removeRollups(statements, beforeMs, limit)),
  };
}

const END_SESSION = 'DELETE FROM running WHERE session_id = (SELECT id FROM session WHERE name = ?) RETURNING event_id';
const PRUNE = `DELETE FROM event WHERE id IN (
  SELECT id FROM event WHERE time_ms < @beforeMs
    AND session_id NOT IN (SELECT id FROM session WHERE kept_ms >= @beforeMs) ORDER BY time_ms LIMIT @limit)`;

type Statements = ReturnType<typeof prepare>;

function prepare(database: Database) {
  return {
    session: database
      .prepare(
        `INSERT INTO session (name, shell, last_ms, imported, kept_ms) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET last_ms = max(last_ms, excluded.last_ms) RETURNING id`,
      )
      .pluck(),
    pattern: database.prepare('SELECT id FROM pattern WHERE name = ? AND tool = ? AND family = ?').pluck(),
    addPattern: database.prepare('INSERT INTO pattern (name, tool, family) VALUES (?, ?, ?) RETURNING id').pluck(),
    insert: database.prepare(
      `INSERT INTO event (time_ms, session_id, shell, command, cwd, exit_code, duration_ms, tools, pattern_id, risk, rules, host, author, approval, project)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    running: database.prepare('INSERT OR REPLACE INTO running (session_id, command, event_id) VALUES (?, ?, ?)'),
    isRunning: database.prepare(
      'SELECT 1 FROM running WHERE session_id = (SELECT id FROM session WHERE name = ?) AND command = ?',
    ),
    takeRunning: database
      .prepare(
        `DELETE FROM running WHERE session_id = (SELECT id FROM session WHERE name = ?) AND command = ? RETURNING event_id`,
      )
      .pluck(),
    endSession: database.prepare(END_SESSION).pluck(),
    finish: database.prepare(
      `UPDATE event SET exit_code = ?, duration_ms = (SELECT ms FROM (SELECT coalesce(?, ? - time_ms) AS ms) WHERE ms BETWEEN 0 AND ${MAX_DURATION_MS})
       WHERE id = ? RETURNING time_ms, duration_ms, pattern_id, risk, author`,
    ),
    read: database.prepare(`SELECT ${EVENT_COLUMNS} WHERE event.id = ?`),
    ...rollupStatements(database),
    addCounter: database.prepare(
      'INSERT INTO counter VALUES (?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value',
    ),
    agentSessions: database.prepare(
      `SELECT name, last_ms AS lastMs FROM session WHERE shell = '${AGENT_COVERAGE}' AND id IN (SELECT session_id FROM running)`,
    ),
    offset: database.prepare('SELECT offset FROM spool WHERE file = ?'),
    setOffset: database.prepare('INSERT INTO spool VALUES (?, ?) ON CONFLICT DO UPDATE SET offset = excluded.offset'),
    forget: database.prepare('DELETE FROM spool WHERE file = ?'),
    prune: database.prepare(PRUNE),
    // The time of a session is kept no longer than its commands.
    pruneSessions: database.prepare(
      `DELETE FROM session WHERE max(last_ms, coalesce(kept_ms, last_ms)) < ?
         AND id NOT IN (SELECT session_id FROM running)`,
    ),
    // This table has every slot that any other rollup table has.
    oldestSlot: database.prepare('SELECT min(slot) FROM rollup_coverage').pluck(),
    pruneSlots: ['rollup', 'rollup_slot', 'rollup_rule', 'rollup_coverage', 'rollup_agent'].map((table) =>
      database.prepare(`DELETE FROM ${table} WHERE slot < ?`),
    ),
    pruneDays: ['rollup_day', 'rollup_rule_day', 'rollup_agent_day'].map((table) =>
      database.prepare(`DELETE FROM ${table} WHERE day < ?`),
    ),
    prunePatterns: database.prepare(`DELETE FROM pattern WHERE ${UNUSED_PATTERN}`),
  };
}

/** What `RollupTally` writes with. */
function rollupStatements(database: Database) {
  return {
    count: database.prepare(
      `INSERT INTO rollup VALUES (?, ?, ?, ${ROLLUP_COUNTS.map(() => '?').join(', ')})
       ON CONFLICT DO UPDATE SET ${ROLLUP_COUNTS.map((column) => `${column} = ${column} + excluded.${column}`).join(', ')}`,
    ),
    countEnds: database.prepare(
      `UPDATE rollup SET ${ROLLUP_COUNTS.map((column, index) => `${column} = ${column} + column${index + 4}`).join(', ')}
       FROM (VALUES (?, ?, ?, ${ROLLUP_COUNTS.map(() => '?').join(', ')})) WHERE slot = column1 AND pattern_id = column2 AND risk = column3`,
    ),
    countAgents: database.prepare(
      `INSERT INTO rollup_agent VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET ${AGENT_COUNTS.map((column) => `${column} = ${column} + excluded.${column}`).join(', ')}`,
    ),
    countAgentEnds: database.prepare(
      `UPDATE rollup_agent SET ${AGENT_COUNTS.map((column, index) => `${column} = ${column} + column${index + 5}`).join(', ')}
       FROM (VALUES (?, ?, ?, ?, ?, ?, ?))
       WHERE slot = column1 AND author = column2 AND pattern_id = column3 AND risk = column4`,
    ),
    countRule: database.prepare(
      'INSERT INTO rollup_rule VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count',
    ),
    addCoverage: database.prepare(
      `INSERT INTO rollup_coverage VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
       observed = observed + excluded.observed, redacted = redacted + excluded.redacted, dropped = dropped + excluded.dropped`,
    ),
  };
}

const keyOf = ({ key }: StartedCommand | FinishedCommand): string => `${key.session} ${key.command}`;

interface Identifiers {
  readonly session: (command: StartedCommand) => number;
  readonly pattern: (command: StartedCommand) => number;
}

/** Row ids of the sessions and patterns of one commit, each looked up or made once. */
function identifiers(statements: Statements, started: readonly StartedCommand[], nowMs: number): Identifiers {
  const latest = new Map<string, StartedCommand>();
  for (const command of started) {
    const before = latest.get(command.key.session);
    if (!before || before.startMs < command.startMs) latest.set(command.key.session, command);
  }
  const sessions = new Map<string, number>();
  for (const [name, { shell, startMs, origin, agent }] of latest) {
    const row = [
      name,
      agent ? AGENT_COVERAGE : shell,
      startMs,
      origin === undefined ? 0 : 1,
      origin === 'kept' ? nowMs : null,
    ];
    sessions.set(name, statements.session.get(row) as number);
  }
  const patterns = new Map<string, number>();
  return {
    session: ({ key }) => sessions.get(key.session) ?? 0,
    pattern: ({ pattern, category }) => {
      const key = [pattern.name, pattern.tool, category];
      const known = patterns.get(key.join('\0'));
      if (known !== undefined) return known;
      const id = (statements.pattern.get(key) ?? statements.addPattern.get(key)) as number;
      patterns.set(key.join('\0'), id);
      return id;
    },
  };
}

/** The hooks of two settings files of an agent report the same call. */
const isTwice = (statements: Statements, { key }: StartedCommand): boolean =>
  statements.isRunning.get(key.session, key.command) !== undefined;

/** Stores a command, at once with its end where that is known; otherwise it is running. */
function insert(
  statements: Statements,
  idOf: Identifiers,
  command: StartedCommand,
  end: FinishedCommand | null,
  host: string,
): TerminalEvent {
  const { key, startMs, shell, cwd, tools, category, risk, rules, agent } = command;
  const exitCode = end?.exitCode ?? null;
  const durationMs = end === null ? null : lasted(startMs, end);
  const sessionId = idOf.session(command);
  const [author, approval, project] = [agent?.name ?? HUMAN, agent?.approval ?? null, command.project ?? null];
  const { lastInsertRowid } = statements.insert.run(
    startMs,
    sessionId,
    shell,
    command.command,
    cwd,
    exitCode,
    durationMs,
    JSON.stringify(tools),
    idOf.pattern(command),
    riskRank(risk),
    JSON.stringify(rules),
    host,
    author,
    approval,
    project,
  );
  const id = Number(lastInsertRowid);
  if (end === null) statements.running.run(sessionId, key.command, id);
  return {
    id,
    time: isoTime(startMs),
    shell,
    command: command.command,
    cwd,
    running: end === null,
    exitCode,
    durationMs,
    tools,
    category,
    risk,
    rules,
    host,
    author,
    approval,
    project,
  };
}

/** Retention may have removed the event of a session that ended. */
function storedEvent(statements: Statements, id: number): readonly TerminalEvent[] {
  const row = statements.read.get(id) as EventRow | undefined;
  return row === undefined ? [] : [eventOf(row)];
}

/** Unknown if the clock was set back meanwhile, or was far off. */
function lasted(startMs: number, { durationMs, endMs }: FinishedCommand): number | null {
  const ms = durationMs ?? (endMs === null ? null : endMs - startMs);
  return ms !== null && (ms < 0 || ms > MAX_DURATION_MS) ? null : ms;
}

/** Ends a running command; null where its start was never seen, or its end was seen before. */
function finish(statements: Statements, command: FinishedCommand, rollups: RollupTally): number | null {
  const { session, command: number } = command.key;
  const id = statements.takeRunning.get(session, number) as number | undefined;
  if (id === undefined) return null;
  const row = statements.finish.get(command.exitCode, command.durationMs, command.endMs, id) as
    | { time_ms: number; duration_ms: number | null; pattern_id: number; risk: number; author: string }
    | undefined;
  // Retention may have removed the event while it ran.
  if (!row) return null;
  const end = { exitCode: command.exitCode, durationMs: row.duration_ms };
  const { time_ms, pattern_id, risk, author } = row;
  rollups.end({ slot: slotOf(time_ms), patternId: pattern_id, risk, author }, end);
  return id;
}

/** Whole days: the sums by day stay those of the slots that are left. */
function removeRollups(statements: Statements, beforeMs: number, limit: number): boolean {
  const day = Math.floor(beforeMs / DAY_MS);
  const end = slotOf(day * DAY_MS);
  const oldest = (statements.oldestSlot.get() as number | null) ?? end;
  if (oldest >= end) return false;
  const until = Math.min(end, oldest + limit);
  for (const statement of statements.pruneSlots) statement.run(until);
  if (until === end) {
    for (const statement of statements.pruneDays) statement.run(day);
    statements.prunePatterns.run();
  }
  return until < end;
}

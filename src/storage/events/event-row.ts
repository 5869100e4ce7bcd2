import { HUMAN, UNKNOWN_APPROVAL } from '../../domain/events/author.ts';
import type { StartedCommand, TerminalEvent } from '../../domain/events/event.ts';
import { RISK_LEVELS } from '../../domain/events/risk-level.ts';
import type { ShellKind } from '../../domain/events/shell-kind.ts';
import { isoTime } from '../../domain/time/iso-time.ts';

/** Columns of `EventRow`, with the join they need. */
export const EVENT_COLUMNS = `event.id, time_ms, shell, command, cwd, event.id IN (SELECT event_id FROM running) AS running, exit_code, duration_ms, tools, pattern.family AS category, risk, rules, host,
  author, approval, project
  FROM event JOIN pattern ON pattern.id = event.pattern_id`;

export interface EventRow {
  readonly id: number;
  readonly time_ms: number;
  readonly shell: ShellKind;
  readonly command: string;
  readonly cwd: string | null;
  readonly running: 0 | 1;
  readonly exit_code: number | null;
  readonly duration_ms: number | null;
  readonly tools: string;
  readonly category: string;
  readonly risk: number;
  readonly rules: string;
  readonly host: string;
  readonly author: string;
  readonly approval: string | null;
  readonly project: string | null;
}

export const eventOf = (row: EventRow): TerminalEvent => ({
  id: row.id,
  time: isoTime(row.time_ms),
  shell: row.shell,
  command: row.command,
  cwd: row.cwd,
  running: row.running === 1,
  exitCode: row.exit_code,
  durationMs: row.duration_ms,
  tools: JSON.parse(row.tools) as string[],
  category: row.category,
  risk: RISK_LEVELS[row.risk] ?? 'critical',
  rules: JSON.parse(row.rules) as string[],
  host: row.host,
  author: row.author,
  approval: row.approval,
  project: row.project,
});

/** Whom a stored command is counted for. */
export const agentOf = (author: string = HUMAN): Pick<StartedCommand, 'agent'> =>
  author === HUMAN ? {} : { agent: { name: author, approval: UNKNOWN_APPROVAL } };

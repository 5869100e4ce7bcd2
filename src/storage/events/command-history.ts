import { HUMAN } from '../../domain/events/author.ts';
import { RISK_LEVELS, type RiskLevel, riskRank } from '../../domain/events/risk-level.ts';
import type { Database } from '../database.ts';

/** A command text with the last time it was typed. */
export interface PastCommand {
  readonly text: string;
  readonly timeMs: number;
  readonly cwd: string | null;
  /** Null while it runs, or if it is not known. */
  readonly exitCode: number | null;
  readonly risk: RiskLevel;
  readonly rules: readonly string[];
  readonly author: string;
}

/** A command that is not stored yet. */
export interface WaitingCommand extends PastCommand {
  /** Process id of its shell; null for an agent. */
  readonly shellPid: number | null;
  /** Name of the Git repository of `cwd`; null outside one. */
  readonly project: string | null;
}

/** Commands that are not stored yet, newest first. Masking and rating one takes time. */
export interface WaitingCommands {
  readonly length: number;
  readonly at: (place: number) => WaitingCommand | undefined;
}

/** Only commands that fit all of these. */
export interface HistoryScope {
  /** Typed in this directory. */
  readonly directory?: string;
  /** Typed in this directory or below it. */
  readonly below?: string;
  /** Name of the Git repository in which it was typed. */
  readonly project?: string;
  /** Typed in the shell with this process id. */
  readonly shellPid?: number;
  readonly outcome?: 'ok' | 'failed';
  /** Of at least this risk. */
  readonly risk?: RiskLevel;
  /** Of people (`human`), of any agent (`agents`), or of the agent with this name. */
  readonly author?: string;
}

/** Stands for every author but a person. */
const ANY_AGENT = 'agents';
/** Rows of one read: each is a transaction of its own, so that the log of writes can be emptied. */
const SLICE = 2_000;
/**
 * Waiting commands of one slice. The first one is on the screen before the code that masks and
 * rates is compiled well: it is short.
 */
const WAITING_SLICE = { first: 12, next: 64 } as const;
/** Texts that are kept: the older ones are in `caro events`. */
const MAX_TEXTS = 200_000;

interface Row {
  readonly id: number;
  readonly time_ms: number;
  readonly command: string;
  readonly cwd: string | null;
  readonly exit_code: number | null;
  readonly risk: number;
  readonly rules: string;
  readonly author: string;
}

/** Each text once, newest first, read slice by slice. */
export class CommandHistory {
  readonly commands: PastCommand[] = [];
  readonly #seen = new Set<string>();
  readonly #where: string;
  readonly #values: readonly (string | number)[];
  #before: readonly [timeMs: number, id: number] = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  #waitingRead = 0;
  #isDone = false;

  constructor(
    private readonly database: Database,
    private readonly scope: HistoryScope,
    private readonly waiting: WaitingCommands = [],
  ) {
    const conditions = conditionsOf(scope);
    this.#where = conditions.map(({ sql }) => ` AND ${sql}`).join('');
    this.#values = conditions.flatMap(({ values }) => values);
  }

  /** Reads the next slice into `commands`; false if that was the last one. */
  more(): boolean {
    if (this.#isDone) return false;
    if (this.#moreWaiting()) return true;
    const rows = this.database
      .prepare(
        `SELECT event.id, time_ms, command, cwd, exit_code, risk, rules, author FROM event
         WHERE (time_ms, event.id) < (?, ?)${this.#where} ORDER BY time_ms DESC, event.id DESC LIMIT ${SLICE}`,
      )
      .all(...this.#before, ...this.#values) as Row[];
    for (const row of rows) {
      if (this.#seen.has(row.command)) continue;
      this.#add({
        text: row.command,
        timeMs: row.time_ms,
        cwd: row.cwd,
        exitCode: row.exit_code,
        risk: RISK_LEVELS[row.risk] ?? 'critical',
        rules: JSON.parse(row.rules) as string[],
        author: row.author,
      });
    }
    const last = rows.at(-1);
    if (last) this.#before = [last.time_ms, last.id];
    this.#isDone = rows.length < SLICE || this.commands.length >= MAX_TEXTS;
    return !this.#isDone;
  }

  /** False once all of them are read. */
  #moreWaiting(): boolean {
    const slice = this.#waitingRead === 0 ? WAITING_SLICE.first : WAITING_SLICE.next;
    const end = Math.min(this.#waitingRead + slice, this.waiting.length);
    for (; this.#waitingRead < end; this.#waitingRead += 1) {
      const command = this.waiting.at(this.#waitingRead);
      if (command && isIn(this.scope, command)) this.#add(command);
    }
    return this.#waitingRead < this.waiting.length;
  }

  #add(command: PastCommand): void {
    if (this.#seen.has(command.text)) return;
    this.#seen.add(command.text);
    this.commands.push(command);
  }
}

interface Condition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

function conditionsOf({
  directory,
  below,
  project,
  shellPid,
  outcome,
  risk,
  author,
}: HistoryScope): readonly Condition[] {
  const found: Condition[] = [];
  if (directory !== undefined) found.push({ sql: 'cwd = ?', values: [directory] });
  if (below !== undefined)
    found.push({ sql: '(cwd = ? OR substr(cwd, 1, ?) = ?)', values: [below, below.length + 1, `${below}/`] });
  if (project !== undefined) found.push({ sql: 'project = ?', values: [project] });
  if (shellPid !== undefined)
    found.push({
      sql: `session_id IN (SELECT id FROM session WHERE name GLOB ?)`,
      values: [`*.${shellPid}.*`],
    });
  if (outcome === 'ok') found.push({ sql: 'exit_code = 0', values: [] });
  if (outcome === 'failed') found.push({ sql: 'exit_code <> 0', values: [] });
  if (risk !== undefined) found.push({ sql: 'risk >= ?', values: [riskRank(risk)] });
  if (author === ANY_AGENT) found.push({ sql: 'author <> ?', values: [HUMAN] });
  else if (author !== undefined) found.push({ sql: 'author = ?', values: [author] });
  return found;
}

/** The same for a command that is not stored yet. */
function isIn(scope: HistoryScope, command: WaitingCommand): boolean {
  const { directory, below, project, shellPid, outcome, risk, author } = scope;
  const { cwd, exitCode } = command;
  return [
    directory === undefined || cwd === directory,
    below === undefined || cwd === below || cwd?.startsWith(`${below}/`) === true,
    project === undefined || command.project === project,
    shellPid === undefined || command.shellPid === shellPid,
    outcome === undefined || (exitCode !== null && (exitCode === 0) === (outcome === 'ok')),
    risk === undefined || riskRank(command.risk) >= riskRank(risk),
    author === undefined || (author === ANY_AGENT ? command.author !== HUMAN : command.author === author),
  ].every(Boolean);
}

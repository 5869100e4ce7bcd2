import { matchesGlob } from '../encoding/glob.ts';
import type { AgentAuthor } from '../events/author.ts';
import type { CommandKey, FinishedCommand } from '../events/event.ts';
import type { ShellKind } from '../events/shell-kind.ts';
import { type Pause, pauseAt } from './pause.ts';
import { isProbeCommand } from './probe-command.ts';
import { AGENT_SPOOL, IMPORT_PID, type SpoolName, type SpoolRecord } from './spool-record.ts';

/** A started command before classification. Its text is raw and MUST NOT be stored. */
export interface RawCommand {
  readonly key: CommandKey;
  readonly startMs: number;
  readonly shell: ShellKind;
  readonly command: string;
  readonly cwd: string | null;
  readonly origin?: 'imported' | 'kept';
  readonly agent?: AgentAuthor;
  /** Added after the records of a batch were read. */
  readonly project?: string;
}

export interface Observed {
  readonly begun: readonly RawCommand[];
  readonly finished: readonly FinishedCommand[];
}

/** What the owner excludes from recording (docs/design.md §4, `[observe]`). */
export interface ObserveRules {
  readonly shells: readonly ShellKind[];
  /** Whether commands of agents are recorded. */
  readonly agents: boolean;
  readonly ignore: readonly string[];
  readonly pauses: readonly Pause[];
  /** Whether nothing is recorded in this working directory. */
  readonly isPrivate: (directory: string) => boolean;
}

/** How a command of an agent is read. No agent says which shell it starts. */
const AGENT_SHELL = 'bash';

/** A session's name in the database: the spool file's without the sequence number. */
export const sessionOf = ({ shell, pid, start }: SpoolName): string => `${shell}.${pid}.${start}`;

/**
 * Sorts the records of one spool file into started and finished commands. `nowMs` replaces a
 * missing start time.
 */
export function observe(
  file: SpoolName,
  records: readonly SpoolRecord[],
  rules: ObserveRules,
  nowMs: number,
): Observed {
  const { shell } = file;
  if (shell === AGENT_SPOOL ? !rules.agents : !rules.shells.includes(shell)) return { begun: [], finished: [] };
  const begun = records.flatMap((record): RawCommand[] => {
    const { text } = record;
    if (record.type === 'end' || text === undefined || isPrivate(text, rules)) return [];
    if (record.cwd !== undefined && rules.isPrivate(record.cwd)) return [];
    const startMs = record.startedAt === undefined ? nowMs : record.startedAt / 1_000;
    if (pauseAt(rules.pauses, (record.startedAt ?? record.endedAt ?? nowMs * 1_000) / 1_000) !== null) return [];
    const { agent } = record;
    return [
      {
        key: keyOf(file, record),
        startMs: Math.floor(startMs),
        command: text,
        cwd: record.cwd ?? null,
        shell: shell === AGENT_SPOOL ? AGENT_SHELL : shell,
        ...(agent ? { agent: { name: agent.name, approval: agent.approval } } : {}),
        ...(file.pid === IMPORT_PID ? { origin: record.kept ? 'kept' : 'imported' } : {}),
      },
    ];
  });
  const finished = records.flatMap((record): FinishedCommand[] => {
    if (record.type === 'start') return [];
    const endMs = record.endedAt === undefined ? null : Math.floor(record.endedAt / 1_000);
    return [
      { key: keyOf(file, record), exitCode: record.status ?? null, durationMs: record.durationMs ?? null, endMs },
    ];
  });
  return { begun, finished };
}

/** The hook of an agent reads no clock: its file is written when a command starts or ends. */
export function timed(record: SpoolRecord, writtenMs: number): SpoolRecord {
  if (!record.agent) return record;
  const at = Math.round(writtenMs * 1_000);
  return { ...record, ...(record.type === 'start' ? { startedAt: at } : { endedAt: at }) };
}

/** A session of an agent spans many files, each of one process of its hook. */
const keyOf = (file: SpoolName, { agent, command }: SpoolRecord): CommandKey => ({
  session: agent?.session ?? sessionOf(file),
  command,
});

const isPrivate = (text: string, { ignore }: ObserveRules): boolean =>
  text.trim() === '' ||
  /^\s/.test(text) ||
  isProbeCommand(text) ||
  ignore.some((pattern) => matchesGlob(pattern, text));

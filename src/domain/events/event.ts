import type { AgentAuthor } from './author.ts';
import type { RiskLevel } from './risk-level.ts';
import type { ShellKind } from './shell-kind.ts';

/**
 * One observed command, as its owner sees it (level 0: never leaves the node, FR-302). Field names
 * are the contract of `caro events --json` (docs/design.md §10).
 */
export interface TerminalEvent {
  readonly id: number;
  /** Start, ISO 8601 UTC with milliseconds. */
  readonly time: string;
  readonly shell: ShellKind;
  /** Text with secrets masked. */
  readonly command: string;
  /** Working directory at the start; null where the shell could not tell (imported history). */
  readonly cwd: string | null;
  /** Whether its end may still be observed: its shell has not ended, and has not reported it. */
  readonly running: boolean;
  /** Null while the command runs, and where it is not known. */
  readonly exitCode: number | null;
  readonly durationMs: number | null;
  /** Tools of the top-level pipeline or list, in order, repeats kept. */
  readonly tools: readonly string[];
  /** Family of the tool that the command is about, from the closed catalogue. */
  readonly category: string;
  readonly risk: RiskLevel;
  /** Ids of the rules that matched, worst first. */
  readonly rules: readonly string[];
  readonly host: string;
  /** `human`, or the name of the coding agent that ran it. */
  readonly author: string;
  /** An agent's word for its mode of approval, `unknown` where it did not say; null for people. */
  readonly approval: string | null;
  /** Name of the Git repository of `cwd`; null outside one. */
  readonly project: string | null;
}

/** One page of a search. */
export interface EventPage {
  /** Newest first. */
  readonly events: readonly TerminalEvent[];
  /** `before` of the page that follows; null where there is none. */
  readonly next: number | null;
  /**
   * How far back was searched (ISO 8601 UTC) where the page was ended before it was full: older
   * events have not been looked at.
   */
  readonly searchedTo: string | null;
}

/** Filter of `events.list`; newest first, `before` is the id to page on from (exclusive). */
export interface EventFilter {
  readonly id?: number;
  readonly since?: string;
  readonly until?: string;
  /** Lowest risk level shown. */
  readonly risk?: RiskLevel;
  readonly tool?: string;
  readonly text?: string;
  readonly before?: number;
  readonly limit?: number;
}

/**
 * What a command is counted as, in closed vocabulary: `{ name: 'git push', tool: 'git' }`, `{ name:
 * 'other', tool: 'other' }`.
 */
export interface Pattern {
  readonly name: string;
  readonly tool: string;
}

/** A command that has started; `key` pairs it with its end. */
export interface StartedCommand {
  readonly key: CommandKey;
  readonly startMs: number;
  readonly shell: ShellKind;
  readonly command: string;
  readonly cwd: string | null;
  readonly tools: readonly string[];
  readonly category: string;
  readonly pattern: Pattern;
  readonly risk: RiskLevel;
  readonly rules: readonly string[];
  readonly redacted: boolean;
  /**
   * Absent where a hook observed the command. `kept`: imported, and kept by its owner's wish for
   * `retention.events_days` from the import on.
   */
  readonly origin?: 'imported' | 'kept';
  /** Absent where a person typed the command. */
  readonly agent?: AgentAuthor;
  /** Absent outside a Git repository. */
  readonly project?: string;
}

/**
 * A longer duration means that the clock leapt while the command ran: the duration is unknown, and
 * a wrong one would distort the sums of a year.
 */
export const MAX_DURATION_MS = 366 * 86_400_000;

export interface FinishedCommand {
  readonly key: CommandKey;
  readonly exitCode: number | null;
  /** As the shell measured it; else the time from start to `endMs`, where that is known. */
  readonly durationMs: number | null;
  readonly endMs: number | null;
}

/** A command's place: the shell session that typed it and its number there. */
export interface CommandKey {
  readonly session: string;
  readonly command: number;
}

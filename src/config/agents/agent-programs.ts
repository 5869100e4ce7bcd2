import { join } from 'node:path';
import type { KnownAgent } from '../../domain/events/author.ts';
import type { GuardLevel } from '../../domain/guard/guard.ts';

/** Where an agent's hooks are configured, and how an entry looks there (docs/agents.md). */
export interface AgentProgram {
  readonly name: KnownAgent;
  readonly title: string;
  /** Its directory, relative to the home directory, and the variable that replaces it. */
  readonly directory: string;
  readonly variable?: string;
  readonly file: string;
  /** Whether the agent reads comments in that file. */
  readonly comments: boolean;
  /** Hook events for which an entry is needed. */
  readonly events: readonly string[];
  /** The entry of one event. */
  readonly entry: (command: string) => object;
  /** That of the guard, where it differs. */
  readonly guardEntry?: (command: string) => object;
  /** Where the file switches all hooks off, and the value that does. */
  readonly off?: { readonly path: readonly string[]; readonly value: 'true' | 'false' };
  /** Members that a new file needs besides `hooks`. */
  readonly head?: object;
  /** What the owner has to do in the agent. */
  readonly note?: string;
  /** Names of the program in a process list. */
  readonly processes: readonly string[];
}

/** A hook that takes longer is ended by the agent, which then goes on. */
const TIMEOUT_SECONDS = 5;

const matching =
  (matcher: string, timeout: number, more: object = {}) =>
  (command: string): object => ({ matcher, hooks: [{ type: 'command', command, timeout, ...more }] });

export const AGENT_PROGRAMS: Readonly<Record<KnownAgent, AgentProgram>> = {
  'claude-code': {
    name: 'claude-code',
    title: 'Claude Code',
    comments: false,
    directory: '.claude',
    variable: 'CLAUDE_CONFIG_DIR',
    file: 'settings.json',
    events: ['PreToolUse', 'PostToolUse', 'PostToolUseFailure'],
    entry: matching('Bash', TIMEOUT_SECONDS),
    off: { path: ['disableAllHooks'], value: 'true' },
    processes: ['claude'],
  },
  codex: {
    name: 'codex',
    title: 'Codex',
    comments: false,
    directory: '.codex',
    variable: 'CODEX_HOME',
    file: 'hooks.json',
    events: ['PreToolUse', 'PostToolUse'],
    entry: matching('Bash', TIMEOUT_SECONDS),
    note: 'Codex runs a new hook only after you have trusted it: type /hooks in Codex.',
    processes: ['codex'],
  },
  gemini: {
    name: 'gemini',
    title: 'Gemini CLI',
    comments: true,
    directory: '.gemini',
    file: 'settings.json',
    events: ['BeforeTool', 'AfterTool'],
    entry: matching('run_shell_command', TIMEOUT_SECONDS * 1_000, { name: 'caro' }),
    guardEntry: matching('run_shell_command', TIMEOUT_SECONDS * 1_000, { name: 'caro-guard' }),
    off: { path: ['hooksConfig', 'enabled'], value: 'false' },
    processes: ['gemini'],
  },
  cursor: {
    name: 'cursor',
    title: 'Cursor',
    comments: false,
    directory: '.cursor',
    file: 'hooks.json',
    head: { version: 1 },
    events: ['beforeShellExecution', 'afterShellExecution'],
    entry: (command) => ({ command, timeout: TIMEOUT_SECONDS }),
    processes: ['cursor', 'cursor-agent', 'Cursor'],
  },
};

/** The file of an agent's hooks for this user. */
export function agentFile(
  { directory, variable, file }: AgentProgram,
  home: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const given = variable === undefined ? undefined : env[variable];
  return join(given?.startsWith('/') ? given : join(home, directory), file);
}

/** The program that an entry starts: any POSIX shell and fish read it the same way. */
export const hookCommand = (hook: string, agent: KnownAgent): string => `/bin/sh ${quoted(hook)} ${agent}`;

/** @param caro path of `bin/caro.js` */
export const guardCommand = (caro: string, agent: KnownAgent, level: GuardLevel): string =>
  `${quoted(caro)} guard agent ${agent} --from ${level}`;

const quoted = (path: string): string => `'${path.replaceAll("'", String.raw`'\''`)}'`;

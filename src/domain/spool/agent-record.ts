/**
 * What the hook of a coding agent (`hooks/caro-agent.sh`) writes about a command (docs/agents.md):
 * who, which process, and the members of the agent's JSON that it keeps, one a line.
 */

import { type AgentAuthor, approvalOf, isAgentName } from '../events/author.ts';

/** An agent's session: the program's name, its process and a digest of its own session id. */
export interface AgentSession {
  readonly agent: string;
  /** 0 where the hook could not find the agent's process. */
  readonly pid: number;
  /** Start of the process in ticks since boot, which no clock changes. */
  readonly ticks: number;
}

/** A start or an end of a command, in the terms of `SpoolRecord`. */
export interface AgentRecord {
  readonly type: 'start' | 'end';
  readonly session: string;
  readonly agent: AgentAuthor;
  readonly command: number;
  readonly status?: number;
  readonly durationMs?: number;
  readonly cwd?: string;
  readonly text?: string;
}

const STARTS = new Set(['PreToolUse', 'BeforeTool', 'beforeShellExecution']);
const ENDS = new Set(['PostToolUse', 'PostToolUseFailure', 'AfterTool', 'afterShellExecution']);
const MAX_DURATION_MS = 366 * 86_400_000;

type Members = ReadonlyMap<string, unknown>;

/**
 * Reads the fields `w`, `n` and `j` of a spool record. Undefined where they are damaged; null where
 * they tell of no command, or of a private one.
 */
export function agentRecord(fields: ReadonlyMap<string, string>): AgentRecord | null | undefined {
  const given = fields.get('w') ?? '';
  const process = /^(\d{1,10})\.(\d{1,16})$/.exec(fields.get('n') ?? '');
  const members = membersOf(fields.get('j') ?? '');
  if (!isAgentName(given) || !process || !members) return undefined;
  // Cursor also runs the hooks of Claude Code.
  const name = members.has('cursor_version') ? 'cursor' : given;
  const event = text(members, 'hook_event_name') ?? '';
  if (!(STARTS.has(event) || ENDS.has(event))) return null;
  const type = STARTS.has(event) ? 'start' : 'end';
  const command = text(members, 'tool_input.command') ?? text(members, 'command');
  if (type === 'start' && (command === undefined || /^\s*$/.test(command))) return null;
  const cwd = directoryOf(members);
  const session = text(members, 'session_id') ?? text(members, 'conversation_id') ?? '';
  const number = numberOf(name, members, command, cwd);
  if (number === null) return null;
  return {
    type,
    command: number,
    agent: { name, approval: approvalOf(members.get('permission_mode')) },
    session: `agent:${name}:${process[1]}:${process[2]}:${digest(session).toString(16)}`,
    ...(cwd === undefined ? {} : { cwd }),
    ...(type === 'start' ? { text: command ?? '' } : endOf(name, event, members)),
  };
}

/** Undefined for any other session. */
export function parseAgentSession(session: string): AgentSession | undefined {
  const [, agent = '', pid, ticks] = /^agent:([a-z0-9-]+):(\d+):(\d+):[0-9a-f]+$/.exec(session) ?? [];
  return pid === undefined ? undefined : { agent, pid: Number(pid), ticks: Number(ticks) };
}

/** Lines `path value`, where a value is JSON without a line feed. */
function membersOf(lines: string): Members | undefined {
  const members = new Map<string, unknown>();
  for (const line of lines.split('\n')) {
    if (line === '') continue;
    const space = line.indexOf(' ');
    const value = parsed(line.slice(space + 1));
    if (space < 1 || value === undefined) return undefined;
    members.set(line.slice(0, space), value);
  }
  return members;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}

const text = (members: Members, name: string): string | undefined => {
  const value = members.get(name);
  return typeof value === 'string' && value !== '' && !value.includes('\0') ? value : undefined;
};

/** The directory that the agent names for this command, else its own. */
function directoryOf(members: Members): string | undefined {
  const own = text(members, 'cwd');
  const named = ['tool_input.workdir', 'tool_input.dir_path', 'tool_input.directory'].flatMap(
    (name) => text(members, name) ?? [],
  )[0];
  if (named === undefined) return own;
  if (named.startsWith('/')) return named;
  return own === undefined ? undefined : `${own.replace(/\/$/, '')}/${named}`;
}

/**
 * Pairs an end with its start: by the agent's own id of the call, or by the command. Cursor's two
 * ways of calling a hook have different ids for the same command.
 */
function numberOf(name: string, members: Members, command: string | undefined, cwd: string | undefined): number | null {
  const id = name === 'cursor' ? undefined : text(members, 'tool_use_id');
  if (id !== undefined) return digest(`id ${id}`);
  return command === undefined ? null : digest(`command ${command}\n${cwd ?? ''}`);
}

function endOf(name: string, event: string, members: Members): Pick<AgentRecord, 'status' | 'durationMs'> {
  const status = statusOf(name, event, members);
  const duration = [members.get('duration_ms'), members.get('duration')].find(
    (value): value is number => typeof value === 'number' && value >= 0 && value <= MAX_DURATION_MS,
  );
  return {
    ...(status === undefined ? {} : { status }),
    ...(duration === undefined ? {} : { durationMs: Math.round(duration) }),
  };
}

/** Set where the command goes on, was stopped, or ended with a status that counts as no failure. */
const NO_STATUS = [
  ...['is_interrupt', 'tool_input.run_in_background', 'tool_input.is_background'],
  ...['tool_response.returnCodeInterpretation', 'tool_response.backgroundTaskId', 'tool_response.interrupted'],
];

/** Undefined where no member says it. `PostToolUse` of Claude Code follows only on status 0. */
function statusOf(name: string, event: string, members: Members): number | undefined {
  const told = members.get('exit_code') ?? members.get('tool_response.exit_code');
  if (typeof told === 'number') return Number.isInteger(told) && told >= 0 && told <= 255 ? told : undefined;
  if (event !== 'PostToolUse' || name !== 'claude-code') return undefined;
  return NO_STATUS.some((name) => members.has(name)) ? undefined : 0;
}

/** 52 bits of two multiplicative hashes: enough to tell the commands of one session apart. */
function digest(of: string): number {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < of.length; at += 1) {
    const unit = of.charCodeAt(at);
    high = Math.imul(high ^ unit, 2_654_435_761);
    low = Math.imul(low ^ unit, 1_597_334_677);
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return 2 ** 32 * (low & 0xf_ffff) + (high >>> 0);
}

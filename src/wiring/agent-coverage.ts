/** Which coding agents run, and which report. Loaded when a status is asked for. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hookState } from '../config/agents/agent-hooks.ts';
import { AGENT_PROGRAMS, agentFile, hookCommand } from '../config/agents/agent-programs.ts';
import type { Places } from '../config/places.ts';
import { KNOWN_AGENTS, type KnownAgent } from '../domain/events/author.ts';
import { parseAgentSession } from '../domain/spool/agent-record.ts';
import { type AgentCoverage, type AgentHookState, isBypass } from '../domain/status/agent-coverage.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import { type AgentProcess, findAgentProcesses, lineOf } from '../platform/agent-processes.ts';
import type { AgentReports } from '../storage/readers/agent-reader.ts';

/**
 * How long the processes that were found count as those that run. To find them takes about 40 µs
 * for each process of the machine, and the page asks every 15 s.
 */
const SCAN_MS = 30_000;

export type AgentScan = () => readonly AgentProcess[];

/** @param now milliseconds that never run backwards */
export function createAgentScan(now: () => number, find = findAgentProcesses): AgentScan {
  const names = new Map(
    KNOWN_AGENTS.flatMap((name) => AGENT_PROGRAMS[name].processes.map((one) => [one, name] as const)),
  );
  let last: { readonly atMs: number; readonly found: readonly AgentProcess[] } | undefined;
  return () => {
    if (!last || now() - last.atMs >= SCAN_MS) last = { atMs: now(), found: find(names) };
    return last.found;
  };
}

/** Agents that run, have reported, or have our entry; all others are left out. */
export function agentCoverage(
  { hooks, data }: Pick<Places, 'hooks' | 'data'>,
  home: string,
  env: Readonly<Record<string, string | undefined>>,
  { sessions, approvals }: AgentReports,
  processes: readonly AgentProcess[],
): readonly AgentCoverage[] {
  const reports = sessions.flatMap(({ name, lastMs }) => {
    const session = parseAgentSession(name);
    return session ? [{ ...session, lastMs }] : [];
  });
  const reporting = new Set(reports.flatMap(({ pid, ticks }) => (pid > 0 ? lineOf(pid, ticks) : [])));
  const agents = [...new Set([...KNOWN_AGENTS, ...reports.map(({ agent }) => agent)])];
  return agents
    .map((agent): AgentCoverage => {
      const running = processes.filter((one) => one.agent === agent);
      const last = Math.max(...reports.flatMap((one) => (one.agent === agent ? [one.lastMs] : [])));
      const isBypassed = approvals.some(({ author, approval }) => author === agent && isBypass(approval));
      return {
        agent,
        hook: stateOf(agent, { hooks, data }, home, env),
        running: running.length,
        silent: running.filter(({ pid }) => !reporting.has(pid)).length,
        bypass: isBypassed || running.some(({ bypass }) => bypass),
        lastSeen: Number.isFinite(last) ? isoTime(last) : null,
      };
    })
    .filter(({ hook, running, lastSeen }) => running > 0 || lastSeen !== null || !['missing', 'none'].includes(hook));
}

function stateOf(
  agent: string,
  { hooks, data }: Pick<Places, 'hooks' | 'data'>,
  home: string,
  env: Readonly<Record<string, string | undefined>>,
): AgentHookState {
  const program = AGENT_PROGRAMS[agent as KnownAgent] as (typeof AGENT_PROGRAMS)[KnownAgent] | undefined;
  if (!program) return 'none';
  try {
    const commands = { observe: hookCommand(join(hooks, 'caro-agent.sh'), program.name) };
    const state = hookState(program, agentFile(program, home, env), commands);
    return state === 'missing' && existsSync(join(data, 'agents', `${agent}.json`)) ? 'removed' : state;
  } catch {
    return 'unreadable';
  }
}

/**
 * State of our entry in an agent's hook file; `off` where that file switches all hooks off, `none`
 * for an agent whose file we do not write.
 */
export const AGENT_HOOK_STATES = ['installed', 'partial', 'missing', 'removed', 'off', 'unreadable', 'none'] as const;
export type AgentHookState = (typeof AGENT_HOOK_STATES)[number];

/** Whether what a coding agent runs is recorded. It never leaves the node. */
export interface AgentCoverage {
  readonly agent: string;
  readonly hook: AgentHookState;
  /** Processes of this user that run now. */
  readonly running: number;
  /** Those of them that have not reported a command since they started. */
  readonly silent: number;
  /** Whether one that runs, or that ran within a day, asks nobody before it runs a command. */
  readonly bypass: boolean;
  /** Start of its latest command, ISO 8601 UTC; null if none was recorded. */
  readonly lastSeen: string | null;
}

/** The agents' words for modes in which nobody is asked. */
const BYPASSES = new Set(['bypassPermissions', 'dontAsk', 'yolo', 'never', 'full-auto']);

export const isBypass = (approval: string): boolean => BYPASSES.has(approval);

/** What the owner should know about an agent; null where all is well. */
export function coverageProblem({ agent, hook, running, silent, lastSeen }: AgentCoverage): string | null {
  const fix = `caro agents install ${agent}`;
  if (hook === 'removed')
    return `${agent} had our entry in its hook file, and has it no longer: what it runs is not recorded. To add it: ${fix}`;
  if (hook === 'partial') return `${agent} has only a part of our entry in its hook file. To complete it: ${fix}`;
  if (hook === 'off')
    return `${agent} runs no hooks, because its hook file switches them off: what it runs is not recorded`;
  if (hook === 'unreadable') return `the hook file of ${agent} cannot be read: see caro agents status`;
  if (running > 0 && hook === 'missing')
    return `${agent} runs without our hook: what it runs is not recorded. To add it: ${fix}`;
  if (silent > 0 && hook === 'installed')
    return lastSeen === null
      ? `${agent} runs with our hook and has reported nothing yet: if it has run commands, start it again`
      : `${silent} of ${running} running ${agent} has reported nothing since it started: if it has run commands, start it again`;
  return null;
}

/*
 * What the hook of each coding agent prints before a command runs (docs/guard.md). Where the
 * command may run, a hook prints nothing: the agent's own settings then decide, as without a guard.
 */
import type { GuardAnswer } from './guard.ts';

/** The hook's output, and its exit code. */
export interface AgentReply {
  readonly stdout: string;
  readonly exitCode: number;
  /** What the agent is told; `allow` stands for no output. */
  readonly decision: GuardAnswer['decision'];
}

const SILENT: AgentReply = { stdout: '', exitCode: 0, decision: 'allow' };

/**
 * Permission modes of Claude Code in which nobody is asked: a question there may be answered by
 * the mode itself.
 */
const UNATTENDED = new Set(['bypassPermissions', 'dontAsk']);

/**
 * @param agent as named by `caro agents install`; any other gets the documented interface
 * @param approval the permission mode that the agent reports, null if none
 */
export function agentReply(agent: string, answer: GuardAnswer, approval: string | null): AgentReply {
  if (answer.decision === 'allow') return agent in FORMS ? SILENT : plain(answer, 'allow');
  const asks = agent === 'claude-code' && !(approval !== null && UNATTENDED.has(approval));
  // Codex refuses the answer "ask" and runs the command, Gemini CLI has none, and Cursor ignores it
  // in one of its modes: there the command is denied, and a person can run it.
  const decision = answer.decision === 'ask' && (asks || !(agent in FORMS)) ? 'ask' : 'deny';
  const form = FORMS[agent as keyof typeof FORMS] as Form | undefined;
  if (form === undefined) return plain(answer, decision);
  return { stdout: `${JSON.stringify(form(decision, textOf(answer, decision)))}\n`, exitCode: 0, decision };
}

type Form = (decision: 'ask' | 'deny', text: string) => object;

const preToolUse: Form = (decision, text) => ({
  hookSpecificOutput: {
    hookEventName: 'PreToolUse',
    permissionDecision: decision,
    permissionDecisionReason: text,
  },
});

const FORMS = {
  'claude-code': preToolUse,
  codex: preToolUse,
  gemini: (_decision, text) => ({ decision: 'deny', reason: text }),
  cursor: (_decision, text) => ({ permission: 'deny', user_message: text, agent_message: text }),
} as const satisfies Readonly<Record<string, Form>>;

const plain = ({ level, rules, reason, safer }: GuardAnswer, decision: GuardAnswer['decision']): AgentReply => ({
  stdout: `${JSON.stringify({ decision, level, rules, reason, safer })}\n`,
  exitCode: 0,
  decision,
});

function textOf({ level, reason, safer }: GuardAnswer, decision: 'ask' | 'deny'): string {
  const parts = [`Caro mesh guard${level === null ? '' : `, ${level}`}: ${reason}`];
  if (safer !== '') parts.push(`Safer: ${safer}`);
  if (decision === 'deny') parts.push('The command was not run. If it is meant, ask the user to run it in a terminal.');
  return parts.join(' ');
}

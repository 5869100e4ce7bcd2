/*
 * Answers the hook of a shell or of a coding agent in place of `caro guard`, whose start takes
 * longer than the rating. It knows one answer, that a line runs unasked; everything else is left to
 * that program.
 */
import { decodeAgentInput } from '../../domain/guard/agent-input.ts';
import { type AgentQuestion, GUARD_DEFAULTS, type GuardQuestion, SHORT_LINE } from '../../domain/guard/guard.ts';
import type { CustomRules } from '../../risk/assess.ts';
import { guardDecision } from '../../risk/guard-decision.ts';
import { rate } from '../../risk/rate.ts';

/** The folder of an agent may not be known. */
type Question = Omit<GuardQuestion, 'cwd'> & { readonly cwd: string | null };

/** False where the guard itself has to say what happens. Never throws. */
export function runsUnasked(question: Question, custom: CustomRules | 'none'): boolean {
  const { command, shell, cwd, home, from } = question;
  try {
    const rating = rate(
      command,
      shell,
      { home, ...(cwd === null ? {} : { cwd }) },
      custom === 'none' ? undefined : custom,
    );
    // Settings only choose between asking and denying.
    return guardDecision(rating, from, GUARD_DEFAULTS).decision === 'allow';
  } catch {
    return false;
  }
}

/** The same for what an agent's hook was given; also true for what is no command. Never throws. */
export function agentRunsUnasked({ input, home, from }: AgentQuestion, custom: CustomRules | 'none'): boolean {
  const asked = decodeAgentInput(input);
  if (asked.kind !== 'command') return asked.kind === 'other';
  const { command, cwd } = asked;
  return command.length <= SHORT_LINE && runsUnasked({ command, shell: 'bash', cwd, home, from }, custom);
}

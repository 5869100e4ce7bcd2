/*
 * Answers the hook of a shell in place of `caro guard check`, whose start takes longer than the
 * rating. It knows one answer, that a line runs unasked; everything else is left to that program.
 */
import { GUARD_DEFAULTS, type GuardQuestion } from '../../domain/guard/guard.ts';
import type { CustomRules } from '../../risk/assess.ts';
import { guardDecision } from '../../risk/guard-decision.ts';
import { rate } from '../../risk/rate.ts';

/** False where the guard itself has to say what happens. Never throws. */
export function runsUnasked(question: GuardQuestion, custom: CustomRules | 'none'): boolean {
  const { command, shell, cwd, home, from } = question;
  try {
    const rating = rate(command, shell, { cwd, home }, custom === 'none' ? undefined : custom);
    // Settings only choose between asking and denying.
    return guardDecision(rating, from, GUARD_DEFAULTS).decision === 'allow';
  } catch {
    return false;
  }
}

/*
 * Rates a command before it runs. Everything happens in this process. Hooks of shells ask the
 * service first, which only ever answers that a line may run (`guard-check.ts`).
 */

import type { OwnersSettings } from '../../config/guard-settings.ts';
import { homeDirectory } from '../../config/home.ts';
import type { ShellKind } from '../../domain/events/shell-kind.ts';
import { type GuardAnswer, type GuardLevel, SHORT_LINE } from '../../domain/guard/guard.ts';
import type { RuleFolder } from '../../domain/rules/custom-rule.ts';
import { withinTime } from '../../platform/time-limit.ts';
import type { CustomRules } from '../../risk/assess.ts';
import { guardDecision, TOO_LONG, unratedDecision } from '../../risk/guard-decision.ts';
import { rate } from '../../risk/rate.ts';

export interface GuardQuestion {
  /** As it would run; never printed, stored or passed to another program. */
  readonly command: string;
  readonly shell: ShellKind;
  readonly cwd: string | null;
  readonly from: GuardLevel;
}

/** The answer is due 150 ms after the start of this process; printing it takes the rest. */
const DUE_MS = 140;
/** For a short line: only a machine that stands still needs that long. */
const SHORT_MS = 2_000;

/**
 * Never throws. A line that cannot be rated in time is asked about.
 */
export async function guardCommand(question: GuardQuestion, owner: OwnersSettings): Promise<GuardAnswer> {
  const { command, shell, cwd, from } = question;
  try {
    const place = { home: homeDirectory(process.env), ...(cwd === null ? {} : { cwd }) };
    const custom = await customRulesOf(owner.rules);
    const rated = withinTime(() => rate(command, shell, place, custom), limitFor(command));
    return rated === null ? TOO_LONG : guardDecision(rated.value, from, owner.settings);
  } catch (error) {
    return unratedDecision(`an error of the guard (${nameOf(error)})`, owner.settings);
  }
}

/**
 * In ms. On a machine so slow or busy that starting this program took long, rating may take as
 * long again: no line is asked about because of the machine.
 */
function limitFor({ length }: string): number {
  const elapsed = performance.now();
  return length <= SHORT_LINE ? Math.max(SHORT_MS, elapsed) : Math.max(DUE_MS - elapsed, elapsed);
}

async function customRulesOf(folder: RuleFolder | null): Promise<CustomRules | undefined> {
  if (folder === null) return undefined;
  const { customRules } = await import('./custom-rules.ts');
  return customRules(folder);
}

/** Never its message, which may quote the command. */
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');

/** What to do with a command whose text the hook could not find in its input. */
export const unreadable = ({ settings }: OwnersSettings): GuardAnswer =>
  unratedDecision('the input of the hook was not understood', settings);

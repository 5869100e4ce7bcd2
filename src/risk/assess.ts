/**
 * Rates what a command line would do (FR-404). Pure: the result depends only on the analysis and
 * the path context.
 */
import { type RiskLevel, riskRank } from '../domain/events/risk-level.ts';
import type { Analysis } from '../shell/model.ts';
import { type Flow, flowOf } from './flow.ts';
import type { CommandLineContext, Precondition, RiskFamily, Rule, Severity, StepRule, Verdict } from './rule.ts';
import { COMMAND_LINE_RULES, rulesFor } from './rule-set.ts';
import { type Step, stepsOf } from './step.ts';
import type { PathContext } from './subjects/paths.ts';

/** Why a command is not safe. Contains nothing of the command itself. */
export interface Finding {
  readonly rule: string;
  /** `safe` for a custom rule that only names commands (`docs/custom-rules.md`). */
  readonly level: RiskLevel;
  readonly family: RiskFamily;
  readonly technique?: string;
  readonly reason: string;
  readonly safer: string;
}

export interface Assessment {
  /** The highest level of all findings; safe if there are none. */
  readonly level: RiskLevel;
  /** Highest level first; each rule at most once. */
  readonly findings: readonly Finding[];
}

/** Programs that run another command or code: `--help` among their words may belong to that. */
const TAKES_COMMANDS =
  /^(?:docker|podman|nerdctl|kubectl|ssh|find|xargs|(?:ba|da|z|k|a|fi)?sh|nc|ncat|socat|python|perl|ruby|node|php|lua|awk|curl|git-filter-repo|su|tar|busybox|bun|deno|npm|npx)$/;

const QUERY = /^--(?:help|version|dry-run(?:=(?:client|server|true))?|what-if|dryrun|simulate|just-print|no-act)$/;
/** A program that is asked for help, its version or a dry run changes nothing. */
export const isQueryOnly = (step: Step): boolean => {
  if (step.isWrapper || TAKES_COMMANDS.test(step.tool)) return false;
  const end = step.args.indexOf('--');
  return (end < 0 ? step.args : step.args.slice(0, end)).some(
    (arg, at, args) =>
      QUERY.test(arg) &&
      !/^--ref\w*$/.test(args[at - 1] ?? '') &&
      // `cargo yank --version 1.0.2` names a version.
      !(arg === '--version' && /^v?\d/.test(args[at + 1] ?? '')),
  );
};

const meets = (step: Step, precondition: Precondition | undefined): boolean => {
  switch (precondition) {
    case undefined:
      return true;
    case 'writes':
      return step.writes.length > 0;
    case 'pipe':
      return step.invocation.input.kind !== 'inherited' || step.invocation.pipesTo !== null;
    case 'root':
      return step.elevated;
  }
};

const levelOf = (rule: Rule, verdict: Verdict, elevated: boolean): Severity | null => {
  if (verdict === false || verdict === 'safe') return null;
  const level = verdict === true ? rule.level : verdict;
  return level === 'moderate' && elevated && 'raise' in rule ? 'high' : level;
};

export const findingOf = (rule: Rule, level: Severity): Finding => ({
  rule: rule.id,
  level,
  family: rule.family,
  ...(rule.technique === undefined ? {} : { technique: rule.technique }),
  reason: rule.reason,
  safer: rule.safer,
});

/** Calls `found` for each built-in rule that matches this program. */
export const matchStep = (step: Step, found: (rule: StepRule, level: Severity | null) => void): void => {
  if (isQueryOnly(step)) return;
  const { own, general } = rulesFor(step.tool);
  const evaluate = (rule: StepRule): void => found(rule, levelOf(rule, rule.when(step), step.elevated));
  own.forEach(evaluate);
  // About a hundred rules per step: `forEach` avoids one iterator result per rule.
  general.forEach((rule) => {
    if (meets(step, rule.needs)) evaluate(rule);
  });
};

/** Rules that an organization added (`custom/custom-rule-set.ts`). */
export interface CustomRules {
  readonly assess: (steps: readonly Step[]) => {
    readonly findings: readonly Finding[];
    /** False where not all of the line could be looked at. */
    readonly complete: boolean;
  };
}

/**
 * Rates an analysed command line in a path context (working directory and home, both optional).
 * Custom rules add findings and take none away, so they can only raise the level.
 */
export const assess = (analysis: Analysis, pathContext: PathContext = {}, custom?: CustomRules): Assessment => {
  const found = new Map<string, Finding>();
  const add = (rule: Rule, level: Severity | null): void => {
    if (level === null) return;
    const known = found.get(rule.id);
    if (!known || riskRank(level) > riskRank(known.level)) found.set(rule.id, findingOf(rule, level));
  };
  const steps = stepsOf(analysis, pathContext);
  for (const step of steps) matchStep(step, add);
  const added = custom?.assess(steps);
  let flow: Flow | undefined;
  const context: CommandLineContext = {
    analysis,
    steps,
    pathContext,
    isCut: added?.complete === false,
    get flow() {
      flow ??= flowOf(analysis, steps);
      return flow;
    },
  };
  for (const rule of COMMAND_LINE_RULES) add(rule, levelOf(rule, rule.whenAll(context), false));
  const findings = [...found.values(), ...(added?.findings ?? [])].sort(
    (a, b) => riskRank(b.level) - riskRank(a.level),
  );
  return { level: findings[0]?.level ?? 'safe', findings };
};

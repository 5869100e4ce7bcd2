/**
 * The form of a risk rule (FR-404). Rules are data with a small pure predicate; none looks at the
 * raw line.
 */
import type { RiskLevel } from '../domain/events/risk-level.ts';
import type { Analysis } from '../shell/model.ts';
import type { PathContext } from './paths.ts';
import type { Step } from './step.ts';

/**
 * Families of rules, as summaries count them. Append only: vectors of counts are laid out by this
 * order (design.md §2).
 */
export const RISK_FAMILIES = [
  'files',
  'disks',
  'permissions',
  'resources',
  'remote-code',
  'shells',
  'credentials',
  'persistence',
  'privilege',
  'evasion',
  'kernel',
  'exposure',
  'containers',
  'cluster',
  'infrastructure',
  'cloud',
  'hosting',
  'databases',
  'services',
  'git',
  'packages',
  'accounts',
  'macos',
] as const;
export type RiskFamily = (typeof RISK_FAMILIES)[number];

export type Severity = Exclude<RiskLevel, 'safe'>;

/** What a predicate says: no; yes, with the rule's own level; or yes, with this level. */
export type Verdict = boolean | RiskLevel;

interface RuleText {
  /** Stable and public: `git.push-force`. Its first part is short for the family. */
  readonly id: string;
  readonly level: Severity;
  readonly family: RiskFamily;
  /** MITRE ATT&CK technique, e.g. `T1070.003`, where one fits. */
  readonly technique?: string;
  /** Why it is dangerous, one plain sentence. Never holds anything of the command. */
  readonly reason: string;
  /** What to do instead. */
  readonly safer: string;
}

/** Files it changes, something piped in, program text, root, assignments before it. */
export type Precondition = 'writes' | 'pipe' | 'code' | 'root' | 'assignments';

/** A rule about one program. */
export interface StepRule extends RuleText {
  /** Canonical names of the tools it is about, separated by blanks; `*` for all. */
  readonly tools: string;
  readonly when: (step: Step) => Verdict;
  /**
   * What a step must have for the rule to be asked at all: most steps write nothing and are fed
   * nothing.
   */
  readonly needs?: Precondition;
  /** True where acting as root makes a moderate finding a high one. */
  readonly raise?: true;
}

export interface CommandLineContext {
  readonly analysis: Analysis;
  readonly steps: readonly Step[];
  readonly pathContext: PathContext;
}

/** A rule about the whole command line: settings, functions, what flows where. */
export interface CommandLineRule extends RuleText {
  readonly whenAll: (context: CommandLineContext) => Verdict;
}

export type Rule = StepRule | CommandLineRule;

/** Puts a family's name on its rules, so that each entry need not repeat it. */
export const inFamily = <R extends Omit<StepRule, 'family'> | Omit<CommandLineRule, 'family'>>(
  family: RiskFamily,
  rules: readonly R[],
): readonly (R & { readonly family: RiskFamily })[] => rules.map((rule) => ({ ...rule, family }));

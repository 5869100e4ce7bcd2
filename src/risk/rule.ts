/**
 * Definition of a risk rule (FR-404): data with a small pure predicate. No rule reads the raw line.
 */
import type { RiskLevel } from '../domain/events/risk-level.ts';
import type { Analysis } from '../shell/model.ts';
import type { Flow } from './flow.ts';
import type { Step } from './step.ts';
import type { PathContext } from './subjects/paths.ts';
import type { TechniqueId } from './techniques.ts';

/**
 * Families of rules, as counted in summaries. Append only: vectors of counts use this order
 * (docs/design.md §2).
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
  'organisation',
] as const;
export type RiskFamily = (typeof RISK_FAMILIES)[number];

export type Severity = Exclude<RiskLevel, 'safe'>;

/** Result of a predicate: false; true for the rule's own level; or another level. */
export type Verdict = boolean | RiskLevel;

interface RuleText {
  /** Stable and public, e.g. `git.push-force`. The first part abbreviates the family. */
  readonly id: string;
  readonly level: Severity;
  readonly family: RiskFamily;
  /** MITRE ATT&CK technique, if one applies; its name and tactic are in `TECHNIQUES`. */
  readonly technique?: TechniqueId;
  /** Why it is dangerous, in one plain sentence. MUST NOT contain anything of the command. */
  readonly reason: string;
  /** What to do instead. */
  readonly safer: string;
}

/** Property that a step must have: file writes, a pipe, or root. */
export type Precondition = 'writes' | 'pipe' | 'root';

/** A rule about one program. */
export interface StepRule extends RuleText {
  /** Canonical names of its tools, separated by blanks; `*` for all. */
  readonly tools: string;
  readonly when: (step: Step) => Verdict;
  /** Checked before `when`, which saves time because most steps have none of these properties. */
  readonly needs?: Precondition;
  /** True if running as root raises a moderate finding to high. */
  readonly raise?: true;
}

export interface CommandLineContext {
  /** Where data of this line goes; computed on first use. */
  readonly flow: Flow;
  readonly analysis: Analysis;
  readonly steps: readonly Step[];
  readonly pathContext: PathContext;
  /** Custom rules could not look at all of the line. */
  readonly isCut?: boolean;
}

/** A rule about the whole command line: settings, functions, data flow between commands. */
export interface CommandLineRule extends RuleText {
  readonly whenAll: (context: CommandLineContext) => Verdict;
}

export type Rule = StepRule | CommandLineRule;

/** Adds the family to each rule. */
export const inFamily = <R extends Omit<StepRule, 'family'> | Omit<CommandLineRule, 'family'>>(
  family: RiskFamily,
  rules: readonly R[],
): readonly (R & { readonly family: RiskFamily })[] => rules.map((rule) => ({ ...rule, family }));

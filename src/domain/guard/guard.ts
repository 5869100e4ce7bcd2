import type { RiskLevel } from '../events/risk-level.ts';
import type { ShellKind } from '../events/shell-kind.ts';

/** From which level on a guard acts. */
export const GUARD_LEVELS = ['high', 'critical'] as const;
export type GuardLevel = (typeof GUARD_LEVELS)[number];

/** Characters of a line that is rated in a few milliseconds, whatever is in it. */
export const SHORT_LINE = 2_000;

/** What the hook of a shell asks before it runs a line. */
export interface GuardQuestion {
  /** As it would run; MUST NOT be printed, stored or passed to another program. */
  readonly command: string;
  readonly shell: ShellKind;
  /** Of the shell, which may differ from those of the service; real paths. */
  readonly cwd: string;
  readonly home: string;
  readonly from: GuardLevel;
}

/** Characters of an agent's input that the service reads. */
export const SHORT_INPUT = 16_000;

/** What `bin/caro.js` asks before it starts the guard of a coding agent. */
export interface AgentQuestion {
  /** What the hook was given; MUST NOT be printed, stored or passed to another program. */
  readonly input: string;
  readonly home: string;
  readonly from: GuardLevel;
}

/** Anything but `allow` is left to the guard itself. */
export interface GuardHint {
  readonly decision: 'allow' | 'unsure';
}

/** What it does: has somebody asked, or refuses. */
export const GUARD_ACTIONS = ['ask', 'deny'] as const;
export type GuardAction = (typeof GUARD_ACTIONS)[number];

/** What it does with a command that it could not rate: lets it run, or refuses it. */
export const GUARD_FAILURES = ['open', 'closed'] as const;

/** `[guard]` of `caro.toml`. People are always asked; both actions are for coding agents. */
export interface GuardSettings {
  readonly high: GuardAction;
  readonly critical: GuardAction;
  readonly on_failure: (typeof GUARD_FAILURES)[number];
}

export const GUARD_DEFAULTS: GuardSettings = { high: 'ask', critical: 'deny', on_failure: 'open' };

export type GuardDecision = 'allow' | GuardAction;

export interface GuardAnswer {
  readonly decision: GuardDecision;
  /** Null where the command could not be rated. */
  readonly level: RiskLevel | null;
  /** Ids of the rules that decided, highest level first. */
  readonly rules: readonly string[];
  /** Why, in whole sentences; contains nothing of the command. Empty where the command may run. */
  readonly reason: string;
  /** What to do instead; may be empty. */
  readonly safer: string;
}

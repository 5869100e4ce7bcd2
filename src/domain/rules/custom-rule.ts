/*
 * Rules that an organization adds (docs/custom-rules.md). Their names stay on the node: what leaves
 * it counts them as one family without names.
 */
import type { RiskLevel } from '../events/risk-level.ts';

/** Family of all custom rules, and the only word about them that may leave the node. */
export const ORGANISATION = 'organisation';
const PREFIX = `${ORGANISATION}.`;

/** Id of a custom rule: the family and a name; also stored with commands. */
export const customRuleId = (name: string): string => PREFIX + name;
export const isCustomRule = (id: string): boolean => id.startsWith(PREFIX);

/** A file of the rule folder. */
export interface RuleFile {
  /** Path inside the folder, e.g. `linux/crontab.yml`. */
  readonly name: string;
  readonly text: string;
}

/** A file that is not read, and why. */
export interface RefusedFile {
  readonly name: string;
  readonly reason: string;
}

/** What the rule folder holds. */
export interface RuleFolder {
  readonly folder: string;
  /** Changes whenever the content does. */
  readonly version: string;
  readonly files: readonly RuleFile[];
  readonly refused: readonly RefusedFile[];
}

export const RULE_STATES = ['in-force', 'other-system', 'set-aside'] as const;
export type RuleState = (typeof RULE_STATES)[number];

/** A rule as `caro rules list` shows it. */
export interface CustomRuleLine {
  /** Null where the file holds no rule that can be named. */
  readonly id: string | null;
  readonly file: string;
  readonly title: string | null;
  readonly level: RiskLevel | null;
  /** MITRE ATT&CK techniques of its tags. */
  readonly techniques: readonly string[];
  readonly state: RuleState;
  /** Why it is set aside. */
  readonly reason: string | null;
  /** What to do instead, in the words of the rule. */
  readonly advice: string | null;
  /** What a reader of the rule should know although it is in force. */
  readonly notes: readonly string[];
}

export interface RulesReport {
  readonly folder: string;
  readonly rules: readonly CustomRuleLine[];
}

/** The part of `caro status` about custom rules. */
export interface RulesStatus {
  readonly inForce: number;
  readonly setAside: number;
  /** Why no custom rule is applied, if so. */
  readonly trouble: string | null;
}

/** What a rule would have changed in this node's history (`caro rules test --replay`). */
export interface ReplayResult {
  readonly rules: readonly CustomRuleLine[];
  readonly since: string;
  /** Commands that were read again. */
  readonly commands: number;
  /** Commands that a rule matches. */
  readonly matches: number;
  /** Commands whose level would have been another one. */
  readonly changes: readonly { readonly from: RiskLevel; readonly to: RiskLevel; readonly count: number }[];
  /** The newest of these commands, as stored: secrets are masked. */
  readonly examples: readonly ReplayedCommand[];
  /** How far back was read (ISO 8601 UTC) where the time limit came first; else null. */
  readonly readTo: string | null;
}

export interface ReplayedCommand {
  readonly id: number;
  readonly time: string;
  readonly command: string;
  readonly from: RiskLevel;
  readonly to: RiskLevel;
  readonly rules: readonly string[];
}

/** What is known of an ATT&CK technique that rules name. */
import type { RiskLevel } from '../events/risk-level.ts';

export interface TechniqueRule {
  readonly id: string;
  readonly family: string;
  readonly level: RiskLevel;
  /** What the rule finds dangerous, and what to do instead. */
  readonly reason: string;
  readonly safer: string;
}

export interface TechniqueGuide {
  readonly id: string;
  readonly name: string;
  readonly tactic: string;
  /** Families of its rules. */
  readonly families: readonly string[];
  /** Only of the technique that was asked for. */
  readonly rules: readonly TechniqueRule[];
}

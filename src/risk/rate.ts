/**
 * Analyses and rates one command in one call, for `caro assess`, scripts and tests. The service
 * does the same in two actors, the classifier and the risk assessor.
 */
import type { RiskLevel } from '../domain/events/risk-level.ts';
import { analyse } from '../shell/analyse.ts';
import { type Family, familyOf } from '../shell/catalogue/catalogue.ts';
import { mainPattern } from '../shell/catalogue/main-pattern.ts';
import type { Dialect } from '../shell/model.ts';
import { type Redacted, redact } from '../shell/redact.ts';
import { assess, type CustomRules, type Finding } from './assess.ts';
import type { PathContext } from './subjects/paths.ts';

export interface Rating {
  readonly level: RiskLevel;
  readonly findings: readonly Finding[];
  /** Tools of the top-level pipeline or list, as resolved (docs/design.md §10). */
  readonly tools: readonly string[];
  /** Family of the main tool of the line; `other` outside the catalogue. */
  readonly category: Family;
  /** The pattern that the line is counted as, from closed lists only. */
  readonly pattern: string;
  readonly redacted: Redacted;
}

/** Analyses, classifies, rates and redacts a command. Never throws. */
export const rate = (
  command: string,
  dialect: Dialect,
  pathContext: PathContext = {},
  custom?: CustomRules,
): Rating => {
  const analysis = analyse(command, dialect);
  const pattern = mainPattern(analysis);
  return {
    ...assess(analysis, pathContext, custom),
    tools: analysis.tools,
    category: familyOf(pattern.tool),
    pattern: pattern.name,
    redacted: redact(command, analysis),
  };
};

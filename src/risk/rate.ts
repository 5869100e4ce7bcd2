/** Everything the daemon and `caro assess` want to know of one command, in one call. */
import type { RiskLevel } from '../domain/events/risk-level.ts';
import { analyse } from '../shell/analyse.ts';
import { type Family, familyOf } from '../shell/catalogue/catalogue.ts';
import { mainPattern } from '../shell/catalogue/main-pattern.ts';
import type { Dialect } from '../shell/model.ts';
import { type Redacted, redact } from '../shell/secrets/redact.ts';
import { assess, type Finding } from './assess.ts';
import type { PathContext } from './paths.ts';

export interface Rating {
  readonly level: RiskLevel;
  readonly findings: readonly Finding[];
  /** Tools of the top-level pipeline or list, as resolved (design.md §10). */
  readonly tools: readonly string[];
  /** Family of the tool that the line is about; `other` outside the catalogue. */
  readonly category: Family;
  /** What the line is counted as, from closed lists only. */
  readonly pattern: string;
  readonly redacted: Redacted;
}

/** Analyses, classifies, rates and redacts a command. Never throws on any input. */
export const rate = (command: string, dialect: Dialect, pathContext: PathContext = {}): Rating => {
  const analysis = analyse(command, dialect);
  const pattern = mainPattern(analysis);
  return {
    ...assess(analysis, pathContext),
    tools: analysis.tools,
    category: familyOf(pattern.tool),
    pattern: pattern.name,
    redacted: redact(command, analysis),
  };
};

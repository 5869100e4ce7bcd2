/** Everything the daemon and `caro assess` want to know of one command, in one call. */
import type { RiskLevel } from '../domain/risk-level.ts';
import { analyse } from '../shell/analyse.ts';
import { type Family, familyOf, patternOf } from '../shell/catalogue.ts';
import type { Analysis, Dialect, Invocation } from '../shell/model.ts';
import { type Redacted, redact } from '../shell/redact.ts';
import { assess, type Finding } from './assess.ts';
import type { Place } from './paths.ts';

export interface Rating {
  readonly level: RiskLevel;
  readonly findings: readonly Finding[];
  /** Tools of the top-level pipeline or list, as resolved (design.md §10). */
  readonly tools: readonly string[];
  /** Family of the first tool that the catalogue knows; `other` where there is none. */
  readonly category: Family;
  /** What the command is counted as: the pattern of that tool, from closed lists only. */
  readonly pattern: string;
  readonly redacted: Redacted;
}

const leading = (analysis: Analysis): Invocation | undefined => {
  const top = analysis.invocations.filter((item) => item.topLevel);
  const candidates = top.length > 0 ? top : analysis.invocations;
  return candidates.find((item) => familyOf(item.tool) !== 'other') ?? candidates[0];
};

/** Analyses, classifies, rates and redacts a command. Never throws on any input. */
export const rate = (command: string, dialect: Dialect, place: Place = {}): Rating => {
  const analysis = analyse(command, dialect);
  const first = leading(analysis);
  return {
    ...assess(analysis, place),
    tools: analysis.tools,
    category: first ? familyOf(first.tool) : 'other',
    pattern: first ? patternOf(first) : 'other',
    redacted: redact(command, analysis),
  };
};

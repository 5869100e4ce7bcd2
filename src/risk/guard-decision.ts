/**
 * Decides whether a command may run unasked. Pure, so that it is the same wherever it was rated.
 */
import { riskRank } from '../domain/events/risk-level.ts';
import type { GuardAnswer, GuardLevel, GuardSettings } from '../domain/guard/guard.ts';
import { ORGANISATION } from '../domain/rules/custom-rule.ts';
import type { Assessment, Finding } from './assess.ts';

/** The rule about lines that could not be read to their end. */
const UNREADABLE = 'evasion.unreadable';

/**
 * Acts on findings of at least `from`. A line that could not be read completely is asked about at
 * every level: otherwise whoever makes a line long enough would get past the guard.
 */
export function guardDecision({ findings }: Assessment, from: GuardLevel, settings: GuardSettings): GuardAnswer {
  const acted = findings.filter(({ rule, level }) => rule === UNREADABLE || riskRank(level) >= riskRank(from));
  const [first] = acted;
  const level = findings[0]?.level ?? 'safe';
  if (first === undefined) return { decision: 'allow', level, rules: [], reason: '', safer: '' };
  const decision = first.level === 'critical' ? settings.critical : settings.high;
  const reasons = new Set(acted.map(({ reason }) => reason));
  return {
    decision: isOnlyUnreadable(acted) ? 'ask' : decision,
    level,
    // The id of a custom rule says what an organization looks for.
    rules: [...new Set(acted.map(({ rule, family }) => (family === ORGANISATION ? ORGANISATION : rule)))],
    reason: [...reasons].slice(0, REASONS).join(' '),
    safer: first.safer,
  };
}

/** More of them are not read. */
const REASONS = 3;

const isOnlyUnreadable = (acted: readonly Finding[]): boolean => acted.every(({ rule }) => rule === UNREADABLE);

/** The answer where the rating failed; `why` completes "The command could not be rated: …". */
export const unratedDecision = (why: string, { on_failure: failure }: GuardSettings): GuardAnswer => ({
  decision: failure === 'open' ? 'allow' : 'deny',
  level: null,
  rules: [],
  reason: `The command could not be rated: ${why}.`,
  safer: '',
});

/** The answer where a line needs more time than there is. */
export const TOO_LONG: GuardAnswer = {
  decision: 'ask',
  level: 'moderate',
  rules: [UNREADABLE],
  reason: 'The line is too long to be read in time, so nobody can say what it does.',
  safer: 'Put it into a script, and rate that with caro assess.',
};

/** What the guard does with a rating: which findings count, who decides, and what it says. */
import { describe, expect, test } from '@jest/globals';
import type { RiskLevel } from '../../src/domain/events/risk-level.ts';
import type { GuardSettings } from '../../src/domain/guard/guard.ts';
import type { Assessment, Finding } from '../../src/risk/assess.ts';
import { guardDecision, TOO_LONG, unratedDecision } from '../../src/risk/guard-decision.ts';
import { rate } from '../../src/risk/rate.ts';

const SETTINGS: GuardSettings = { high: 'ask', critical: 'deny', on_failure: 'open' };

const finding = (rule: string, level: RiskLevel, more: Partial<Finding> = {}): Finding => ({
  rule,
  level,
  family: 'files',
  reason: `Reason of ${rule}.`,
  safer: `Instead of ${rule}.`,
  ...more,
});
const rated = (...findings: readonly Finding[]): Assessment => ({ level: findings[0]?.level ?? 'safe', findings });

describe('a level from which the guard acts', () => {
  test.each([
    ['git status', 'high', 'allow', 'safe'],
    ['git status', 'critical', 'allow', 'safe'],
    ['rm -rf notes', 'high', 'allow', 'moderate'],
    ['git push --force', 'high', 'ask', 'high'],
    ['git push --force', 'critical', 'allow', 'high'],
    ['rm -rf /', 'high', 'deny', 'critical'],
    ['rm -rf /', 'critical', 'deny', 'critical'],
  ] as const)('%s, from %s: %s', (command, from, decision, level) => {
    expect(guardDecision(rate(command, 'bash'), from, SETTINGS)).toMatchObject({ decision, level });
  });

  test('leaves a command that runs without rules, reason and advice', () => {
    const answer = guardDecision(rated(finding('files.a', 'moderate')), 'high', SETTINGS);
    expect(answer).toEqual({ decision: 'allow', level: 'moderate', rules: [], reason: '', safer: '' });
  });
});

describe('the settings of the owner', () => {
  const other: GuardSettings = { high: 'deny', critical: 'ask', on_failure: 'open' };

  test('decide by the highest finding', () => {
    const both = rated(finding('files.a', 'critical'), finding('files.b', 'high'));
    expect(guardDecision(both, 'high', other).decision).toBe('ask');
    expect(guardDecision(rated(finding('files.b', 'high')), 'high', other).decision).toBe('deny');
  });

  test('do not deny a line of which only the length is known', () => {
    const unread = finding('evasion.unreadable', 'high');
    expect(guardDecision(rated(unread), 'high', other).decision).toBe('ask');
    expect(guardDecision(rated(finding('evasion.unreadable', 'moderate')), 'critical', other).decision).toBe('ask');
    expect(guardDecision(rated(finding('files.b', 'high'), unread), 'high', other).decision).toBe('deny');
  });
});

describe('what the guard says', () => {
  test('names the rules that count, each once, and custom rules by their family only', () => {
    const { rules } = guardDecision(
      rated(
        finding('organisation.secret-plan', 'critical', { family: 'organisation' }),
        finding('organisation.other-plan', 'high', { family: 'organisation' }),
        finding('files.a', 'high'),
        finding('files.b', 'moderate'),
      ),
      'high',
      SETTINGS,
    );
    expect(rules).toEqual(['organisation', 'files.a']);
  });

  test('gives three reasons at most, equal ones once, and the advice of the worst finding', () => {
    const answer = guardDecision(
      rated(
        finding('files.a', 'critical', { reason: 'One.' }),
        finding('files.b', 'high', { reason: 'One.' }),
        finding('files.c', 'high', { reason: 'Two.' }),
        finding('files.d', 'high', { reason: 'Three.' }),
        finding('files.e', 'high', { reason: 'Four.' }),
        finding('files.f', 'moderate', { reason: 'Never.' }),
      ),
      'high',
      SETTINGS,
    );
    expect(answer).toMatchObject({ reason: 'One. Two. Three.', safer: 'Instead of files.a.' });
  });
});

describe('a line without a rating', () => {
  test.each([
    ['open', 'allow'],
    ['closed', 'deny'],
  ] as const)('with on_failure %s: %s', (failure, decision) => {
    expect(unratedDecision('no input', { ...SETTINGS, on_failure: failure })).toEqual({
      decision,
      level: null,
      rules: [],
      reason: 'The command could not be rated: no input.',
      safer: '',
    });
  });

  test('that takes too long is asked about, and told as one that was not read', () => {
    expect(TOO_LONG).toMatchObject({ decision: 'ask', level: 'moderate', rules: ['evasion.unreadable'] });
  });
});

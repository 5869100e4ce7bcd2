import { describe, expect, test } from '@jest/globals';
import type { PendingReport } from '../../src/domain/blind/participation.ts';
import type { Configuration } from '../../src/domain/configuration.ts';
import { decideReport, reportStop } from '../../src/policy/blind-reports.ts';

type Given = Pick<Configuration, 'mesh' | 'sharing' | 'blind' | 'trust'>;
const OPEN = { mesh: { enabled: true }, sharing: { level: 1 }, blind: { report: true, floor: 20, task: 'task' } };
const given = (change: { readonly [K in keyof typeof OPEN]?: object } = {}): Given => {
  const { mesh, sharing, blind } = OPEN;
  return {
    mesh: { ...mesh, ...change.mesh },
    sharing: { ...sharing, ...change.sharing },
    blind: { ...blind, ...change.blind },
    trust: { nodes: {} },
  } as Given;
};
const STOPS: readonly (readonly [string, Given, number])[] = [
  ['mesh.enabled', given({ mesh: { enabled: false } }), 20],
  ['sharing.level', given({ sharing: { level: 0 } }), 20],
  ['blind.report', given({ blind: { report: false } }), 20],
  ['blind.floor', given(), 19],
];
const pending: PendingReport = { recipient: 'leader', role: 'leader', task: 'task', floor: 20 };
const toLeader = ['leader', (id: string): boolean => id === 'leader'] as const;

describe('a report for blind totals', () => {
  test.each(STOPS)('does not leave against %s, and the reason names it', (rule, settings, floor) => {
    expect(reportStop(settings, floor)).toBe(rule);
    const decision = decideReport(settings, { ...pending, floor }, ...toLeader);
    expect(decision).toMatchObject({ allow: false, level: null, rule });
    expect(decision.reason).toContain(rule);
  });

  test('leaves where no setting keeps it, at the floor of the owner and above', () => {
    expect([20, 21].map((floor) => reportStop(given(), floor))).toEqual([null, null]);
    expect(decideReport(given(), pending, ...toLeader)).toMatchObject({ allow: true, level: null, rule: 'blind.task' });
  });

  test.each([
    ['this node has not made it', null],
    ['it is for another task', { ...pending, task: 'other' }],
    ['it is for another node', { ...pending, recipient: 'trustee' }],
  ])('does not leave if %s', (_why, report) => {
    expect(decideReport(given(), report, ...toLeader)).toMatchObject({ allow: false, level: null, rule: 'blind.task' });
  });

  test('leaves for a trustee as long as the roster names it, by its old key or its new one', () => {
    const share: PendingReport = { ...pending, recipient: 'trustee', role: 'trustee' };
    const decided = (trustees: readonly string[], nodes = {}) => {
      const roster = { isTrustee: (id: string) => trustees.includes(id) };
      const settings = { ...given(), trust: { nodes, roster } } as unknown as Given;
      return decideReport(settings, share, 'trustee-later', () => true).rule;
    };
    expect([['trustee'], ['trustee-later'], ['another']].map((named) => decided(named))).toEqual([
      'blind.task',
      'blind.task',
      'blind.trustee',
    ]);
    const noTrustees = { ...given(), trust: { nodes: {}, roster: { isTrustee: () => false } } } as unknown as Given;
    expect(decideReport(noTrustees, pending, ...toLeader).allow).toBe(true);
    expect(decided([], { trustee: 'contact' })).toBe('blind.task');
    expect(decided([], { trustee: 'untrusted' })).toBe('blind.trustee');
    expect(decideReport(given(), share, 'trustee', () => true).allow).toBe(true);
  });
});

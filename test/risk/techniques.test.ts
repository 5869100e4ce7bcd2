import { expect, test } from '@jest/globals';
import { RULES } from '../../src/risk/rule-set.ts';
import { TECHNIQUES, techniqueOf } from '../../src/risk/techniques.ts';

/**
 * Ids that ATT&CK has withdrawn (`revoked-by` in the STIX data of version 19), and their
 * successors.
 */
const WITHDRAWN: Readonly<Record<string, string>> = {
  T1562: 'T1685',
  'T1562.001': 'T1685',
  'T1562.002': 'T1685.001',
  'T1562.003': 'T1690',
  'T1562.004': 'T1686',
  'T1562.006': 'T1685',
  'T1562.007': 'T1686.001',
  'T1562.008': 'T1685.002',
  'T1562.009': 'T1688',
  'T1562.010': 'T1689',
  'T1562.011': 'T1685.003',
  'T1562.012': 'T1685.004',
  'T1562.013': 'T1686.002',
  'T1070.001': 'T1685.005',
  'T1070.002': 'T1685.006',
  T1656: 'T1684.001',
  T1672: 'T1684.002',
  'T1574.002': 'T1574.001',
  'T1547.011': 'T1647',
};

test('no rule names a withdrawn technique', () => {
  const named = RULES.flatMap(({ id, technique }) => (technique === undefined ? [] : [[id, technique] as const]));
  for (const [id, technique] of named) expect([id, WITHDRAWN[technique]]).toEqual([id, undefined]);
  expect(named.length).toBeGreaterThan(100);
});

test('every technique has the form of an id, a name and a tactic, and a rule names it', () => {
  const used = new Set<string | undefined>(RULES.map(({ technique }) => technique));
  for (const [id, { name, tactic }] of Object.entries(TECHNIQUES)) {
    expect(id).toMatch(/^T\d{4}(?:\.\d{3})?$/);
    expect(WITHDRAWN[id]).toBeUndefined();
    expect(name).toMatch(/^[A-Z/]/);
    expect(tactic).not.toBe('Defense Evasion');
    expect([id, used.has(id)]).toEqual([id, true]);
  }
});

test('defenses that are switched off belong to Defense Impairment, removed traces to Stealth', () => {
  expect(techniqueOf('T1685')).toEqual({ name: 'Disable or Modify Tools', tactic: 'Defense Impairment' });
  expect(techniqueOf('T1070.003')?.tactic).toBe('Stealth');
  expect(techniqueOf('T1562.001')).toBeUndefined();
});

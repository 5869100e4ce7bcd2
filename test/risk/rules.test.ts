import { describe, expect, test } from '@jest/globals';
import { assess } from '../../src/risk/assess.ts';
import { describeRules, ruleFacts } from '../../src/risk/describe.ts';
import { RISK_FAMILIES } from '../../src/risk/rule.ts';
import { RULES } from '../../src/risk/rule-set.ts';
import { analyse } from '../../src/shell/analyse.ts';
import { ALL_EXAMPLES } from './examples/all-examples.ts';

const firing = (command: string): readonly string[] =>
  assess(analyse(command, 'bash')).findings.map((finding) => finding.rule);

describe('every rule (FR-404)', () => {
  test('has examples of both kinds, and every example belongs to a rule', () => {
    expect(Object.keys(ALL_EXAMPLES).sort()).toEqual(RULES.map((rule) => rule.id).sort());
    for (const [id, { fires, silent }] of Object.entries(ALL_EXAMPLES))
      expect([id, fires.length > 0, silent.length > 0]).toEqual([id, true, true]);
  });

  test.each(Object.entries(ALL_EXAMPLES))('%s finds its examples and no others', (id, { fires, silent }) => {
    for (const command of fires)
      expect({ command, rules: firing(command) }).toEqual({ command, rules: expect.arrayContaining([id]) });
    for (const command of silent)
      expect({ command, rules: firing(command) }).toEqual({ command, rules: expect.not.arrayContaining([id]) });
  });

  test('has a unique id, a known family, and readable texts', () => {
    expect(new Set(RULES.map((rule) => rule.id)).size).toBe(RULES.length);
    for (const rule of RULES) {
      expect(rule.id).toMatch(/^[a-z-]+\.[a-z-]+$/);
      expect(RISK_FAMILIES).toContain(rule.family);
      for (const text of [rule.reason, rule.safer]) expect(text).toMatch(/^[A-Z].{6,140}\.$/);
    }
  });

  test('belongs to a family, and every family has rules', () => {
    // The last family is that of custom rules.
    const families = RISK_FAMILIES.filter((family) => family !== 'organisation');
    expect(new Set(RULES.map((rule) => rule.family))).toEqual(new Set(families));
  });

  test('can be described by its id; unknown ids are left out', () => {
    const [described, ...rest] = describeRules(['git.push-force', 'git.gone']);
    expect(rest).toEqual([]);
    expect(described).toMatchObject({ id: 'git.push-force', level: 'high', family: 'git', technique: 'T1565.001' });
    expect(ruleFacts()['files.remove-tree']).toEqual({ family: 'files', technique: 'T1485' });
    expect(Object.keys(ruleFacts())).toHaveLength(RULES.length + 1);
  });
});

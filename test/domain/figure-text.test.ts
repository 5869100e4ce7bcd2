import { describe, expect, test } from '@jest/globals';
import { alertCondition, alertValue } from '../../src/domain/alerts/alert-text.ts';
import { changeInPercent, rateText, shareInPercent } from '../../src/domain/trends/figure-text.ts';

describe('figures in words', () => {
  test('a change has its sign, and a tiny one is none', () => {
    expect([0.123, -0.034, 0.004, 0].map(changeInPercent)).toEqual(['+12%', '−3%', '±0%', '±0%']);
  });

  test('a small rate or share is not shown as zero', () => {
    expect([0, 0.004_21, 0.5, 7, 1_234.56].map((rate) => rateText(rate))).toEqual([
      ...['0.0', '0.0042', '0.5', '7.0', '1,234.6'],
    ]);
    expect([0, 0.001, 0.4].map(shareInPercent)).toEqual(['0%', 'less than 1%', '40%']);
  });

  test('an alert tells value and bound with their units, and an unknown value as a dash', () => {
    const rise = { measure: 'risky', condition: 'change', bound: 25 } as const;
    expect([alertValue(rise, 31.24), alertValue(rise, -4), alertValue(rise, null)]).toEqual(['+31.2%', '−4%', '–']);
    expect([alertCondition(rise), alertCondition({ ...rise, bound: -20 })]).toEqual([
      ...['a rise of at least 25%', 'a fall of at least 20%'],
    ]);
    const above = { condition: 'above', bound: 0.5 } as const;
    expect([
      alertValue({ ...above, measure: 'kinds.git' }, 1.43),
      alertValue({ ...above, measure: 'techniques.T1070' }, 2),
      alertValue({ ...above, measure: 'contributors' }, 9_300),
      alertCondition(above),
    ]).toEqual(['1.4 per 1,000 commands', '2.0 per 1,000 nodes and day', '9,300 nodes', 'above 0.5']);
  });
});

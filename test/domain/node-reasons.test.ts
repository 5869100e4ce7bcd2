import { expect, test } from '@jest/globals';
import { NODE_REASONS, reasonOfCode } from '../../src/domain/status/node-reasons.ts';

test.each(['clock_skewed', 'certificate_expired'] as const)('%s is shown as a matter of clocks', (code) => {
  expect(NODE_REASONS[reasonOfCode(code)]).toContain('clocks');
});

test('a code without a reason of its own is shown as a refusal', () => {
  expect(reasonOfCode('certificate_kind')).toBe('refused');
});

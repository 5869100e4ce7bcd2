import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { riskReference } from '../../scripts/generate/risk-reference.ts';

test('docs/risk.md matches the rules', () => {
  expect(readFileSync(join(__dirname, '../../docs/risk.md'), 'utf8')).toBe(riskReference());
});

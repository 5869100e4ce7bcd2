/** The reasons of the program and of docs/operations.md are the same. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { NODE_REASONS } from '../../src/domain/status/node-reasons.ts';

test('every reason is documented with the same words, in the same order', () => {
  const text = readFileSync(resolve(__dirname, '../../docs/operations.md'), 'utf8');
  const section = /### Why a node is not connected\n([\s\S]*?)\n## /.exec(text)?.[1] ?? '';
  const rows = [...section.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, name, why]) => [name, why]);
  expect(rows).toEqual(Object.entries(NODE_REASONS));
});

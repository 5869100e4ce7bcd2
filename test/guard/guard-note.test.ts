import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RISK_LEVELS } from '../../src/domain/events/risk-level.ts';
import { decodeGuardNote, encodeGuardNote, GUARD_DEEDS } from '../../src/domain/guard/guard-note.ts';

const note = fc.record({
  id: fc.stringMatching(/^[0-9a-f]{12}$/),
  author: fc.constantFrom('human', 'claude-code', 'x'),
  level: fc.constantFrom(...RISK_LEVELS, 'unrated' as const),
  did: fc.constantFrom(...GUARD_DEEDS),
  rules: fc.array(fc.constantFrom('files.remove-tree', 'organisation'), { maxLength: 8 }),
});

test('a note is read as it was written', () => {
  fc.assert(fc.property(note, (one) => expect(decodeGuardNote(encodeGuardNote(one))).toEqual(one)));
});

test.each([
  ['a command', '{"id":"000000000000","author":"rm -rf /","level":"high","did":"denied","rules":[]}'],
  ['a rule with blanks', '{"id":"000000000000","author":"x","level":"high","did":"denied","rules":["rm -rf /"]}'],
  ['another field', '{"id":"000000000000","author":"x","level":"high","did":"denied","rules":[],"text":"ls"}'],
  ['another order', '{"author":"x","id":"000000000000","level":"high","did":"denied","rules":[]}'],
  ['an unknown deed', '{"id":"000000000000","author":"x","level":"high","did":"sent","rules":[]}'],
  ['no object', 'null'],
  ['a part', '{"id":"0000'],
])('what holds %s is no note', (_what, text) => expect(decodeGuardNote(text)).toBeUndefined());

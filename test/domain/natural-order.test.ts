import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { naturalOrder } from '../../src/domain/natural-order.ts';

test('numbers in names are ordered by their value', () => {
  const names = [
    'member-10',
    'dev-02',
    'member-2',
    'member',
    'member-1a',
    'dev-10',
    'member-1',
    'dev-1',
    'v1.10',
    'v1.9',
  ];
  expect(names.toSorted(naturalOrder)).toEqual([
    'dev-1',
    'dev-02',
    'dev-10',
    'member',
    'member-1',
    'member-1a',
    'member-2',
    'member-10',
    'v1.9',
    'v1.10',
  ]);
});

test('names have one order, whichever way they come', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '-', '0', '1', '2'), maxLength: 6 });
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 12 }), (names) => {
      const sorted = names.toSorted(naturalOrder);
      expect(names.toReversed().toSorted(naturalOrder)).toEqual(sorted);
      for (const [at, one] of sorted.entries())
        for (const later of sorted.slice(at + 1)) expect(naturalOrder(one, later)).toBeLessThan(0);
    }),
    { numRuns: 2_000 },
  );
});

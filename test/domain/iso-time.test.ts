import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isoTime } from '../../src/domain/iso-time.ts';

const FARTHEST = 8_640_000_000_000_000;

describe('an instant in ISO 8601', () => {
  test('reads as the language writes it, for every instant there is', () => {
    fc.assert(
      fc.property(fc.integer({ min: -FARTHEST, max: FARTHEST }), (ms) => {
        expect(isoTime(ms)).toBe(new Date(ms).toISOString());
      }),
    );
  });

  test.each([
    [0, '1970-01-01T00:00:00.000Z'],
    [951_782_400_007, '2000-02-29T00:00:00.007Z'],
    [-1, '1969-12-31T23:59:59.999Z'],
    [253_402_300_799_999, '9999-12-31T23:59:59.999Z'],
    [253_402_300_800_000, '+010000-01-01T00:00:00.000Z'],
    [-62_167_219_200_001, '-000001-12-31T23:59:59.999Z'],
    [1.9, '1970-01-01T00:00:00.001Z'],
  ])('of %d is %s', (ms, text) => {
    expect(isoTime(ms)).toBe(text);
  });

  test.each([Number.NaN, FARTHEST + 1])('is refused for %d', (ms) => {
    expect(() => isoTime(ms)).toThrow(RangeError);
  });
});

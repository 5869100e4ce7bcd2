import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isoTime, TIME_PATTERN } from '../../src/domain/time/iso-time.ts';

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

describe('an instant that others name', () => {
  const form = new RegExp(TIME_PATTERN);

  test('is any that we write, to the year 9999', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }), (ms) => {
        expect(isoTime(ms)).toMatch(form);
      }),
    );
  });

  test('is a number wherever it has the form', () => {
    const two = fc.integer({ min: 0, max: 99 }).map((value) => String(value).padStart(2, '0'));
    fc.assert(
      fc.property(fc.tuple(two, two, two, two, two), ([month, day, hour, minute, second]) => {
        const text = `2026-${month}-${day}T${hour}:${minute}:${second}Z`;
        expect(!form.test(text) || Number.isFinite(Date.parse(text))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    '2026-13-01T00:00:00Z',
    '2026-01-32T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01',
  ])('is not %s', (text) => {
    expect(text).not.toMatch(form);
  });
});

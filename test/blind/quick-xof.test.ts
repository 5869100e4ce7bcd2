/** The fast expansion against the one of `@divviup/xof`, around ends of its blocks of 168 bytes. */
import { XofTurboShake128 } from '@divviup/xof';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { QuickField128, QuickXof } from '../../src/blind/vdaf/field-128.ts';

const bytes = (minLength: number, maxLength = minLength) => fc.uint8Array({ minLength, maxLength });
const input = fc.tuple(bytes(16), bytes(0, 255), bytes(0, 700));

describe('the fast expansion', () => {
  test('reads the same stream, in pieces of any length', async () => {
    const pieces = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(input, pieces, async ([seed, tag, binder], lengths) => {
        const [quick, slow] = [new QuickXof(seed, tag, binder), new XofTurboShake128(seed, tag, binder)];
        for (const length of lengths) expect(await quick.next(length)).toEqual(await slow.next(length));
      }),
      { numRuns: 200 },
    );
  });

  test('makes the same elements of a field', async () => {
    const field = new QuickField128();
    await fc.assert(
      fc.asyncProperty(input, fc.integer({ min: 0, max: 40 }), async ([seed, tag, binder], length) => {
        expect(await QuickXof.expandIntoVec(field, seed, tag, binder, length)).toEqual(
          await XofTurboShake128.expandIntoVec(field, seed, tag, binder, length),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('takes input that is a part of other bytes, at any place', async () => {
    const around = Uint8Array.from({ length: 900 }, (_, index) => index % 251);
    for (const start of [0, 1, 2, 3]) {
      const [seed, tag, binder] = [
        around.subarray(start, start + 16),
        around.subarray(start + 16, start + 24),
        around.subarray(start + 24, start + 824),
      ];
      const slow = new XofTurboShake128(seed.slice(), tag.slice(), binder.slice());
      expect(await new QuickXof(seed, tag, binder).next(400)).toEqual(await slow.next(400));
    }
  });

  test('refuses a seed of another length and a tag that is too long', () => {
    const none = new Uint8Array(0);
    expect(() => new QuickXof(new Uint8Array(15), none, none)).toThrow('expected a seed of 16 bytes, got 15');
    expect(() => new QuickXof(new Uint8Array(16), new Uint8Array(256), none)).toThrow('at most 255 bytes, got 256');
  });
});

/** TurboSHAKE128 in WebAssembly against RFC 9861 §5 and against `@noble/hashes`. */
import { describe, expect, test } from '@jest/globals';
import { turboshake128 } from '@noble/hashes/sha3-addons.js';
import fc from 'fast-check';
import { TurboShake128 } from '../../src/blind/vdaf/turbo-shake.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('TurboSHAKE128', () => {
  test('gives the bytes of RFC 9861 for the domain of Prio3', () => {
    const message = Uint8Array.of(0xff, 0xff, 0xff);
    expect(hex(new TurboShake128([message]).read(32))).toBe(
      'bf323f940494e88ee1c540fe660be8a0c93f43d15ec006998462fa994eed5dab',
    );
  });

  test('gives the bytes of the library for any message, in any pieces', () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 4 });
    const reads = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(parts, reads, (message, lengths) => {
        const stream = new TurboShake128(message);
        const all = lengths.reduce((sum, length) => sum + length, 0);
        const read = Buffer.concat(lengths.map((length) => stream.read(length)));
        expect(hex(read)).toBe(hex(turboshake128(Buffer.concat(message), { D: 1, dkLen: all })));
      }),
    );
  });

  test('keeps streams apart that are read in turn', () => {
    const messages = [Buffer.from('one'), Buffer.from('other')];
    const streams = messages.map((message) => ({ stream: new TurboShake128([message]), read: [] as Uint8Array[] }));
    for (const length of [100, 200, 300]) for (const { stream, read } of streams) read.push(stream.read(length));
    expect(streams.map(({ read }) => hex(Buffer.concat(read)))).toEqual(
      messages.map((message) => hex(turboshake128(message, { D: 1, dkLen: 600 }))),
    );
  });
});

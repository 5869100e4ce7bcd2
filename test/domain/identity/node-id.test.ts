import { describe, expect, test } from '@jest/globals';
import { Point } from '@noble/ed25519';
import fc from 'fast-check';
import { encodeNodeId, NODE_ID_PATTERN, parseNodeId } from '../../../src/domain/identity/node-id.ts';
import { validateRotationStatement } from '../../../src/generated/statement-validators.js';
import { encodeInviteCode } from '../../../src/mesh/pairing/invite-code.ts';
import { codeOf } from '../../rig/error-code.ts';

const P = 2n ** 255n - 19n;
const SIGN = 2n ** 255n;
const littleEndian = (value: bigint): Uint8Array =>
  new Uint8Array(Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse());
/** y of a point of order 8 (RFC 8032 §5.1); `points` checks it. */
const ORDER_8_Y = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;
const SMALL_ORDER = [0n, 1n, P - 1n, ORDER_8_Y, P - ORDER_8_Y];
const NOT_CANONICAL = Array.from({ length: 19 }, (_, index) => P + BigInt(index));
const WEAK = [...SMALL_ORDER, ...NOT_CANONICAL].flatMap((y) => [y, y + SIGN]);
const known = new Set(WEAK);

describe('a node id', () => {
  test.each(SMALL_ORDER.map(String))('of small order is what this test holds against it: y = %s', (y) => {
    const point = Point.fromBytes(littleEndian(BigInt(y)), true);
    expect(point.clearCofactor().is0()).toBe(true);
  });

  test.each(WEAK.map((value) => encodeNodeId(littleEndian(value))))('is refused: %s', (id) => {
    expect(parseNodeId(id)).toBeUndefined();
    expect(new RegExp(NODE_ID_PATTERN).test(id)).toBe(false);
  });

  test('of any other 32 bytes is read as it was written', () => {
    const nearWeak = fc.tuple(fc.constantFrom(...WEAK), fc.nat(255)).map(([value, bit]) => value ^ (1n << BigInt(bit)));
    const any = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
    fc.assert(
      fc.property(fc.oneof(nearWeak, any), (value) => {
        const key = littleEndian(value);
        expect(parseNodeId(encodeNodeId(key))).toEqual(known.has(value) ? undefined : key);
      }),
    );
  });

  test('is refused wherever one is read: in statements and in invite codes', () => {
    const [strong, weak] = [encodeNodeId(new Uint8Array(32).fill(1)), encodeNodeId(littleEndian(1n))];
    const time = '2026-11-29T12:00:00.000Z';
    const nonce = Buffer.alloc(16).toString('base64');
    const statement = { type: 'caro.rotation', version: 1, createdAt: time, from: time, until: time, nonce };
    expect(validateRotationStatement({ ...statement, old: strong, new: strong })).toBe(true);
    expect(validateRotationStatement({ ...statement, old: strong, new: weak })).toBe(false);
    expect(validateRotationStatement({ ...statement, old: weak, new: strong })).toBe(false);
    const invite = { host: '10.0.0.1', port: 1, secret: new Uint8Array(16) };
    expect(() => encodeInviteCode({ ...invite, id: weak })).toThrow('expected a node id');
    expect(codeOf(() => encodeInviteCode({ ...invite, id: strong }))).toBeUndefined();
  });
});

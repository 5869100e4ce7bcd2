import { createPrivateKey, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { getPublicKey, hashes, verify as nobleVerify, Point } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { signWithSeed } from '../../src/identity/pool-signature.ts';
import { verify } from '../../src/identity/signature.ts';

hashes.sha512 = sha512;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const P = 2n ** 255n - 19n;
const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const bytes32 = (value: bigint): Uint8Array =>
  hex(Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse().toString('hex'));
const number = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
const join = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** node:crypto signing with a bare seed. */
function opensslSign(seed: Uint8Array, message: Uint8Array): Uint8Array {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  return new Uint8Array(sign(null, message, createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })));
}
const strictNoble = (key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean =>
  nobleVerify(signature, message, key, { zip215: false });

/** RFC 8032 §7.1: tests 1, 2, 3 and SHA(abc). */
const RFC_8032 = [
  {
    seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    key: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    key: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    key: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
  {
    seed: '833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42',
    key: 'ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf',
    message:
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    signature:
      'dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704',
  },
] as const;

describe('Ed25519', () => {
  test.each(RFC_8032)('RFC 8032 §7.1 holds for OpenSSL and noble alike: message $message', (vector) => {
    const [seed, key, message, signature] = [vector.seed, vector.key, vector.message, vector.signature].map(hex) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    expect(getPublicKey(seed)).toEqual(key);
    expect(signWithSeed(seed, message)).toEqual(signature);
    expect(opensslSign(seed, message)).toEqual(signature);
    expect(verify(key, message, signature)).toBe(true);
    expect(strictNoble(key, message, signature)).toBe(true);
  });

  test('OpenSSL and noble make the same signature for any seed and message, and verify takes both (NFR-201)', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ maxLength: 300 }),
        (seed, message) => {
          const signature = signWithSeed(seed, message);
          expect(opensslSign(seed, message)).toEqual(signature);
          expect(verify(getPublicKey(seed), message, signature)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('one flipped bit anywhere in key, message or signature is rejected', () => {
    const seed = hex(RFC_8032[2].seed);
    const key = getPublicKey(seed);
    const message = Buffer.from('pay 10 to alice');
    const signature = signWithSeed(seed, message);
    const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
      const copy = new Uint8Array(bytes);
      copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return copy;
    };
    for (let bit = 0; bit < 512; bit += 1) expect(verify(key, message, flipped(signature, bit))).toBe(false);
    for (let bit = 0; bit < 256; bit += 1) expect(verify(flipped(key, bit), message, signature)).toBe(false);
    for (let bit = 0; bit < message.length * 8; bit += 1) {
      expect(verify(key, flipped(message, bit), signature)).toBe(false);
    }
  });
});

describe('a strict verifier refuses', () => {
  const seed = hex(RFC_8032[0].seed);
  const key = getPublicKey(seed);
  const message = Buffer.from('the message');
  const signature = signWithSeed(seed, message);
  const r = signature.subarray(0, 32);
  const s = number(signature.subarray(32));
  const refused: readonly (readonly [string, Uint8Array, Uint8Array])[] = [
    ['an empty signature', key, new Uint8Array()],
    ['a signature that is one byte short', key, signature.subarray(0, 63)],
    ['a signature with a byte too many', key, join(signature, new Uint8Array(1))],
    ['a key that is one byte short', key.subarray(0, 31), signature],
    ['S + L, the same signature under another spelling', key, join(r, bytes32(s + L))],
    ['S = L', key, join(r, bytes32(L))],
    ['S of all ones', key, join(r, bytes32(2n ** 256n - 1n))],
    ['S = 0 and R the identity', key, join(bytes32(1n), bytes32(0n))],
    ['a commitment that is not on the curve', key, join(bytes32(2n), bytes32(s))],
    ['a commitment with y ≥ p', key, join(bytes32(P + 1n), bytes32(s))],
    ['a key with y ≥ p', bytes32(P + 3n), signature],
    ['a key that is not on the curve', bytes32(2n), signature],
    ['the identity as key', bytes32(1n), join(bytes32(1n), bytes32(0n))],
    ['the identity with a sign as key', bytes32(1n + 2n ** 255n), join(bytes32(1n), bytes32(0n))],
    ['a signature of zeros', key, new Uint8Array(64)],
    ['a signature by another key', key, signWithSeed(hex(RFC_8032[1].seed), message)],
  ];

  test.each(refused)('%s', (_what, badKey, badSignature) => {
    expect(verify(badKey, message, badSignature)).toBe(false);
    if (badKey.length === 32 && badSignature.length === 64) {
      expect(strictNoble(badKey, message, badSignature)).toBe(false);
    }
  });

  test('every key and every commitment of small order, though OpenSSL alone takes some', () => {
    const generator = Point.fromBytes(hex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'));
    const points = Array.from({ length: 8 }, (_, index) => generator.multiply(BigInt(index), false));
    expect(new Set(points.map((point) => point.toHex())).size).toBe(8);
    for (const point of points) {
      expect(point.isSmallOrder()).toBe(true);
      // [S]B = R + [k]A holds for S = 0 with R = A = the identity, and for other pairs by chance.
      for (const commitment of points) {
        const forged = join(commitment.toBytes(), bytes32(0n));
        expect(verify(point.toBytes(), message, forged)).toBe(false);
      }
      expect(verify(key, message, join(point.toBytes(), bytes32(s)))).toBe(false);
    }
  });

  test('a signature that only ZIP215 would take: a commitment with a part of small order', () => {
    const torsion = Point.fromBytes(hex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'));
    // R' = [r]B + T with r = 5; then S = 5 + k·a satisfies the equation only after multiplication
    // by the cofactor.
    const commitment = Point.BASE.multiply(5n).add(torsion).toBytes();
    const clamped = new Uint8Array(sha512(seed).subarray(0, 32));
    clamped[0] = (clamped[0] ?? 0) & 248;
    clamped[31] = ((clamped[31] ?? 0) & 127) | 64;
    const k = number(sha512(join(commitment, key, message))) % L;
    const forged = join(commitment, bytes32((5n + k * number(clamped)) % L));
    expect(nobleVerify(forged, message, key)).toBe(true);
    expect(verify(key, message, forged)).toBe(false);
  });

  test('whatever a stranger sends, without ever throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 70 }), (badKey, badSignature) => {
        expect(verify(badKey, message, badSignature)).toBe(false);
      }),
    );
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ minLength: 64, maxLength: 64 }),
        (badKey, badSignature) => expect(verify(badKey, message, badSignature)).toBe(false),
      ),
    );
  });
});

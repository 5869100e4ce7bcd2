import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  consistencyProof,
  isConsistent,
  leafHash,
  rootOf,
  type SubtreeHash,
  treeRoot,
} from '../../src/identity/merkle-tree.ts';

/** Leaves, roots and proofs of Certificate Transparency (github transparency-dev/merkle). */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const PROOFS: readonly (readonly [old: number, size: number, proof: readonly string[]])[] = [
  [1, 1, []],
  [
    1,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    6,
    8,
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [
    2,
    5,
    [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
];

const bytes = (text: string): Buffer => Buffer.from(text, 'hex');
const hex = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');
const subtreesIn =
  (leaves: readonly Uint8Array[]): SubtreeHash =>
  (level, index) =>
    treeRoot(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
const hashes = LEAVES.map((leaf) => leafHash(bytes(leaf)));
const rootAt = (size: number): Buffer => bytes(ROOTS[size - 1] ?? '');

describe('the Merkle tree of RFC 6962', () => {
  test('has the roots of the published vectors', () => {
    for (const size of ROOTS.keys()) {
      expect(hex(treeRoot(hashes.slice(0, size + 1)))).toBe(ROOTS[size]);
      expect(hex(rootOf(size + 1, subtreesIn(hashes)))).toBe(ROOTS[size]);
    }
    expect(hex(rootOf(0, subtreesIn([])))).toBe(createHash('sha256').digest('hex'));
  });

  test.each(PROOFS)('proves that the tree of %i leaves is the beginning of that of %i', (old, size, proof) => {
    expect(consistencyProof(old, size, subtreesIn(hashes)).map(hex)).toEqual(proof);
    const [before, after] = [
      { size: old, root: rootAt(old) },
      { size, root: rootAt(size) },
    ];
    expect(isConsistent(before, after, proof.map(bytes))).toBe(true);
    expect(isConsistent(before, { size, root: rootAt(3) }, proof.map(bytes))).toBe(false);
    expect(isConsistent(before, after, [...proof.map(bytes), rootAt(1)])).toBe(false);
    if (proof.length > 0) expect(isConsistent(before, after, proof.slice(1).map(bytes))).toBe(false);
    expect(isConsistent(after, before, proof.map(bytes))).toBe(old === size);
  });

  test('each prefix is proven, and each other history is refused (property)', () => {
    const sizes = fc
      .integer({ min: 1, max: 600 })
      .chain((size) => fc.tuple(fc.integer({ min: 0, max: size }), fc.constant(size)));
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat({ max: 255 }), ([old, size], place, bit) => {
        const leaves = Array.from({ length: size }, (_, index) => leafHash(String(index)));
        const others = leaves.with(place % size, leafHash('another'));
        const [before, after] = [treeRoot(leaves.slice(0, old)), treeRoot(leaves)];
        const proof = consistencyProof(old, size, subtreesIn(leaves));
        expect(isConsistent({ size: old, root: before }, { size, root: after }, proof)).toBe(true);
        const other = consistencyProof(old, size, subtreesIn(others));
        const isChanged = old > 0 && place % size < old;
        expect(isConsistent({ size: old, root: before }, { size, root: treeRoot(others) }, other)).toBe(!isChanged);
        const forged = proof.map((hash) => Buffer.from(hash));
        const target = forged[place % Math.max(1, forged.length)];
        if (!target) return;
        target[bit % 32] = (target[bit % 32] ?? 0) ^ (1 << (bit % 8));
        expect(isConsistent({ size: old, root: before }, { size, root: after }, forged)).toBe(false);
      }),
      { numRuns: 150 },
    );
  });
});

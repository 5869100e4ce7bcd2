import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openIdentity } from '../../src/identity/identity.ts';
import { signRotation } from '../../src/identity/key-statement.ts';
import { GRACE_MS } from '../../src/keys/grace.ts';
import { confirmRotation, EMPTY_KEY_BOOK, type KeyBook, observeRotation } from '../../src/keys/key-book.ts';
import { accountOf, keyChanges, markRecorded, nextMoveMs, openMoves } from '../../src/keys/trust-moves.ts';
import { lastingFolder } from '../rig/temporary-folder.ts';

const NOW = Date.UTC(2026, 10, 23);
const folder = lastingFolder();
const keys = ['a', 'b', 'c'].map((name) => openIdentity(join(folder, name)));
const id = (index: number): string => keys[index]?.id ?? '';

function learn(book: KeyBook, from: number, to: number, nowMs = NOW): KeyBook {
  const [old, next] = [keys[from], keys[to]];
  if (!old || !next) throw new RangeError('expected keys of this test');
  return observeRotation(book, signRotation(old, next, { nowMs, nonce: new Uint8Array(16) }), nowMs).book;
}

const one = learn(EMPTY_KEY_BOOK, 0, 1);

describe('what becomes of a key with time', () => {
  test('is told with both fingerprints, and with the moment at which trust moves', () => {
    expect(keyChanges(one, NOW)).toEqual([
      {
        old: id(0),
        new: id(1),
        oldFingerprint: keys[0]?.fingerprint,
        newFingerprint: keys[1]?.fingerprint,
        state: 'pending',
        since: new Date(NOW).toISOString(),
        movesAt: new Date(NOW + GRACE_MS).toISOString(),
        confirmed: false,
      },
    ]);
    expect(keyChanges(one, NOW + GRACE_MS)).toMatchObject([{ state: 'current', movesAt: null }]);
    expect(keyChanges(learn(one, 0, 2), NOW)).toMatchObject([{ state: 'suspended' }, { state: 'suspended' }]);
  });

  test('has one next moment, the end of the grace that ends first', () => {
    const two = learn(one, 1, 2, NOW + 5_000);
    expect(nextMoveMs(EMPTY_KEY_BOOK, NOW)).toBeNull();
    expect(nextMoveMs(two, NOW)).toBe(NOW + GRACE_MS);
    expect(nextMoveMs(two, NOW + GRACE_MS)).toBe(NOW + 5_000 + GRACE_MS);
    expect(nextMoveMs(two, NOW + 5_000 + GRACE_MS)).toBeNull();
  });

  test('goes on record once, whether time or the owner brought it about', () => {
    expect(openMoves(one, NOW)).toEqual([]);
    const moves = openMoves(one, NOW + GRACE_MS);
    expect(moves).toEqual([{ old: id(0), new: id(1), by: 'grace' }]);
    expect(openMoves(markRecorded(one, moves), NOW + GRACE_MS)).toEqual([]);
    expect(openMoves(confirmRotation(one, id(1)), NOW)).toEqual([{ old: id(0), new: id(1), by: 'owner' }]);
  });

  test('goes on record again where the owner decides what time had decided before', () => {
    const moved = markRecorded(one, openMoves(one, NOW + GRACE_MS));
    const contested = learn(moved, 0, 2, NOW + GRACE_MS);
    expect(openMoves(contested, NOW + GRACE_MS)).toEqual([]);
    expect(openMoves(confirmRotation(contested, id(1)), NOW + GRACE_MS)).toEqual([
      { old: id(0), new: id(1), by: 'owner' },
    ]);
  });

  test('keeps one account for a node, from the moment at which trust has moved', () => {
    const two = learn(one, 1, 2);
    expect([0, 1, 2].map((key) => accountOf(two, id(key), NOW))).toEqual([id(0), id(1), id(2)]);
    expect([0, 1, 2].map((key) => accountOf(two, id(key), NOW + GRACE_MS))).toEqual([id(0), id(0), id(0)]);
  });
});

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { revokedWith } from '../../src/domain/identity/key-state.ts';
import type { DualEnvelope } from '../../src/domain/identity/signed-envelope.ts';
import { type Identity, openIdentity } from '../../src/identity/identity.ts';
import { openRevocation, openRotation, signRevocation, signRotation } from '../../src/identity/key-statement.ts';
import { GRACE_MS } from '../../src/keys/grace.ts';
import {
  confirmRotation,
  EMPTY_KEY_BOOK,
  hasSucceeded,
  type KeyBook,
  keyStatusOf,
  noteShown,
  observeRevocation,
  observeRotation,
  successorsOf,
} from '../../src/keys/key-book.ts';
import { takeRotations } from '../../src/keys/rotation-intake.ts';
import { keyChanges } from '../../src/keys/trust-moves.ts';
import { codeOf } from '../rig/error-code.ts';
import { lastingFolder } from '../rig/temporary-folder.ts';

const NOW = Date.UTC(2026, 10, 23);
const keys: Identity[] = [];
const key = (index: number): Identity => {
  const found = keys[index];
  if (!found) throw new RangeError(`expected one of ${keys.length} keys`);
  return found;
};
const facts = (nowMs = NOW) => ({ nowMs, nonce: new Uint8Array(randomBytes(16)) });
const rotation = (from: number, to: number, nowMs = NOW): DualEnvelope =>
  signRotation(key(from), key(to), facts(nowMs));
const learn = (book: KeyBook, statement: DualEnvelope, nowMs = NOW): KeyBook =>
  observeRotation(book, statement, nowMs).book;
const state = (book: KeyBook, index: number, nowMs: number): string => keyStatusOf(book, key(index).id, nowMs).state;

beforeAll(() => {
  const folder = lastingFolder();
  for (let index = 0; index < 5; index += 1) keys.push(openIdentity(join(folder, `${index}.key`)));
});

describe('a rotation statement', () => {
  test('is opened only with the signatures of both keys, in order (FR-104)', () => {
    const good = rotation(0, 1);
    const [old, next] = good.signatures;
    if (!old || !next) throw new Error('expected two signatures');
    expect(openRotation(good)).toMatchObject({ old: key(0).id, new: key(1).id });
    const thief = signRotation(key(2), key(1), facts()).signatures;
    for (const signatures of [[old], [next, old], [old, old], [next, next], [...thief]]) {
      expect(codeOf(() => openRotation({ ...good, signatures }))).toBe('rotation_invalid');
    }
  });

  test('is refused when anything in it was changed', () => {
    const good = rotation(0, 1);
    const text = Buffer.from(good.payload, 'base64').toString();
    for (const forged of [
      text.replace(key(1).id, key(2).id),
      `${text} `,
      text.replace('"version":1', '"version":2'),
      '{',
    ]) {
      const payload = Buffer.from(forged).toString('base64');
      expect(codeOf(() => openRotation({ ...good, payload }))).toBe('rotation_invalid');
    }
    expect(codeOf(() => openRotation({ ...good, payloadType: 'application/json' }))).toBe('rotation_invalid');
    expect(codeOf(() => openRotation(rotation(0, 0)))).toBe('rotation_invalid');
  });

  test('counts for the first time only between from and until, by our clock', () => {
    const later = rotation(0, 1, NOW + 10 * 60_000);
    expect(codeOf(() => observeRotation(EMPTY_KEY_BOOK, later, NOW))).toBe('rotation_invalid');
    expect(observeRotation(EMPTY_KEY_BOOK, later, NOW + 6 * 60_000).outcome).toBe('new');
    expect(observeRotation(EMPTY_KEY_BOOK, rotation(0, 1), NOW + 31 * 86_400_000)).toEqual({
      book: EMPTY_KEY_BOOK,
      outcome: 'late',
    });
  });
});

describe('trust in a key that was rotated', () => {
  test('moves to the new key when the grace is over, and not before', () => {
    const book = learn(EMPTY_KEY_BOOK, rotation(0, 1));
    expect([state(book, 0, NOW), state(book, 1, NOW)]).toEqual(['current', 'pending']);
    const before = NOW + GRACE_MS - 1;
    expect([state(book, 0, before), state(book, 1, before)]).toEqual(['current', 'pending']);
    const after = NOW + GRACE_MS;
    expect([state(book, 0, after), state(book, 1, after)]).toEqual(['retired', 'current']);
    expect(keyStatusOf(book, key(1).id, after)).toMatchObject({ trustedAs: key(0).id, formerIds: [key(0).id] });
    expect(hasSucceeded(book, key(0).id, key(1).id, before)).toBe(false);
    expect(hasSucceeded(book, key(0).id, key(1).id, after)).toBe(true);
  });

  test('begins with a statement at the last moment of its validity, and not one later', () => {
    const statement = rotation(0, 1);
    const from = Date.parse(openRotation(statement).from);
    const until = Date.parse(openRotation(statement).until);
    expect(observeRotation(EMPTY_KEY_BOOK, statement, until - 1).outcome).toBe('new');
    expect(observeRotation(EMPTY_KEY_BOOK, statement, until).outcome).toBe('late');
    const tolerated = from - 5 * 60_000;
    expect(observeRotation(EMPTY_KEY_BOOK, statement, tolerated).outcome).toBe('new');
    expect(codeOf(() => observeRotation(EMPTY_KEY_BOOK, statement, tolerated - 1))).toBe('rotation_invalid');
  });

  test('has its grace counted from when we learned of it, so that a thief cannot date it back', () => {
    const seen = NOW + 5 * 86_400_000;
    const book = learn(EMPTY_KEY_BOOK, rotation(0, 1), seen);
    expect(state(book, 1, seen + GRACE_MS - 1)).toBe('pending');
    expect(state(book, 1, seen + GRACE_MS)).toBe('current');
  });

  test('moves at once when the receiving owner confirms; the old key serves until the new one does', () => {
    const book = confirmRotation(learn(EMPTY_KEY_BOOK, rotation(0, 1)), key(1).id);
    expect([state(book, 0, NOW), state(book, 1, NOW)]).toEqual(['current', 'current']);
    const shown = noteShown(book, key(1).id);
    expect([state(shown, 0, NOW), state(shown, 1, NOW)]).toEqual(['retired', 'current']);
    expect([state(book, 0, NOW + GRACE_MS), state(book, 1, NOW + GRACE_MS)]).toEqual(['retired', 'current']);
    expect(noteShown(shown, key(1).id)).toBe(shown);
    expect(codeOf(() => confirmRotation(book, key(3).id))).toBe('not_found');
  });

  test('is not hurried by a new key that shows itself before anybody has confirmed it', () => {
    const book = noteShown(learn(EMPTY_KEY_BOOK, rotation(0, 1)), key(1).id);
    expect([state(book, 0, NOW), state(book, 1, NOW)]).toEqual(['current', 'pending']);
  });

  test('moves along all of a chain when its last key is confirmed', () => {
    const book = confirmRotation(learn(learn(EMPTY_KEY_BOOK, rotation(0, 1)), rotation(1, 2)), key(2).id);
    expect(keyStatusOf(book, key(2).id, NOW)).toMatchObject({ state: 'current', trustedAs: key(0).id });
  });

  test('never comes back to a key that was replaced twice, whether its last successor has connected or not', () => {
    const chain = learn(learn(EMPTY_KEY_BOOK, rotation(0, 1)), rotation(1, 2));
    const confirmed = confirmRotation(chain, key(2).id);
    expect([0, 1, 2].map((index) => state(confirmed, index, NOW))).toEqual(['retired', 'current', 'current']);
    const shown = noteShown(confirmed, key(2).id);
    expect([0, 1, 2].map((index) => state(shown, index, NOW))).toEqual(['retired', 'retired', 'current']);
  });

  test('never comes back to it when the last step moved by its grace and an earlier one is confirmed later', () => {
    const last = learn(EMPTY_KEY_BOOK, rotation(1, 2));
    const after = NOW + GRACE_MS;
    const book = confirmRotation(learn(last, rotation(0, 1), after), key(1).id);
    expect([0, 1, 2].map((index) => state(book, index, after))).toEqual(['retired', 'retired', 'current']);
  });

  test('follows a chain of keys that was learned at once', () => {
    const book = learn(learn(EMPTY_KEY_BOOK, rotation(0, 1)), rotation(1, 2));
    expect(state(book, 2, NOW)).toBe('pending');
    expect(keyStatusOf(book, key(2).id, NOW + GRACE_MS)).toEqual({
      state: 'current',
      formerIds: [key(1).id, key(0).id],
      trustedAs: key(0).id,
    });
    expect([state(book, 0, NOW + GRACE_MS), state(book, 1, NOW + GRACE_MS)]).toEqual(['retired', 'retired']);
  });

  test('is suspended for every key concerned when two successors are endorsed, before or after the grace', () => {
    const one = learn(EMPTY_KEY_BOOK, rotation(0, 1));
    const { book, outcome } = observeRotation(one, rotation(0, 2), NOW + 2 * GRACE_MS);
    expect(outcome).toBe('conflict');
    for (const index of [0, 1, 2]) expect(state(book, index, NOW + 9 * GRACE_MS)).toBe('suspended');
    expect(state(learn(book, rotation(2, 3), NOW), 3, NOW + 9 * GRACE_MS)).toBe('suspended');
    expect(state(book, 4, NOW)).toBe('current');
  });

  test('comes back to the heir whom the owner confirms, and only to that one', () => {
    const rivals = learn(learn(EMPTY_KEY_BOOK, rotation(0, 1)), rotation(0, 2));
    const book = confirmRotation(rivals, key(2).id);
    expect([state(book, 0, NOW), state(book, 1, NOW), state(book, 2, NOW)]).toEqual([
      'retired',
      'suspended',
      'current',
    ]);
  });

  test('is not shaken by a rival that comes after the owner confirmed', () => {
    const book = learn(confirmRotation(learn(EMPTY_KEY_BOOK, rotation(0, 1)), key(1).id), rotation(0, 2));
    expect([state(book, 1, NOW), state(book, 2, NOW)]).toEqual(['current', 'suspended']);
  });

  test('does not change when the same rotation is heard again', () => {
    const book = learn(EMPTY_KEY_BOOK, rotation(0, 1));
    expect(observeRotation(book, rotation(0, 1), NOW + 1)).toEqual({ book, outcome: 'known' });
  });

  test('is denied to every key that descends from a denied one, rivals among them', () => {
    const book = learn(learn(learn(EMPTY_KEY_BOOK, rotation(0, 1)), rotation(0, 2)), rotation(2, 3));
    expect(new Set(successorsOf(book, key(0).id))).toEqual(new Set([key(1).id, key(2).id, key(3).id]));
    expect(successorsOf(book, key(3).id)).toEqual([]);
  });

  test('never goes in circles or to a key of another lineage', () => {
    const book = learn(learn(EMPTY_KEY_BOOK, rotation(0, 1)), rotation(1, 2));
    expect(codeOf(() => observeRotation(book, rotation(2, 0), NOW))).toBe('rotation_invalid');
    expect(codeOf(() => observeRotation(book, rotation(3, 2), NOW))).toBe('rotation_invalid');
  });

  test('grows by no more than a few rivals of one key', () => {
    let book = EMPTY_KEY_BOOK;
    for (const heir of [1, 2, 3, 4]) book = learn(book, rotation(0, heir));
    const spare = openIdentity(join(lastingFolder(), 'k'));
    const more = observeRotation(book, signRotation(key(0), spare, facts()), NOW);
    expect(more).toEqual({ book, outcome: 'full' });
  });

  /** Steps of keys that are nobody's: what a peer can make any number of. */
  const junk = (count: number): KeyBook['rotations'] =>
    Array.from({ length: count }, (_, index) => ({
      old: `junk ${index}`,
      new: `junk ${index}'`,
      statement: rotation(3, 4),
      firstSeenMs: NOW,
      confirmed: false,
      shown: false,
      recorded: false,
    }));

  test('has room for a rival when it is full, so that a thief cannot fill it before his heir is contested', () => {
    const stolen = learn(EMPTY_KEY_BOOK, rotation(0, 1));
    const full: KeyBook = { ...stolen, rotations: [...stolen.rotations, ...junk(2_000)] };
    expect(observeRotation(full, rotation(2, 3), NOW)).toEqual({ book: full, outcome: 'full' });
    const contested = observeRotation(full, rotation(0, 2), NOW);
    expect(contested.outcome).toBe('conflict');
    expect(state(contested.book, 1, NOW + 2 * GRACE_MS)).toBe('suspended');
  });

  test('has little room for one family of keys, so that one peer cannot fill it for all', () => {
    const chain = junk(32).map((step, index, steps) => ({ ...step, old: steps[index - 1]?.new ?? key(0).id }));
    const book: KeyBook = {
      rotations: [...chain.slice(0, 31), { ...chain[31], old: chain[30]?.new, new: key(1).id }] as KeyBook['rotations'],
      revoked: [],
    };
    expect(observeRotation(book, rotation(1, 2), NOW)).toEqual({ book, outcome: 'full' });
    expect(observeRotation(book, rotation(3, 4), NOW).outcome).toBe('new');
  });

  test('leaves room for the keys of others, however many one node makes up', () => {
    const folder = lastingFolder();
    const many = Array.from({ length: 34 }, (_, index) => openIdentity(join(folder, `${index}.key`)));
    let book = EMPTY_KEY_BOOK;
    for (const [index, next] of many.entries()) {
      const statement = signRotation(many[index - 1] ?? key(0), next, facts());
      const heard = takeRotations(book, [statement], many[index - 1]?.id ?? key(0).id, NOW);
      expect(heard.isFull).toBe(index >= 32);
      if (heard.isFull) break;
      ({ book } = heard);
    }
    // Nor does he get more by putting keys before the ones that are known.
    expect(observeRotation(book, rotation(2, 0), NOW)).toEqual({ book, outcome: 'full' });
    expect(observeRotation(book, rotation(3, 4), NOW).outcome).toBe('new');
  });
});

describe('what a node says about its own keys', () => {
  const strangers = (): readonly Identity[] => {
    const folder = lastingFolder();
    return Array.from({ length: 4 }, (_, index) => openIdentity(join(folder, `${index}.key`)));
  };
  const chain = (...of: readonly Identity[]): readonly DualEnvelope[] =>
    of.slice(1).map((next, index) => signRotation(of[index] ?? next, next, facts()));

  test('is noted as a whole, whichever of the keys it has', () => {
    for (const sender of [0, 1, 2]) {
      const { book, news, isFull } = takeRotations(
        EMPTY_KEY_BOOK,
        [rotation(0, 1), rotation(1, 2)],
        key(sender).id,
        NOW,
      );
      expect(book.rotations).toHaveLength(2);
      expect(news).toEqual([
        { outcome: 'new', from: key(0).id, to: key(1).id },
        { outcome: 'new', from: key(1).id, to: key(2).id },
      ]);
      expect(isFull).toBe(false);
      expect(takeRotations(book, [rotation(0, 1), rotation(1, 2)], key(sender).id, NOW)).toEqual({
        book,
        news: [],
        isFull: false,
      });
    }
  });

  test('does not fill the book with keys that he has made up and that lead nowhere', () => {
    const known = learn(EMPTY_KEY_BOOK, rotation(0, 1));
    const made = strangers();
    // The last step is refused, since that key has another one before it; so none of them counts.
    expect(codeOf(() => takeRotations(known, chain(...made, key(1)), key(1).id, NOW))).toBe('rotation_invalid');
    // A step that is too late to be believed would cut the others off from his key.
    const [a, b] = [made[0] as Identity, made[1] as Identity];
    const late = signRotation(key(1), a, facts(NOW - 31 * 86_400_000));
    expect(codeOf(() => takeRotations(known, [late, ...chain(a, b)], key(1).id, NOW))).toBe('rotation_invalid');
    expect(takeRotations(known, [late], key(1).id, NOW)).toEqual({ book: known, news: [], isFull: false });
  });
});

describe('a revocation', () => {
  test('ends a key and its successors, but not one that the owner confirmed', () => {
    const revocation = signRevocation(key(0), facts());
    const plain = observeRevocation(learn(EMPTY_KEY_BOOK, rotation(0, 1)), revocation, key(0).id);
    expect([state(plain, 0, NOW), state(plain, 1, NOW + GRACE_MS)]).toEqual(['revoked', 'revoked']);
    expect(keyStatusOf(plain, key(1).id, NOW).formerIds).toEqual([key(0).id]);
    const confirmed = confirmRotation(plain, key(1).id);
    expect([state(confirmed, 0, NOW), state(confirmed, 1, NOW)]).toEqual(['revoked', 'current']);
    expect(observeRevocation(plain, revocation, key(0).id)).toBe(plain);
  });

  test('is noted of a key in the book whoever tells of it, of an unnamed other only from that key itself', () => {
    const revocation = signRevocation(key(0), facts());
    const book = learn(EMPTY_KEY_BOOK, rotation(0, 1));
    expect(observeRevocation(book, revocation, key(1).id).revoked).toEqual([key(0).id]);
    expect(observeRevocation(EMPTY_KEY_BOOK, revocation, key(1).id)).toBe(EMPTY_KEY_BOOK);
    expect(observeRevocation(EMPTY_KEY_BOOK, revocation, key(0).id).revoked).toEqual([key(0).id]);
    const full: KeyBook = { ...book, revoked: Array.from({ length: 20_000 }, (_, index) => `junk ${index}`) };
    expect(observeRevocation(full, revocation, key(0).id).revoked).toContain(key(0).id);
  });

  test('by the owner of this node ends the keys before one to which trust has moved, and none before a claim', () => {
    const book = learn(learn(EMPTY_KEY_BOOK, rotation(0, 1)), rotation(1, 2));
    const ended = (of: KeyBook, index: number, nowMs: number): readonly string[] =>
      revokedWith(keyChanges(of, nowMs), key(index).id);
    expect(ended(book, 1, NOW)).toEqual([key(1).id, key(2).id]);
    expect(ended(book, 2, NOW + GRACE_MS)).toEqual([key(1).id, key(0).id, key(2).id]);
    const rivals = learn(learn(EMPTY_KEY_BOOK, rotation(0, 1)), rotation(0, 2));
    expect(ended(rivals, 1, NOW + GRACE_MS)).toEqual([key(1).id]);
    expect(ended(EMPTY_KEY_BOOK, 0, NOW)).toEqual([key(0).id]);
  });

  test('counts only with the signature of the key that it ends', () => {
    const good = signRevocation(key(0), facts());
    const other = signRevocation(key(1), facts());
    expect(openRevocation(good)).toMatchObject({ key: key(0).id });
    expect(codeOf(() => openRevocation({ ...good, signatures: other.signatures }))).toBe('rotation_invalid');
    expect(codeOf(() => openRevocation({ ...good, payloadType: other.payload }))).toBe('rotation_invalid');
  });
});

/** Strangers of a trusted subnet make up keys: those that the owner has named keep their room. */
import { createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { MAX_KEYS, MAX_STORED_REVOKED } from '../../src/domain/identity/key-statement.ts';
import { encodeNodeId } from '../../src/domain/identity/node-id.ts';
import { fingerprint } from '../../src/identity/fingerprint.ts';
import type { Identity } from '../../src/identity/identity.ts';
import { signRevocation, signRotation } from '../../src/identity/key-statement.ts';
import { GRACE_MS } from '../../src/keys/grace.ts';
import {
  confirmRotation,
  EMPTY_KEY_BOOK,
  isSound,
  type KeyBook,
  keyStatusOf,
  observeRevocation,
  observeRotation,
} from '../../src/keys/key-book.ts';
import { readKeyBook, writeKeyBook } from '../../src/keys/key-book-file.ts';
import { MAX_UNNAMED } from '../../src/keys/key-book-room.ts';
import { lastingFolder } from '../rig/temporary-folder.ts';

const NOW = Date.UTC(2026, 10, 23);
/** Of RFC 8410, up to the key itself. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const FLOOD = MAX_KEYS + 76;
const facts = { nowMs: NOW, nonce: new Uint8Array(16) };
type Signer = Pick<Identity, 'id' | 'fingerprint' | 'sign'>;

/** A key that is in memory only: thousands of files would take a minute. */
function makeKey(): Signer {
  const key = Buffer.concat([PKCS8_PREFIX, randomBytes(32)]);
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  const raw = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
  return {
    id: encodeNodeId(raw),
    fingerprint: fingerprint(raw),
    sign: (bytes) => new Uint8Array(sign(null, bytes, privateKey)),
  };
}

const [named, heir, rival] = [makeKey(), makeKey(), makeKey()];
let flooded: KeyBook;
const isNamed = (id: string): boolean => id === named.id;

/** Each step is a lineage of its own, signed by real keys. */
beforeAll(() => {
  flooded = EMPTY_KEY_BOOK;
  for (let index = 0; index < FLOOD; index += 1) {
    const statement = signRotation(makeKey(), makeKey(), facts);
    flooded = observeRotation(flooded, statement, NOW, isNamed).book;
  }
});

/** As a version of this program before the reservation has filled it. */
const full = (): KeyBook => {
  const [first] = flooded.rotations;
  if (!first) throw new Error('expected a flooded book');
  const more = Array.from({ length: MAX_KEYS - flooded.rotations.length }, (_, index) => ({
    ...first,
    old: `old ${index}`,
    new: `new ${index}`,
  }));
  return { ...flooded, rotations: [...flooded.rotations, ...more] };
};

describe('in a book that strangers have flooded', () => {
  test('a part is kept free for keys that the owner has named', () => {
    expect(flooded.rotations).toHaveLength(MAX_UNNAMED);
    expect(isSound(flooded)).toBe(true);
  });

  test('a rotation of a named key is stored, and its rival suspends both', () => {
    const first = observeRotation(flooded, signRotation(named, heir, facts), NOW, isNamed);
    expect(first.outcome).toBe('new');
    expect(keyStatusOf(first.book, heir.id, NOW + GRACE_MS).trustedAs).toBe(named.id);
    const second = observeRotation(first.book, signRotation(named, rival, facts), NOW, isNamed);
    expect(second.outcome).toBe('conflict');
    expect(keyStatusOf(second.book, named.id, NOW).state).toBe('suspended');
  });

  test('a rotation to a named key is stored as well', () => {
    expect(observeRotation(flooded, signRotation(rival, named, facts), NOW, isNamed).outcome).toBe('new');
  });

  test('the oldest lineages of strangers make room for a named one, and never a confirmed one', () => {
    const [oldest, second, third] = flooded.rotations;
    const book = confirmRotation(full(), oldest?.new ?? '');
    const { book: next, outcome } = observeRotation(book, signRotation(named, heir, facts), NOW, isNamed);
    expect(outcome).toBe('new');
    const kept = next.rotations.map((step) => step.new);
    expect(kept).toHaveLength(MAX_KEYS);
    expect(kept).toEqual(expect.arrayContaining([oldest?.new, third?.new, heir.id]));
    expect(kept).not.toContain(second?.new);
  });

  test('a book full of confirmed steps takes no more, not even a named one', () => {
    const rotations = full().rotations.map((step) => ({ ...step, confirmed: true }));
    const book = { ...flooded, rotations };
    expect(observeRotation(book, signRotation(named, heir, facts), NOW, isNamed)).toEqual({ book, outcome: 'full' });
  });

  test('a revocation of a named key counts, whoever delivers it', () => {
    const revocation = signRevocation(named, facts);
    expect(observeRevocation(flooded, revocation, rival.id, isNamed).revoked).toEqual([named.id]);
    const book = { ...flooded, revoked: Array.from({ length: MAX_STORED_REVOKED }, (_, index) => `junk ${index}`) };
    const { revoked } = observeRevocation(book, revocation, rival.id, isNamed);
    expect(revoked).toHaveLength(MAX_STORED_REVOKED);
    expect([revoked[0], revoked.at(-1)]).toEqual(['junk 1', named.id]);
  });

  test('a revocation of a stranger neither takes the place of another nor grows the book for ever', () => {
    const book = { ...flooded, revoked: Array.from({ length: MAX_STORED_REVOKED }, (_, index) => `junk ${index}`) };
    expect(observeRevocation(book, signRevocation(rival, facts), rival.id, isNamed)).toBe(book);
  });

  test('what is stored can be read again', () => {
    const { book } = observeRotation(flooded, signRotation(named, heir, facts), NOW, isNamed);
    const file = join(lastingFolder(), 'peer-keys.json');
    writeKeyBook(file, book);
    expect(readKeyBook(file)).toEqual(book);
  });
});

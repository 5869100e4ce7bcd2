import { join } from 'node:path';
import fc from 'fast-check';
import { CaroError } from '../../src/domain/errors.ts';
import { openIdentity } from '../../src/identity/identity.ts';
import { signRevocation, signRotation } from '../../src/identity/key-statement.ts';
import {
  confirmRotation,
  EMPTY_KEY_BOOK,
  type KeyBook,
  noteShown,
  observeRevocation,
  observeRotation,
} from '../../src/keys/key-book.ts';
import { lastingFolder } from '../rig/temporary-folder.ts';

/** When everything in these books was learned, ms since the epoch. */
export const LEARNED_MS = Date.UTC(2026, 10, 23);
const facts = { nowMs: LEARNED_MS, nonce: new Uint8Array(16) };
const folder = lastingFolder();
const keys = ['a', 'b', 'c', 'd'].map((name) => openIdentity(join(folder, name)));
/** The keys in them. */
export const BOOK_IDS: readonly string[] = keys.map(({ id }) => id);

/** Books as they come about: keys that endorse others, owners that confirm and revoke. */
export const anyBook: fc.Arbitrary<KeyBook> = fc
  .array(fc.tuple(fc.constantFrom('rotate', 'confirm', 'show', 'revoke'), fc.nat(3), fc.nat(3)), { maxLength: 8 })
  .map((steps) =>
    steps.reduce((book, [what, from, to]) => {
      const [old, next] = [keys[from], keys[to]];
      if (!old || !next) return book;
      try {
        if (what === 'rotate') return observeRotation(book, signRotation(old, next, facts), LEARNED_MS).book;
        if (what === 'confirm') return confirmRotation(book, next.id);
        if (what === 'show') return noteShown(book, next.id);
        return observeRevocation(book, signRevocation(old, facts), old.id);
      } catch (error) {
        if (error instanceof CaroError) return book;
        throw error;
      }
    }, EMPTY_KEY_BOOK),
  );

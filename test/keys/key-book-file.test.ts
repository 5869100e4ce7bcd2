import { lstatSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CaroError } from '../../src/domain/errors.ts';
import { openIdentity } from '../../src/identity/identity.ts';
import { signRotation } from '../../src/identity/key-statement.ts';
import { EMPTY_KEY_BOOK, type KeyBook } from '../../src/keys/key-book.ts';
import { readKeyBook, writeKeyBook } from '../../src/keys/key-book-file.ts';
import { lastingFolder } from '../rig/temporary-folder.ts';
import { anyBook } from './key-books.ts';

const NOW = Date.UTC(2026, 10, 23);
const facts = { nowMs: NOW, nonce: new Uint8Array(16) };
const folder = lastingFolder();
const keys = ['a', 'b', 'c', 'd'].map((name) => openIdentity(join(folder, name)));
let file: string;
beforeEach(() => {
  file = join(lastingFolder(), 'peer-keys.json');
});

test('what is known of the keys of peers comes back as it was written', () => {
  expect(readKeyBook(file)).toEqual(EMPTY_KEY_BOOK);
  fc.assert(
    fc.property(anyBook, (book) => {
      writeKeyBook(file, book);
      expect(readKeyBook(file)).toEqual(book);
    }),
    { numRuns: 30 },
  );
  expect(lstatSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(dirname(file))).toEqual(['peer-keys.json']);
});

test.each(['', '[]', '{"rotations":[]}', '{"rotations":[],"revoked":["x"]}', '{"rotations":[],"revoked":[],"more":1}'])(
  'a file of another form is refused with what to do: %j',
  (text) => {
    writeFileSync(file, text, { mode: 0o600 });
    const read = (): unknown => readKeyBook(file);
    expect(read).toThrow(CaroError);
    expect(read).toThrow(/must then be confirmed again/);
  },
);

test('a file that somebody has put together is refused, however well it is formed', () => {
  const step = (from: number, to: number): KeyBook['rotations'][number] => {
    const [old, next] = [keys[from], keys[to]];
    if (!old || !next) throw new RangeError('expected two of the keys');
    const known = { firstSeenMs: 0, confirmed: true, shown: true, recorded: true };
    return { old: old.id, new: next.id, ...known, statement: signRotation(old, next, facts) };
  };
  const stolen = { ...step(0, 1), new: step(0, 2).new };
  const unsigned = {
    ...step(0, 1),
    statement: { ...step(0, 1).statement, signatures: step(1, 0).statement.signatures },
  };
  const books = [
    [stolen],
    [unsigned],
    [step(0, 1), step(1, 0)],
    [step(0, 1), step(2, 1)],
    [step(0, 1), step(1, 2), step(2, 0)],
  ];
  for (const rotations of books) {
    writeKeyBook(file, { rotations, revoked: [] });
    expect(() => readKeyBook(file)).toThrow(/must then be confirmed again/);
  }
  writeKeyBook(file, { rotations: [step(0, 1), step(0, 2), step(2, 3)], revoked: [] });
  expect(readKeyBook(file).rotations).toHaveLength(3);
});

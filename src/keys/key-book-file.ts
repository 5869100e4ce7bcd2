import { readFileSync } from 'node:fs';
import { CaroError } from '../domain/errors.ts';
import { validateKeyBook } from '../generated/key-validators.js';
import { replacePrivately } from '../platform/files/private-file.ts';
import { EMPTY_KEY_BOOK, isSound, type KeyBook } from './key-book.ts';

/**
 * What this node knows about the keys of others. It has a file of its own, because the loss of the
 * database must not make a retired or revoked key trusted again.
 *
 * @throws CaroError `keys_damaged`, `place_unusable`
 */
export function readKeyBook(path: string): KeyBook {
  const text = readText(path);
  return text === undefined ? EMPTY_KEY_BOOK : decodeKeyBook(path, text);
}

/** Durable when it returns. @throws CaroError `place_unusable` */
export function writeKeyBook(path: string, book: KeyBook): void {
  try {
    replacePrivately(path, `${JSON.stringify(book)}\n`);
  } catch (error) {
    throw unusable(path, error);
  }
}

function decodeKeyBook(path: string, text: string): KeyBook {
  try {
    const book: unknown = JSON.parse(text);
    if (validateKeyBook(book) && isSound(book)) return book;
  } catch {
    // Treated like a file of another form.
  }
  throw new CaroError(
    'keys_damaged',
    `${path}: expected the stored keys of peers, got something else; restore a copy of this file, or move it away: ` +
      'rotated keys must then be confirmed again',
  );
}

/** Undefined if there is no such file. @throws CaroError `place_unusable` */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(path, error);
  }
}

export function unusable(path: string, error: unknown): CaroError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  return new CaroError('place_unusable', `${path}: expected to read or write this file, got ${code}`, { cause: error });
}

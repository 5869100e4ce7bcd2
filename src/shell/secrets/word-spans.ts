/** Spans of the original text for parts of a parsed word. */
import type { Word } from '../model.ts';
import type { SecretSpan } from './secret-span.ts';

/**
 * The span of `secret`, which begins at an offset of `word.text`; the whole word if that cannot be
 * located. Quotes around the word stay outside.
 */
export const partSpan = (text: string, word: Word, from: number, secret: string, kind: string): SecretSpan => {
  const raw = text.slice(word.start, word.end);
  // If the same text occurs in the word more than once, such as in a substitution, the span covers
  // all occurrences.
  const first = raw.indexOf(secret, from);
  const last = raw.lastIndexOf(secret);
  if (secret !== '' && first >= 0) return { start: word.start + first, end: word.start + last + secret.length, kind };
  const cut = raw.search(/[=:]/);
  const inner = from > 0 && cut >= 0 ? cut + 1 : 0;
  return { start: word.start + inner, end: word.end, kind, from: secret };
};

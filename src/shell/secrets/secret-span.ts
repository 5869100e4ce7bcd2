/** Spans of the original text that are secret, and where the parts of a parsed word are in it. */
import type { Word, WordPart } from '../model.ts';
import { piecedSource, type Source } from '../source.ts';

/** `text.slice(start, end)` is secret. */
export interface SecretSpan {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
  /** The secret, if it came to this place from elsewhere: through a variable or an argument. */
  readonly from?: string;
}

/** In quotes of a payload, `$x` is written as `\$x`. */
const REFERENCE = /\\*\$/y;

/** Tells whether a part of a word stands for the value of a variable or argument of the line. */
const isValue = (text: string, part: WordPart): boolean => {
  if (part.kind !== 'literal' || part.text.startsWith('$')) return false;
  REFERENCE.lastIndex = part.start;
  return REFERENCE.test(text);
};

export const isExpanded = (text: string, { parts }: Word): boolean => parts.some((part) => isValue(text, part));

/**
 * The word as its program receives it, with the place of each character. References stay as they
 * are written; what they stand for is masked where the line sets it.
 */
export const wordSource = (text: string, { parts, exact }: Word): Source =>
  piecedSource(
    parts.map((part) => (isValue(text, part) ? { ...part, text: text.slice(part.start, part.end) } : part)),
    exact,
  );

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

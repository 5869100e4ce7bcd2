/** Builds the text that a shell is given from words. */
import type { Word, WordPart } from '../model.ts';
import { computedSource, type Piece, partOfSource, piecedSource, type Source } from '../source.ts';

/** Replaces a substitution that cannot be computed: a reference to an unknown variable. */
const UNKNOWN = `$\{?}`;

/** The text of a word as given to a shell. Unknown variables are kept as references. */
export function wordSource(word: Word): Source {
  return piecedSource(word.parts.map(pieceOf), word.exact);
}

/**
 * The text of a part of a word, such as the value in `--command=…`. Text that the word does not
 * have as it is, because it was decoded, has the place of the whole word.
 */
export function partSource(word: Word, text: string): Source {
  if (text === word.text) return wordSource(word);
  const whole = wordSource(word);
  const at = whole.text.lastIndexOf(text);
  return at < 0 ? computedSource(text, word) : partOfSource(whole, at, at + text.length);
}

/** The words joined by blanks, as `eval`, `ssh` and `watch` do. */
export function joinedSource(words: readonly Word[]): Source {
  const pieces: Piece[] = [];
  let exact = true;
  for (const word of words) {
    if (pieces.length > 0) pieces.push({ text: ' ', start: word.start, end: word.start });
    pieces.push(...word.parts.map(pieceOf));
    exact &&= word.exact;
  }
  return piecedSource(pieces, exact);
}

const pieceOf = (part: WordPart): Piece => ({
  text: textOf(part),
  start: part.start,
  end: part.end,
});

/** The default of `${name:-word}` is what most likely runs if nothing else is known. */
function textOf(part: WordPart): string {
  if (part.kind === 'command' || part.kind === 'process') return UNKNOWN;
  const hasDefault = part.kind === 'variable' && /^:?[-=]$/.test(part.operator);
  return hasDefault ? (part.argument?.value ?? part.text) : part.text;
}

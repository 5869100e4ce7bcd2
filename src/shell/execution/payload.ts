/** Text for a shell, put together from words. */
import type { Word, WordPart } from '../model.ts';
import { type Piece, piecedSource, type Source } from '../source.ts';

/**
 * Stands where a substitution stood that could not be computed: a variable of which nothing is
 * known.
 */
const UNKNOWN = `$\{?}`;

/** The text of a word as a shell would be given it. Variables that are not known stay variables. */
export function wordSource(word: Word): Source {
  return piecedSource(word.parts.map(pieceOf), word.exact);
}

/** The words joined by blanks, as `eval`, `ssh` and `watch` join theirs. */
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
  text: part.kind === 'command' || part.kind === 'process' ? UNKNOWN : part.text,
  start: part.start,
  end: part.end,
});

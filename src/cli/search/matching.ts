/** Longer texts are only searched this far: a search costs the same whatever is in the history. */
const SEARCHED = 2_000;

/** What of a text is searched. */
export const searchable = (text: string): string => text.slice(0, SEARCHED).toLowerCase();

/**
 * How well a text fits what was typed, in linear time: 0 if it contains every word, 1 if it has the
 * letters of every word in their order, null if it does not fit.
 * @param text as `searchable` gives it
 * @param words in lower case
 */
export function fitOf(text: string, words: readonly string[]): 0 | 1 | null {
  let fit: 0 | 1 = 0;
  for (const word of words) {
    if (text.includes(word)) continue;
    if (!hasLetters(text, word)) return null;
    fit = 1;
  }
  return fit;
}

function hasLetters(text: string, word: string): boolean {
  let at = -1;
  for (const letter of word) {
    at = text.indexOf(letter, at + 1);
    if (at === -1) return false;
  }
  return true;
}

export const wordsOf = (typed: string): readonly string[] =>
  typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');

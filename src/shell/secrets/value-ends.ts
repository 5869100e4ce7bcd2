/** Where the value ends that begins at an offset of a text. */

export interface Ends {
  /** How many values in a row, this one included, end there. */
  readonly sharing: (end: number) => number;
  /** The closing quote, or the first character that ends an unquoted word. */
  readonly value: (from: number, quote: string) => number;
  /**
   * The end of a header's value: its own closing quote; the closing quote of the word that begins
   * before the name (`around`); the end of the line (`spaced`) or of the unquoted word.
   */
  readonly header: (from: number, quote: string, around: string, spaced: boolean, isCookie: boolean) => number;
}

/**
 * Searches forwards and remembers the last end, so that names which share one end do not search for
 * it again: with offsets that do not decrease, all searches together are linear.
 */
const remembering = (text: string, pattern: RegExp): ((from: number) => number) => {
  let end = -1;
  let searched = -1;
  return (from) => {
    if (from > end || from < searched) {
      pattern.lastIndex = from;
      end = pattern.exec(text)?.index ?? text.length;
    }
    searched = from;
    return end;
  };
};

/** The quote, or the backslash before it where it is escaped, as in `"{\"a\": \"b\"}"`. */
const beforeBackslash = (text: string, from: number, at: number): number => {
  let backslashes = 0;
  while (at - backslashes > from && text[at - backslashes - 1] === '\\') backslashes += 1;
  return at - (backslashes % 2);
};

export const valueEnds = (text: string): Ends => {
  let last = -1;
  let count = 0;
  const sharing = (end: number): number => {
    count = end === last ? count + 1 : 1;
    last = end;
    return count;
  };
  const unquoted = remembering(text, /[\s'"`&;|<>(),}\]\\]/g);
  const single = remembering(text, /'/g);
  const double = remembering(text, /"/g);
  const unescaped = remembering(text, /(?<!\\)"/g);
  const line = remembering(text, /[\n'"`;|&<>]/g);
  const cookieLine = remembering(text, /[\n'"`]/g);
  const value = (from: number, quote: string): number => {
    if (quote === '') return unquoted(from);
    const at = quote === "'" ? single(from) : double(from);
    return at === text.length ? at : beforeBackslash(text, from, at);
  };
  const header = (from: number, quote: string, around: string, spaced: boolean, isCookie: boolean): number => {
    if (quote !== '') return value(from, quote);
    if (around === "'") return single(from);
    if (around === '"') return unescaped(from);
    if (!spaced) return unquoted(from);
    return isCookie ? cookieLine(from) : line(from);
  };
  return { value, header, sharing };
};

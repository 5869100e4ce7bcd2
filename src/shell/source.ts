import type { Span } from './model.ts';

/** Text to read, with the position of each character in the original command line. */
export interface Source {
  readonly text: string;
  /**
   * False for decoded payloads: single characters have no position, so all offsets are those of the
   * origin.
   */
  readonly exact: boolean;
  /** Original offset of the start of a span that begins at `offset`. */
  readonly from: (offset: number) => number;
  /** Original offset of the end of a span that ends before `offset`. */
  readonly to: (offset: number) => number;
}

/** A piece of text and its span in the original; it is verbatim if both have the same length. */
export interface Piece extends Span {
  readonly text: string;
}

const identity = (offset: number): number => offset;

export const lineSource = (text: string): Source => ({ text, exact: true, from: identity, to: identity });

/** Source for computed text: all its offsets map to the span of `origin`, the word it came from. */
export const computedSource = (text: string, origin: Span): Source => ({
  text,
  exact: false,
  from: () => origin.start,
  to: () => origin.end,
});

/** Source for a part of a text that has one. */
export const partOfSource = ({ text, exact, from, to }: Source, start: number, end: number): Source => ({
  text: text.slice(start, end),
  exact,
  from: (offset) => from(start + offset),
  to: (offset) => to(start + offset),
});

/** Source for text put together from pieces of the original, in order. */
export function piecedSource(pieces: readonly Piece[], exact: boolean): Source {
  const starts: number[] = [];
  let text = '';
  for (const piece of pieces) {
    starts.push(text.length);
    text += piece.text;
  }
  const locate = (offset: number): { piece: Piece; within: number } | null => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const piece = pieces[low];
    return piece ? { piece, within: offset - (starts[low] ?? 0) } : null;
  };
  const isVerbatim = (piece: Piece): boolean => piece.end - piece.start === piece.text.length;
  return {
    text,
    exact,
    from: (offset) => {
      const at = locate(offset);
      return at ? (isVerbatim(at.piece) ? at.piece.start + at.within : at.piece.start) : 0;
    },
    to: (offset) => {
      const at = locate(Math.max(0, offset - 1));
      return at ? (isVerbatim(at.piece) ? at.piece.start + at.within + 1 : at.piece.end) : 0;
    },
  };
}

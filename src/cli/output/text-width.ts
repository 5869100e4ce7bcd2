import { harmless } from './output.ts';

/** Columns that a text takes on a terminal. */
export type TextWidth = (text: string) => number;

/**
 * Resolves with the width of each of `texts`. string-width and its segmenter add a third to the
 * start of a command, so they are loaded only for text beyond printable ASCII.
 */
export async function textWidthFor(texts: readonly string[]): Promise<TextWidth> {
  if (texts.every(isPrintableAscii)) return (text) => text.length;
  return (await import('string-width')).default;
}

const isPrintableAscii = (text: string): boolean => /^[ -~]*$/.test(text);

/** `text` as one harmless line of at most `width` columns. */
export async function clipped(text: string, width: number): Promise<string> {
  const line = harmless(text);
  return clip(line, width, await textWidthFor([line]));
}

/** `line` in at most `width` columns, cut between graphemes. */
export function clip(line: string, width: number, widthOf: TextWidth): string {
  if (widthOf(line) <= width) return line;
  if (isPrintableAscii(line)) return `${line.slice(0, Math.max(0, width - 1))}…`;
  let kept = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(line)) {
    used += widthOf(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

import type { Context } from '../context.ts';
import { harmless, paint, say, terminalWidth } from './output.ts';
import { clip, textWidthFor } from './text-width.ts';

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly align?: 'left' | 'right';
  /** Never cut, for text that people copy; it may exceed the width of the terminal. */
  readonly isWhole?: true;
  /** Adds colours after the width was measured. */
  readonly paint?: (row: Row, text: string) => string;
}

type Out = Pick<Context, 'stdout' | 'env'>;

const GAP = '  ';
const MIN_LAST_WIDTH = 10;

/**
 * Rows under aligned titles. The last column takes the remaining width of the terminal; output to
 * a pipe is not cut.
 */
export async function sayTable<Row>(
  context: Out,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Promise<void> {
  const cells = rows.map((row) => columns.map((column) => harmless(column.text(row))));
  const widthOf = await textWidthFor(cells.flat());
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((line) => widthOf(line[index] ?? ''))),
  );
  const last = columns.length - 1;
  const taken = widths.slice(0, last).reduce((sum, width) => sum + width + GAP.length, 0);
  const room =
    context.stdout.isTTY === true ? Math.max(MIN_LAST_WIDTH, terminalWidth(context) - taken) : Number.POSITIVE_INFINITY;
  const placed = (index: number, text: string): string => {
    const column = columns[index];
    const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(text)));
    if (column?.align === 'right') return padding + text;
    if (index !== last) return text + padding;
    return column?.isWhole === true ? text : clip(text, room, widthOf);
  };
  const titles = columns.map(({ title }, index) => placed(index, title));
  say(context, paint(context, 'dim', titles.join(GAP).trimEnd()));
  for (const [number, row] of rows.entries()) {
    const line = columns.map((column, index) => {
      const text = placed(index, cells[number]?.[index] ?? '');
      return column.paint?.(row, text) ?? text;
    });
    say(context, line.join(GAP).trimEnd());
  }
}

/** `name   value` lines. */
export function sayFacts(context: Out, facts: readonly (readonly [name: string, value: string])[]): void {
  const width = Math.max(...facts.map(([name]) => name.length));
  for (const [name, value] of facts)
    say(context, `${paint(context, 'dim', name.padEnd(width))}${GAP}${harmless(value)}`);
}

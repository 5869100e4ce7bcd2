import type { Context } from '../context.ts';
import { clipped, harmless, paint, say, terminalWidth } from './output.ts';

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly align?: 'left' | 'right';
  /** Never cut, as what people copy; it may then go over the edge of the terminal. */
  readonly isWhole?: true;
  /** Colours; widths are measured before it. */
  readonly paint?: (row: Row, text: string) => string;
}

const GAP = '  ';

/**
 * Rows under aligned titles. The last column takes what is left of the terminal's width; in a pipe
 * nothing is cut.
 */
export function sayTable<Row>(
  context: Pick<Context, 'stdout' | 'env'>,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): void {
  const cells = rows.map((row) => columns.map((column) => harmless(column.text(row))));
  const widths = columns.map((column, index) =>
    Math.max(length(column.title), ...cells.map((line) => length(line[index] ?? ''))),
  );
  const last = columns.length - 1;
  const taken = widths.slice(0, last).reduce((sum, width) => sum + width + GAP.length, 0);
  const room = context.stdout.isTTY === true ? Math.max(10, terminalWidth(context) - taken) : Number.POSITIVE_INFINITY;
  const placed = (index: number, text: string): string => {
    const column = columns[index];
    if (column?.align === 'right') return text.padStart(widths[index] ?? 0);
    if (index !== last) return text.padEnd(widths[index] ?? 0);
    return column?.isWhole === true ? text : clipped(text, room);
  };
  say(
    context,
    paint(
      context,
      'dim',
      columns
        .map(({ title }, index) => placed(index, title))
        .join(GAP)
        .trimEnd(),
    ),
  );
  for (const [number, row] of rows.entries()) {
    const line = columns.map((column, index) => {
      const text = placed(index, cells[number]?.[index] ?? '');
      return column.paint?.(row, text) ?? text;
    });
    say(context, line.join(GAP).trimEnd());
  }
}

/** `name   value` lines. */
export function sayFacts(
  context: Pick<Context, 'stdout' | 'env'>,
  facts: readonly (readonly [string, string])[],
): void {
  const width = Math.max(...facts.map(([name]) => length(name)));
  for (const [name, value] of facts)
    say(context, `${paint(context, 'dim', name.padEnd(width))}${GAP}${harmless(value)}`);
}

const length = (text: string): number => Array.from(text).length;

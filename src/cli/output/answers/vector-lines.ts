import type { VectorPreview } from '../../../domain/answers/query.ts';

/** A vector that would leave, cell by cell: the figures first, then the names of the zeros. */
export const vectorLines = (preview: VectorPreview): readonly string[] =>
  linesOf(preview, (zeros) => `  0 in ${zeros.join(', ')}`);

/** The same with the number of zeros instead of their names: a text that somebody reads. */
export const figureLines = (preview: VectorPreview): readonly string[] =>
  linesOf(preview, (zeros, isAll) => `  0 in ${isAll ? 'all' : `${zeros.length} other`} cells`);

function linesOf(
  { body, cellNames }: VectorPreview,
  zeroLine: (names: readonly string[], isAll: boolean) => string,
): readonly string[] {
  const cells = cellNames.map((name, place) => ({ name, text: String(body.cells[place] ?? 0) }));
  const [figures, zeros] = [cells.filter(({ text }) => text !== '0'), cells.filter(({ text }) => text === '0')];
  const names = Math.max(0, ...figures.map(({ name }) => name.length));
  const digits = Math.max(0, ...figures.map(({ text }) => text.length));
  return [
    `${body.layout}: ${cells.length} cells over the last ${body.spanHours / 24} days`,
    ...figures.map(({ name, text }) => `  ${name.padEnd(names)}  ${text.padStart(digits)}`),
    ...(zeros.length > 0
      ? [
          zeroLine(
            zeros.map(({ name }) => name),
            figures.length === 0,
          ),
        ]
      : []),
  ];
}

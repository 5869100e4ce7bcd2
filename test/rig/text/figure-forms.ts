/** The forms that figures can have in the memory of a process. */

const ELEMENT_BYTES = 16;
const WORD_BYTES = 8;

type Form = readonly [name: string, bytes: Buffer];

/**
 * Some neighbouring cells in every form in which Node.js, SQLite or the VDAF keeps a row of
 * numbers. One number alone would be found by chance: four of them in a row are not.
 */
export const formsOf = (cells: readonly number[], widths: readonly number[]): ReadonlyMap<string, Buffer> =>
  new Map<string, Buffer>([
    ['decimal', Buffer.from(cells.join(','))],
    ['decimal, two bytes a character', Buffer.from(cells.join(','), 'utf16le')],
    // An array of V8: small integers are in the upper half of a word.
    words('small integers', cells, (word, value) => word.writeUInt32LE(value, 4)),
    words('doubles', cells, (word, value) => word.writeDoubleLE(value)),
    words('64-bit integers', cells, (word, value) => word.writeUInt32LE(value)),
    ['32-bit integers', Buffer.from(Uint32Array.from(cells).buffer)],
    elements('elements of the field', cells),
    elements('bits as elements of the field', bitsOf(cells, widths)),
  ]);

function words(name: string, cells: readonly number[], write: (word: Buffer, value: number) => void): Form {
  const bytes = Buffer.alloc(cells.length * WORD_BYTES);
  cells.forEach((value, place) => {
    write(bytes.subarray(place * WORD_BYTES, (place + 1) * WORD_BYTES), value);
  });
  return [name, bytes];
}

function elements(name: string, values: readonly number[]): Form {
  const bytes = Buffer.alloc(values.length * ELEMENT_BYTES);
  values.forEach((value, place) => {
    bytes.writeUInt32LE(value, place * ELEMENT_BYTES);
  });
  return [name, bytes];
}

/** As `MixedSumVec.encode` makes them: the lowest bit first. */
const bitsOf = (cells: readonly number[], widths: readonly number[]): readonly number[] =>
  cells.flatMap((value, place) => Array.from({ length: widths[place] ?? 0 }, (_, bit) => (value >> bit) & 1));

import type { Field } from '@divviup/field';
import { SumVec } from '@divviup/prio3/dist/circuits/sumVec.js';

/**
 * The circuit of Prio3SumVec (VDAF-08 §7.4.3) over all bits of all cells, where each cell has its
 * own width. Only the step from cells to bits and back differs. The proof is that of a SumVec of
 * one-bit elements: every element is 0 or 1.
 */
export class MixedSumVec extends SumVec {
  /** @param widths of the cells, in bits, 1 to 52 */
  constructor(
    field: Field,
    readonly widths: readonly number[],
    chunkLength: number,
  ) {
    super(
      field,
      widths.reduce((sum, width) => sum + width, 0),
      1,
      chunkLength,
    );
    this.outputLen = widths.length;
  }

  /** @throws RangeError if a cell is not an integer of its width */
  override encode(cells: number[]): bigint[] {
    if (cells.length !== this.widths.length) {
      throw new RangeError(`expected ${this.widths.length} cells, got ${cells.length}`);
    }
    return this.widths.flatMap((width, index) => {
      const value = cells[index] ?? Number.NaN;
      if (!Number.isInteger(value) || value < 0 || value >= 2 ** width) {
        throw new RangeError(`expected an integer of ${width} bits in cell ${index}`);
      }
      return Array.from({ length: width }, (_, bit) => (BigInt(value) >> BigInt(bit)) & 1n);
    });
  }

  override truncate(elements: bigint[]): bigint[] {
    let place = 0;
    return this.widths.map((width) => {
      let sum = 0n;
      for (let bit = 0; bit < width; bit += 1) sum += (1n << BigInt(bit)) * (elements[place + bit] ?? 0n);
      place += width;
      return sum % this.field.modulus;
    });
  }
}

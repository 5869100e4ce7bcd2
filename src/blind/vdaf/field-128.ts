import { type Field, Field128 } from '@divviup/field';
import { Xof, XofTurboShake128 } from '@divviup/xof';

const LOW = 2n ** 64n - 1n;
const ELEMENT_BYTES = 16;

/** Field128 with a faster encoding of vectors (VDAF-08 §6.1.1): the same bytes. */
export class QuickField128 extends Field128 {
  override encode(elements: bigint[]): Uint8Array {
    const bytes = new Uint8Array(elements.length * ELEMENT_BYTES);
    const view = new DataView(bytes.buffer);
    elements.forEach((element, index) => {
      view.setBigUint64(index * ELEMENT_BYTES, element & LOW, true);
      view.setBigUint64(index * ELEMENT_BYTES + 8, element >> 64n, true);
    });
    return bytes;
  }

  /** @throws RangeError for bytes that are not a vector of this field */
  override decode(bytes: Uint8Array): bigint[] {
    if (bytes.length % ELEMENT_BYTES !== 0) throw new RangeError('expected whole field elements');
    const elements = readElements(bytes);
    if (elements.some((element) => element >= this.modulus)) throw new RangeError('expected elements of the field');
    return elements;
  }
}

/**
 * XofTurboShake128 that reads its stream in one piece instead of one element at a time (VDAF-08
 * §6.2): the same elements. For fields of 16-byte elements only.
 */
export class QuickXof extends Xof {
  static readonly seedSize = XofTurboShake128.seedSize;
  readonly #stream: Xof;

  constructor(seed: Uint8Array, tag: Uint8Array, binder: Uint8Array) {
    super();
    this.#stream = new XofTurboShake128(seed, tag, binder);
  }

  override next(length: number): Promise<Uint8Array> {
    return this.#stream.next(length);
  }

  static override async expandIntoVec(
    field: Field,
    seed: Uint8Array,
    tag: Uint8Array,
    binder: Uint8Array,
    length: number,
  ): Promise<bigint[]> {
    const stream = new QuickXof(seed, tag, binder);
    const elements: bigint[] = [];
    while (elements.length < length) {
      const bytes = await stream.next((length - elements.length) * ELEMENT_BYTES);
      for (const element of readElements(bytes)) if (element < field.modulus) elements.push(element);
    }
    return elements;
  }
}

function readElements(bytes: Uint8Array): bigint[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from(
    { length: bytes.length / ELEMENT_BYTES },
    (_, index) =>
      (view.getBigUint64(index * ELEMENT_BYTES + 8, true) << 64n) | view.getBigUint64(index * ELEMENT_BYTES, true),
  );
}

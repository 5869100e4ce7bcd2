import type { Field } from '@divviup/field';

/**
 * Polynomials of fewer than `size` coefficients, given by their values at the roots of unity of
 * order `size`, a power of two.
 */
export interface Points {
  readonly size: number;
  /** alpha⁰ … alpha^(size − 1) for the generator alpha of these roots. */
  readonly roots: readonly bigint[];
  /**
   * By how much the value at each root counts in the value at `point` (Lagrange).
   * @throws RangeError if the point is one of the roots
   */
  readonly weightsAt: (point: bigint) => readonly bigint[];
  /** The same for a root of twice the order that lies between the roots `place` and `place + 1`. */
  readonly weightsBetween: (place: number) => readonly bigint[];
  /**
   * Coefficients of a polynomial of fewer than 2 · size, from its values at all roots of twice the
   * order.
   */
  readonly interpolate: (values: readonly bigint[]) => readonly bigint[];
}

export function createPoints(field: Field, size: number): Points {
  const { modulus } = field;
  const [roots, double] = [rootsOf(field, size), rootsOf(field, 2 * size)];
  const inverse = field.exp(BigInt(size), -1n);
  const weights = (distance: bigint, numerators: readonly bigint[], denominators: readonly bigint[]) => {
    const scale = field.mul(distance, inverse);
    const inverses = invertAll(denominators, field);
    return numerators.map((root, place) => (((root * scale) % modulus) * (inverses[place] ?? 0n)) % modulus);
  };
  // With w = alpha^(1/2), the weight of alpha^k at w^(2m + 1) depends on j = 2m + 1 − 2k only:
  // (−2 / size) / (w^j − 1).
  const odd = double.filter((_, place) => place % 2 === 1);
  const between = weights(
    modulus - 2n,
    odd.map(() => 1n),
    odd.map((root) => field.sub(root, 1n)),
  );
  return {
    size,
    roots,
    weightsAt: (point) => {
      const distance = field.sub(field.exp(point, BigInt(size)), 1n);
      if (distance === 0n) throw new RangeError('expected a point that is no root of unity');
      return weights(
        distance,
        roots,
        roots.map((root) => field.sub(point, root)),
      );
    },
    weightsBetween: (place) => roots.map((_, root) => between[(size + place - root) % size] ?? 0n),
    interpolate: (values) => {
      const scale = field.exp(BigInt(2 * size), -1n);
      const [one = 1n, ...others] = double;
      return transform(values, [one, ...others.reverse()], modulus).map((value) => (value * scale) % modulus);
    },
  };
}

function rootsOf(field: Field, order: number): readonly bigint[] {
  const alpha = field.exp(field.generator, field.genOrder / BigInt(order));
  const roots = [1n];
  for (let root = alpha; roots.length < order; root = field.mul(root, alpha)) roots.push(root);
  return roots;
}

/** Values at all roots of a polynomial with these coefficients (Cooley and Tukey). */
function transform(values: readonly bigint[], roots: readonly bigint[], modulus: bigint): bigint[] {
  const { length } = values;
  if (length === 1) return [...values];
  const every = (rest: number) => (_: bigint, place: number) => place % 2 === rest;
  const halfRoots = roots.filter(every(0));
  const even = transform(values.filter(every(0)), halfRoots, modulus);
  const odd = transform(values.filter(every(1)), halfRoots, modulus);
  const turned = odd.map((value, place) => (value * (roots[place] ?? 0n)) % modulus);
  return [
    ...even.map((value, place) => (value + (turned[place] ?? 0n)) % modulus),
    ...even.map((value, place) => (value + modulus - (turned[place] ?? 0n)) % modulus),
  ];
}

/** Inverses of elements that are not 0, with one inversion (Montgomery). */
function invertAll(elements: readonly bigint[], field: Field): readonly bigint[] {
  const products = [1n];
  for (const element of elements) products.push(field.mul(products.at(-1) ?? 1n, element));
  let rest = field.exp(products.at(-1) ?? 1n, -1n);
  const inverses = new Array<bigint>(elements.length);
  for (let place = elements.length - 1; place >= 0; place -= 1) {
    inverses[place] = field.mul(rest, products[place] ?? 1n);
    rest = field.mul(rest, elements[place] ?? 1n);
  }
  return inverses;
}

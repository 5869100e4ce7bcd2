import { FlpGeneric } from '@divviup/prio3/dist/genericFlp.js';
import type { MixedSumVec } from './mixed-sum-vec.ts';
import { createPoints, type Points } from './points.ts';

/**
 * The proof system of VDAF-08 §7.3 for a SumVec of bits: the same bytes as `FlpGeneric`, an order
 * of magnitude faster. It uses what that circuit has and others may lack: one gadget, whose wires
 * come in pairs, an element times a power of the joint randomness, and the element less a constant.
 *
 * `FlpGeneric` interpolates the polynomial of every wire and multiplies polynomials. Here a value
 * of a polynomial is a sum of its known values with weights that all wires share (Lagrange).
 */
export class QuickFlp extends FlpGeneric<number[], number[]> {
  readonly #chunk: number;
  readonly #calls: number;
  readonly #points: Points;
  /** For each coefficient of the gadget's polynomial, the sum of its powers over all calls. */
  readonly #callSums: readonly bigint[];

  constructor(circuit: MixedSumVec) {
    super(circuit);
    const [calls = 0] = circuit.gadgetCalls;
    this.#chunk = circuit.chunkLength;
    this.#calls = calls;
    this.#points = createPoints(circuit.field, 2 ** Math.ceil(Math.log2(calls + 1)));
    const { size, roots } = this.#points;
    this.#callSums = Array.from({ length: 2 * size - 1 }, (_, power) => {
      let sum = 0n;
      for (let call = 1; call <= calls; call += 1) sum += roots[(call * power) % size] ?? 0n;
      return sum % circuit.field.modulus;
    });
  }

  /** @param input bits, as `MixedSumVec.encode` makes them */
  override prove(input: bigint[], seeds: bigint[], [joint = 0n]: bigint[]): bigint[] {
    const { size, interpolate } = this.#points;
    // At the roots themselves the polynomial is 0, because x (x − 1) is: all but the first, where
    // the wires have their random seeds.
    const values = new Array<bigint>(2 * size).fill(0n);
    for (let place = 0; place < seeds.length; place += 2)
      values[0] = (values[0] ?? 0n) + (seeds[place] ?? 0n) * (seeds[place + 1] ?? 0n);
    const powers = powersOf(joint, this.#chunk * this.#calls + 1, this.field.modulus);
    const ones = this.#callsOfOnes(input);
    for (let point = 0; point < size; point += 1) values[2 * point + 1] = this.#valueAt(point, ones, seeds, powers);
    // Of degree 2 (size − 1): the last coefficient is 0.
    return [...seeds, ...interpolate(values).slice(0, -1)];
  }

  /** For each place in a chunk, the calls that have a 1 there: most bits of a report are 0. */
  #callsOfOnes(input: readonly bigint[]): readonly (readonly number[])[] {
    const calls: number[][] = Array.from({ length: this.#chunk }, () => []);
    input.forEach((bit, index) => {
      if (bit === 1n) calls[index % this.#chunk]?.push(Math.floor(index / this.#chunk));
    });
    return calls;
  }

  /** The gadget's polynomial at a point between the roots. */
  #valueAt(
    point: number,
    ones: readonly (readonly number[])[],
    seeds: readonly bigint[],
    powers: readonly bigint[],
  ): bigint {
    const { modulus } = this.field;
    const [first = 0n, ...others] = this.#points.weightsBetween(point);
    const weights = others.slice(0, this.#calls);
    const scaled = weights.map((weight, call) => (weight * (powers[call * this.#chunk] ?? 0n)) % modulus);
    const constant = weights.reduce((sum, weight) => sum + weight, 0n);
    let value = 0n;
    for (const [place, calls] of ones.entries()) {
      let [products, elements] = [0n, 0n];
      for (const call of calls) {
        products += scaled[call] ?? 0n;
        elements += weights[call] ?? 0n;
      }
      products = (products % modulus) * (powers[place + 1] ?? 0n) + first * (seeds[2 * place] ?? 0n);
      elements += first * (seeds[2 * place + 1] ?? 0n) - constant;
      value += (products % modulus) * (elements % modulus);
    }
    return this.field.mul(value, 1n);
  }

  /** @throws RangeError if the point of the query is a root of unity, which would reveal a value */
  override query(
    input: bigint[],
    proof: bigint[],
    [point = 0n]: bigint[],
    [joint = 0n]: bigint[],
    shares: number,
  ): bigint[] {
    const { field } = this;
    const { modulus } = field;
    const weights = this.#points.weightsAt(point);
    const polynomial = proof.slice(2 * this.#chunk);
    const steps = powersOf(field.exp(joint, BigInt(this.#chunk)), this.#calls, modulus);
    const ofCalls = weights.slice(1, this.#calls + 1);
    const ofProducts = ofCalls.map((weight, call) => (weight * (steps[call] ?? 0n)) % modulus);
    const constant = field.mul(
      field.exp(BigInt(shares), -1n),
      ofCalls.reduce((sum, weight) => sum + weight, 0n),
    );
    const wires: bigint[] = [];
    let power = joint;
    for (let place = 0; place < this.#chunk; place += 1) {
      let [products, elements] = [0n, 0n];
      for (let call = 0, index = place; index < input.length; call += 1, index += this.#chunk) {
        const element = input[index] ?? 0n;
        products += element * (ofProducts[call] ?? 0n);
        elements += element * (ofCalls[call] ?? 0n);
      }
      const [first = 0n] = weights;
      wires.push(((products % modulus) * power + first * (proof[2 * place] ?? 0n)) % modulus);
      wires.push((elements + first * (proof[2 * place + 1] ?? 0n) + modulus - constant) % modulus);
      power = (power * joint) % modulus;
    }
    const powers = powersOf(point, polynomial.length, modulus);
    return [dot(polynomial, this.#callSums, modulus), ...wires, dot(polynomial, powers, modulus)];
  }
}

function powersOf(base: bigint, count: number, modulus: bigint): readonly bigint[] {
  const powers: bigint[] = [];
  for (let power = 1n; powers.length < count; power = (power * base) % modulus) powers.push(power);
  return powers;
}

function dot(one: readonly bigint[], other: readonly bigint[], modulus: bigint): bigint {
  let sum = 0n;
  one.forEach((value, place) => {
    sum += value * (other[place] ?? 0n);
  });
  return sum % modulus;
}

/** The fast proof system against the one of `@divviup/prio3`, for circuits of many shapes. */
import { FlpGeneric } from '@divviup/prio3/dist/genericFlp.js';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { QuickField128 } from '../../src/blind/vdaf/field-128.ts';
import { MixedSumVec } from '../../src/blind/vdaf/mixed-sum-vec.ts';
import { QuickFlp } from '../../src/blind/vdaf/quick-flp.ts';

const field = new QuickField128();
const element = fc.bigInt({ min: 0n, max: field.modulus - 1n });
const elements = (count: number) => fc.array(element, { minLength: count, maxLength: count });
/** Circuits with one call of the gadget, with a last chunk that is not full, and others. */
const circuits = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 12 }))
  .map(([bits, chunk]) => new MixedSumVec(field, [bits], chunk));

/** Both refuse points that are roots of unity, such as 1 and -1. */
function outcomeOf<T>(query: () => T): T | 'refused' {
  try {
    return query();
  } catch (error) {
    expect(String(error)).toContain('point');
    return 'refused';
  }
}

describe('the fast proof system', () => {
  test('proves with the same elements', () => {
    const cases = circuits.chain((circuit) =>
      fc.record({
        circuit: fc.constant(circuit),
        bits: fc.array(fc.constantFrom(0n, 1n), {
          minLength: circuit.measurementLen,
          maxLength: circuit.measurementLen,
        }),
        seeds: elements(circuit.proveRandLen),
        joint: element,
      }),
    );
    fc.assert(
      fc.property(cases, ({ circuit, bits, seeds, joint }) => {
        const proof = new FlpGeneric(circuit).prove(bits, seeds, [joint]);
        // The library leaves out leading coefficients that are 0.
        const padding = Array.from({ length: circuit.proofLen - proof.length }, () => 0n);
        expect(new QuickFlp(circuit).prove(bits, seeds, [joint])).toEqual([...proof, ...padding]);
      }),
      { numRuns: 60 },
    );
  });

  test('queries any share and any proof with the same elements', () => {
    const cases = circuits.chain((circuit) =>
      fc.record({
        circuit: fc.constant(circuit),
        share: elements(circuit.measurementLen),
        proof: elements(circuit.proofLen),
        joint: element,
        point: element,
        shares: fc.integer({ min: 1, max: 3 }),
      }),
    );
    fc.assert(
      fc.property(cases, ({ circuit, share, proof, joint, point, shares }) => {
        const [fast, library] = [new QuickFlp(circuit), new FlpGeneric(circuit)].map((flp) =>
          outcomeOf(() => flp.query(share, proof, [point], [joint], shares)),
        );
        expect(fast).toEqual(library);
      }),
      { numRuns: 60 },
    );
  });

  test('refuses a point at which a query would reveal a value, as the library does', () => {
    const circuit = new MixedSumVec(field, [6], 2);
    const proof = Array.from({ length: circuit.proofLen }, () => 1n);
    for (const flp of [new QuickFlp(circuit), new FlpGeneric(circuit)])
      expect(() => flp.query([0n, 0n, 0n, 0n, 0n, 0n], proof, [1n], [5n], 2)).toThrow('point');
  });
});

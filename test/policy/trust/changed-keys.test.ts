/**
 * What the policy makes of keys that changed, whatever happened to them: the answer of the gate and
 * the one that is explained.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GRACE_MS } from '../../../src/keys/grace.ts';
import { askerOf, type KeyBook, keyStatusOf } from '../../../src/keys/key-book.ts';
import { decideConnection } from '../../../src/policy/connection.ts';
import { explain } from '../../../src/policy/explanation.ts';
import { anyBook, BOOK_IDS, LEARNED_MS } from '../../keys/key-books.ts';
import { anySettings, settings } from '../settings.ts';

const anyKey = fc.constantFrom(...BOOK_IDS);
const anyTime = fc.constantFrom(0, GRACE_MS - 1, GRACE_MS, 9 * GRACE_MS).map((after) => LEARNED_MS + after);
const [first = ''] = BOOK_IDS;

/** Keys that may connect where only the first one has a level. */
const admitted = (book: KeyBook, nowMs: number): readonly string[] => {
  const given = settings({ trust: { nodes: { [first]: 'peer' } } });
  return BOOK_IDS.filter((id) => decideConnection(given, askerOf(book, { id }, nowMs)).allow);
};

describe('keys that changed', () => {
  test('are explained as the gate decides about them', () => {
    fc.assert(
      fc.property(anySettings, anyBook, anyKey, anyTime, (given, book, id, nowMs) => {
        const asker = askerOf(book, { id }, nowMs);
        const { decision, trust, steps } = explain(given, { ...asker, action: 'connect' });
        const { code, mayPair, ...decided } = decideConnection(given, asker);
        expect(decision).toEqual(decided);
        expect(code === undefined).toBe(decision.allow);
        expect(trust === 'denied').toBe(!mayPair);
        const { state, formerIds } = keyStatusOf(book, id, nowMs);
        if (state !== 'current' || formerIds.length > 0) expect(steps[0]).toContain(`key.${state}`);
      }),
    );
  });

  test('hand trust on to one key at most; the one before it goes on only while an owner has confirmed its heir', () => {
    fc.assert(
      fc.property(anyBook, anyTime, (book, nowMs) => {
        const keys = admitted(book, nowMs);
        const [one = '', other = ''] = keys;
        const isHandOver = book.rotations.some(
          (step) => step.confirmed && !step.shown && [one, other].includes(step.old) && [one, other].includes(step.new),
        );
        expect(keys.length).toBeLessThanOrEqual(isHandOver ? 2 : 1);
      }),
      { numRuns: 500 },
    );
  });

  test('have no trust of a key before them while its owner could still object', () => {
    fc.assert(
      fc.property(anyBook, (book) => {
        // The first one has its level by name.
        const unsaid = book.rotations.flatMap((step) => (step.confirmed || step.new === first ? [] : [step.new]));
        expect(admitted(book, LEARNED_MS + GRACE_MS - 1).filter((id) => unsaid.includes(id))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('are shut out with every key before them that is denied', () => {
    fc.assert(
      fc.property(anyBook, anyKey, anyKey, anyTime, (book, denied, id, nowMs) => {
        const given = settings({ trust: { default: 'peer', deny: { nodes: [denied], subnets: [] } } });
        const { formerIds } = keyStatusOf(book, id, nowMs);
        if (id === denied || formerIds.includes(denied))
          expect(decideConnection(given, askerOf(book, { id }, nowMs)).allow).toBe(false);
      }),
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Condition, parseCondition, predicateOf, type Truth } from '../../../src/risk/custom/condition.ts';

const NAMES = ['a', 'b', 'selection_1', 'selection_2', '_hidden'];

/** A condition as text, and its value computed from its definition. */
interface Case {
  readonly text: string;
  readonly value: (truths: ReadonlyMap<string, Truth>) => Truth;
}

const { tree } = fc.letrec<{ tree: Case }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...NAMES).map((name): Case => ({ text: name, value: (truths) => truths.get(name) ?? null })),
    tie('tree').map((of): Case => ({ text: `not (${of.text})`, value: (truths) => not(of.value(truths)) })),
    fc.tuple(tie('tree'), tie('tree')).map(
      ([x, y]): Case => ({
        text: `(${x.text}) and (${y.text})`,
        value: (truths) => least([x.value(truths), y.value(truths)]),
      }),
    ),
    fc.tuple(tie('tree'), tie('tree')).map(
      ([x, y]): Case => ({
        text: `(${x.text}) or (${y.text})`,
        value: (truths) => not(least([not(x.value(truths)), not(y.value(truths))])),
      }),
    ),
    fc.constantFrom('1', 'any', 'all').map(
      (quantity): Case => ({
        text: `${quantity} of selection_*`,
        value: (truths) => {
          const both = ['selection_1', 'selection_2'].map((name) => truths.get(name) ?? null);
          return quantity === 'all' ? least(both) : not(least(both.map(not)));
        },
      }),
    ),
  ),
}));

/** Kleene's logic by numbers: false 0, unknown 1, true 2; `and` is the least. */
const RANKS: readonly Truth[] = [false, null, true];
const least = (of: readonly Truth[]): Truth => RANKS[Math.min(...of.map((truth) => RANKS.indexOf(truth)))] ?? null;
const not = (truth: Truth): Truth => RANKS[2 - RANKS.indexOf(truth)] ?? null;

const truthTable = fc
  .tuple(...NAMES.map(() => fc.constantFrom<Truth>(true, false, null)))
  .map((truths) => new Map(NAMES.map((name, index) => [name, truths[index] ?? null])));

const truthOf = (text: string, truths: ReadonlyMap<string, Truth>): Truth =>
  predicateOf<null>(parseCondition(text, NAMES), (name) => () => truths.get(name) ?? null)(null);

describe('conditions', () => {
  test('have the value that their definition gives, unknown selections included', () => {
    fc.assert(
      fc.property(tree, truthTable, ({ text, value }, truths) => {
        expect(truthOf(text, truths)).toBe(value(truths));
      }),
    );
  });

  test('bind not before and, and and before or', () => {
    const shape = (condition: Condition): unknown =>
      condition.kind === 'selection'
        ? condition.name
        : [condition.kind, ...(condition.kind === 'not' ? [condition.of] : condition.of).map(shape)];
    expect(shape(parseCondition('not a and b or selection_1', NAMES))).toEqual([
      'or',
      ['and', ['not', 'a'], 'b'],
      'selection_1',
    ]);
    expect(shape(parseCondition('a AND NOT (b OR selection_1)', NAMES))).toEqual([
      'and',
      'a',
      ['not', ['or', 'b', 'selection_1']],
    ]);
  });

  test('take them without the selections whose name begins with _', () => {
    const truths = new Map<string, Truth>(NAMES.map((name) => [name, name !== '_hidden']));
    expect(truthOf('all of them', truths)).toBe(true);
    expect(truthOf('all of *', truths)).toBe(false);
  });

  test.each([
    ['', 'end of the condition'],
    ['a b', 'expected "and", "or" or the end'],
    ['a and', 'end of the condition'],
    ['(a', 'expected ")"'],
    ['nobody', 'no selection'],
    ['2 of selection_*', '"1 of", "any of" or "all of"'],
    ['all of missing*', 'no selection has a name like'],
    ['all of', 'expected a pattern'],
    ['a | count() > 5', 'more than one command'],
    ['a and €', 'a character'],
    ['not', 'end of the condition'],
    [`${'('.repeat(500)}a${')'.repeat(500)}`, 'levels of nesting'],
    [`${'not '.repeat(500)}a`, 'levels of nesting'],
    [`a${' or a'.repeat(2_000)}`, 'characters'],
  ])('%j is refused with a reason', (text, reason) => {
    expect(() => parseCondition(text, NAMES)).toThrow(reason);
  });

  test('are parsed or refused, whatever they hold', () => {
    const words = fc.constantFrom('a', 'b', 'and', 'or', 'not', '(', ')', '1', 'all', 'of', 'them', 'x*', '*');
    fc.assert(
      fc.property(fc.array(words, { maxLength: 30 }), (parts) => {
        try {
          predicateOf<null>(parseCondition(parts.join(' '), NAMES), () => () => null)(null);
        } catch (error) {
          expect((error as Error).name).toBe('RuleFault');
        }
      }),
    );
  });
});

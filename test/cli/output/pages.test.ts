import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newestOf } from '../../../src/cli/output/pages.ts';
import { CaroError } from '../../../src/domain/errors.ts';

/** A service that has the entries 1 … `count` and lets no answer hold more than `most` of them. */
const service = (count: number, most: number) => {
  const asked: number[] = [];
  const ask = ({ limit, before = count + 1 }: { readonly limit: number; readonly before?: number }) => {
    asked.push(limit);
    const page = Array.from({ length: Math.min(limit, before - 1) }, (_, index) => before - 1 - index);
    if (page.length > most) return Promise.reject(new CaroError('answer_too_large', 'ask for less'));
    return Promise.resolve(page);
  };
  return { ask, asked };
};

describe('the newest entries of a list', () => {
  test('come oldest first, each once, however many fit into an answer', async () => {
    const sizes = fc.record({
      count: fc.integer({ min: 0, max: 3_000 }),
      limit: fc.integer({ min: 1, max: 4_000 }),
      most: fc.integer({ min: 1, max: 1_000 }),
    });
    await fc.assert(
      fc.asyncProperty(sizes, async ({ count, limit, most }) => {
        const newest = await newestOf(service(count, most).ask, (entry) => entry, limit);
        const first = Math.max(1, count - limit + 1);
        expect(newest).toEqual(Array.from({ length: Math.min(count, limit) }, (_, index) => first + index));
      }),
    );
  });

  test('are asked for in one small answer where few are wanted', async () => {
    const { ask, asked } = service(10_000, 1_000);
    expect(await newestOf(ask, (entry) => entry, 3)).toEqual([9_998, 9_999, 10_000]);
    expect(asked).toEqual([3]);
  });

  test('are not asked for again where the service refuses for another reason', async () => {
    const ask = () => Promise.reject(new CaroError('not_running', 'start it'));
    await expect(newestOf(ask, Number, 10)).rejects.toMatchObject({ code: 'not_running' });
  });
});

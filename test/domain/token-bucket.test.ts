import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createTokenBucket, createTokenBuckets } from '../../src/domain/token-bucket.ts';

describe('a token bucket', () => {
  test('grants a burst, then its rate, and returns how long to wait', () => {
    const bucket = createTokenBucket({ burst: 3, refillMs: 100 }, 0);
    const take = (nowMs: number, count: number): readonly number[] =>
      Array.from({ length: count }, () => bucket.take(nowMs));
    expect(take(0, 4)).toEqual([0, 0, 0, 100]);
    expect(take(200, 1)).toEqual([0]);
    expect(take(10_000, 4)).toEqual([0, 0, 0, 100]);
  });
});

describe('a token bucket for several tokens at once', () => {
  test('waits for the tokens that are missing, and for none that it has', () => {
    const bucket = createTokenBucket({ burst: 100, refillMs: 10 }, 0);
    expect(bucket.take(0, 100)).toBe(0);
    expect(bucket.take(0, 50)).toBe(500);
    expect(bucket.take(1_000, 50)).toBe(0);
    expect(bucket.take(1_000, 1)).toBe(10);
  });
});

describe('token buckets', () => {
  test('grant each key a burst, then its rate, and a full burst after a pause', () => {
    const buckets = createTokenBuckets({ burst: 3, refillMs: 1_000 });
    const take = (key: string, nowMs: number, count: number): readonly boolean[] =>
      Array.from({ length: count }, () => buckets.take(key, nowMs).isGranted);
    expect(take('a', 0, 4)).toEqual([true, true, true, false]);
    expect(take('b', 0, 4)).toEqual([true, true, true, false]);
    expect(take('a', 999, 1)).toEqual([false]);
    expect(take('a', 1_100, 2)).toEqual([true, false]);
    expect(take('a', 60_000, 4)).toEqual([true, true, true, false]);
  });

  test('grant the next token at the very instant at which it is refilled, and not before', () => {
    for (const [atMs, isGranted] of [
      [999, false],
      [1_000, true],
    ] as const) {
      const buckets = createTokenBuckets({ burst: 60, refillMs: 1_000 });
      const first = Array.from({ length: 61 }, () => buckets.take('a', 0).isGranted);
      expect(first.lastIndexOf(true)).toBe(59);
      expect(buckets.take('a', atMs).isGranted).toBe(isGranted);
    }
  });

  test('count the refusals since the last granted token', () => {
    const buckets = createTokenBuckets({ burst: 1, refillMs: 1_000 });
    const take = (nowMs: number): number => buckets.take('a', nowMs).refused;
    expect([take(0), take(1), take(2), take(1_100), take(1_101)]).toEqual([0, 1, 2, 2, 1]);
  });

  test('refill nothing when the clock is set back', () => {
    const buckets = createTokenBuckets({ burst: 1, refillMs: 1_000 });
    const take = (nowMs: number): boolean => buckets.take('a', nowMs).isGranted;
    expect([take(5_000), take(0), take(999), take(1_000)]).toEqual([true, false, false, true]);
  });

  test('grant any sixty queries within the minute after a quiet one, however they are spread', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60_000), { minLength: 60, maxLength: 60 }), (offsets) => {
        const buckets = createTokenBuckets({ burst: 60, refillMs: 1_000 });
        buckets.take('a', 0);
        const sorted = [...offsets].sort((a, b) => a - b);
        expect(sorted.every((offset) => buckets.take('a', 60_000 + offset).isGranted)).toBe(true);
      }),
    );
  });

  test('grant at most twice the burst within the time of one refill', () => {
    const buckets = createTokenBuckets({ burst: 60, refillMs: 1_000 });
    const granted = Array.from({ length: 6_000 }, (_, index) => buckets.take('a', index * 10).isGranted);
    const count = granted.filter(Boolean).length;
    expect(count).toBeGreaterThanOrEqual(60);
    expect(count).toBeLessThanOrEqual(120);
  });
});

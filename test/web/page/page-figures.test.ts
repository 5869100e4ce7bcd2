import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DURATION_BOUNDS_MS, DURATION_BUCKETS, durationBucket } from '../../../src/domain/summaries/summary.ts';
import { duration, medianText, share, visible } from '../../../src/web/page/model/format.ts';
import { bars, bounds, hoursByWeekday, usualDay } from '../../../src/web/page/model/ranges.ts';
import { failureRate, medianDuration, topTools } from '../../../src/web/page/model/usage.ts';

const usage = (name: string, durations: readonly number[], failures = 0) => {
  const durationBuckets = Array.from({ length: DURATION_BUCKETS }, () => 0);
  for (const ms of durations) durationBuckets[durationBucket(ms)] = (durationBuckets[durationBucket(ms)] ?? 0) + 1;
  const durationMsSum = durations.reduce((sum, ms) => sum + ms, 0);
  return { name, count: durations.length, ended: durations.length, failures, durationMsSum, durationBuckets };
};

describe('command text on the page', () => {
  test('shows control characters and marks that reorder text', () => {
    expect(visible('echo \u001b[2J\u0007')).toBe('echo ␛[2J␇');
    expect(visible('rm a\u202Egpj.exe')).toBe('rm a⟨U+202E⟩gpj.exe');
    expect(visible('a\u200bb\u007f')).toBe('a⟨U+200B⟩b␡');
  });

  test('leaves ordinary text in any script, line endings and joined emoji unchanged', () => {
    for (const text of ['grep -rn "Größe" src', 'echo 日本語 עברית', 'a\n\tb', 'echo 👩‍💻'])
      expect(visible(text)).toBe(text);
  });

  test('never lets a control or format character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visible(text).replace(/[\n\t\u200d]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
    );
  });
});

describe('time on the page', () => {
  const now = new Date(2026, 10, 18, 16, 40);
  const slot = (day: number, hour: number, count: number) => ({
    start: new Date(2026, 10, day, hour).toISOString(),
    count,
    ended: count,
    failures: 0,
    moderate: 0,
    high: 1,
    critical: 0,
  });

  test('a range begins at a local midnight and ends with today', () => {
    expect(bounds('week', now)).toEqual({
      since: new Date(2026, 10, 12).toISOString(),
      until: new Date(2026, 10, 19).toISOString(),
    });
  });

  test('bars count every command of their range once and none outside it', () => {
    const slots = [slot(11, 23, 5), slot(12, 0, 1), slot(15, 9, 2), slot(18, 16, 4)];
    for (const [range, total, length] of [
      ['today', 4, 96],
      ['week', 7, 168],
      ['month', 12, 28],
    ] as const) {
      const made = bars(range, slots, now);
      expect([range, made.length]).toEqual([range, length]);
      expect([range, made.reduce((sum, bar) => sum + bar.count, 0)]).toEqual([range, total]);
      expect([range, made.reduce((sum, bar) => sum + bar.high, 0)]).toEqual([
        range,
        range === 'today' ? 1 : length === 168 ? 3 : 4,
      ]);
    }
  });

  test('the usual day is the median up to the same time, of days that had commands', () => {
    const slots = [slot(15, 9, 10), slot(16, 9, 30), slot(16, 20, 500), slot(17, 10, 20), slot(18, 9, 99)];
    expect(usualDay(slots, now)).toEqual({ byNow: 20, days: 3 });
    expect(usualDay(slots.slice(2), now)).toBeNull();
  });

  test('the week begins on Monday', () => {
    const grid = hoursByWeekday([slot(16, 9, 3), slot(15, 23, 2)]);
    expect([grid[0]?.[9], grid[6]?.[23]]).toEqual([3, 2]);
  });
});

describe('figures of tools', () => {
  test('the median lies in the class of the middle run', () => {
    expect(medianDuration(usage('x', []))).toBeNull();
    const { ms = 0, exact } = medianDuration(usage('x', [5, 5, 50, 500, 500])) ?? {};
    expect([ms >= 10, ms < 100, exact]).toEqual([true, true, false]);
  });

  test('the median of one run or two in a class is exact', () => {
    expect(medianDuration(usage('x', [114]))).toEqual({ ms: 114, exact: true });
    expect(medianDuration(usage('x', [114, 316]))).toEqual({ ms: 215, exact: true });
  });

  test('the median is never above what the sum of the durations allows, nor outside its class', () => {
    const durations = fc.array(fc.integer({ min: 0, max: 900_000 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(durations, (all) => {
        const middle = [...all].sort((a, b) => a - b)[Math.ceil(all.length / 2) - 1] ?? 0;
        const ms = medianDuration(usage('x', all))?.ms ?? -1;
        expect(ms).toBeLessThanOrEqual(all.reduce((sum, one) => sum + one, 0));
        const low = DURATION_BOUNDS_MS[durationBucket(middle) - 1] ?? 0;
        const high = DURATION_BOUNDS_MS[durationBucket(middle)] ?? Number.POSITIVE_INFINITY;
        expect([ms >= low, ms <= high]).toEqual([true, true]);
      }),
    );
  });

  test('runs of unknown outcome or duration are in no share and no median', () => {
    const imported = { ...usage('x', []), count: 8 };
    expect([failureRate(imported), medianDuration(imported)]).toEqual([null, null]);
    const some = { ...usage('y', [90_000], 1), count: 10 };
    expect(failureRate(some)).toBe(1);
    expect(topTools([imported, some], 'failing', 5)).toEqual([]);
    expect(topTools([imported, some], 'slow', 5)).toEqual([]);
  });

  test('a tool that ran twice is neither slow nor failing', () => {
    const tools = [usage('rare', [90_000, 90_000], 2), usage('often', [50, 50, 50, 50], 1)];
    expect(topTools(tools, 'failing', 5).map(({ name }) => name)).toEqual(['often']);
    expect(topTools(tools, 'slow', 5).map(({ name }) => name)).toEqual(['often']);
    expect(topTools(tools, 'used', 5).map(({ name }) => name)).toEqual(['often', 'rare']);
  });

  test('a very small share is not shown as zero', () => {
    expect(share(1, 100_000)).toBe('<0.1%');
    expect(share(0, 5)).toBe('0%');
    expect([medianText({ ms: 0.4, exact: false }), medianText({ ms: 5, exact: false })]).toEqual(['<1 ms', '~ 5 ms']);
    expect(duration(61_000)).toBe('1 min');
    expect(duration(3_660_000)).toBe('1 h 1 min');
  });
});

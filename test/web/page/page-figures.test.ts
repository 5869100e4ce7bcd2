import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DURATION_BUCKETS, durationBucket } from '../../../src/domain/summaries/summary.ts';
import { duration, share, visible } from '../../../src/web/page/model/format.ts';
import { bars, bounds, hoursByWeekday, usualDay } from '../../../src/web/page/model/ranges.ts';
import { medianDuration, topTools } from '../../../src/web/page/model/usage.ts';

const usage = (name: string, durations: readonly number[], failures = 0) => {
  const durationBuckets = Array.from({ length: DURATION_BUCKETS }, () => 0);
  for (const ms of durations) durationBuckets[durationBucket(ms)] = (durationBuckets[durationBucket(ms)] ?? 0) + 1;
  return { name, count: durations.length, failures, durationMsSum: 0, durationBuckets };
};

describe('command text on the page', () => {
  test('shows control characters and marks that reorder text', () => {
    expect(visible('echo \u001b[2J\u0007')).toBe('echo ␛[2J␇');
    expect(visible('rm a\u202Egpj.exe')).toBe('rm a⟨U+202E⟩gpj.exe');
    expect(visible('a\u200bb\u007f')).toBe('a⟨U+200B⟩b␡');
  });

  test('leaves ordinary text in any script, line ends and joined emoji alone', () => {
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
    failures: 0,
  });

  test('a range begins at a local midnight and ends with today', () => {
    expect(bounds('week', now)).toEqual({
      since: new Date(2026, 10, 12).toISOString(),
      until: new Date(2026, 10, 19).toISOString(),
    });
  });

  test('bars hold every command of their range once, and nothing from outside', () => {
    const slots = [slot(11, 23, 5), slot(12, 0, 1), slot(15, 9, 2), slot(18, 16, 4)];
    for (const [range, total, length] of [
      ['today', 4, 96],
      ['week', 7, 168],
      ['month', 12, 28],
    ] as const) {
      const made = bars(range, slots, now);
      expect([range, made.length]).toEqual([range, length]);
      expect([range, made.reduce((sum, bar) => sum + bar.count, 0)]).toEqual([range, total]);
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
  test('the median lies in the class that holds the middle run', () => {
    expect(medianDuration(usage('x', []))).toBeNull();
    expect(medianDuration(usage('x', [5, 5, 50, 500, 500]))).toBeGreaterThanOrEqual(10);
    expect(medianDuration(usage('x', [5, 5, 50, 500, 500]))).toBeLessThan(100);
  });

  test('a tool that ran twice is neither slow nor failing', () => {
    const tools = [usage('rare', [90_000, 90_000], 2), usage('often', [50, 50, 50, 50], 1)];
    expect(topTools(tools, 'failing', 5).map(({ name }) => name)).toEqual(['often']);
    expect(topTools(tools, 'slow', 5).map(({ name }) => name)).toEqual(['often']);
    expect(topTools(tools, 'used', 5).map(({ name }) => name)).toEqual(['often', 'rare']);
  });

  test('a trace is not nothing', () => {
    expect(share(1, 100_000)).toBe('<0.1%');
    expect(share(0, 5)).toBe('0%');
    expect(duration(61_000)).toBe('1 min');
    expect(duration(3_660_000)).toBe('1 h 1 min');
  });
});

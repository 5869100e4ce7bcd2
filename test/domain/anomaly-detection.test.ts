import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findAnomalies, gatherHours, type History } from '../../src/domain/anomalies/anomaly-detection.ts';
import { DAY_MS, SLOT_MS } from '../../src/domain/time/period.ts';

type Slot = Parameters<typeof gatherHours>[0][number];
const HOUR_MS = 4 * SLOT_MS;
/** A Monday, local midnight. */
const MONDAY = new Date(2026, 5, 1).getTime();
const WEEKS = 12;
const END = new Date(2026, 5, 1 + 7 * WEEKS).getTime();
const LAST_WEEK = { sinceMs: END - 7 * DAY_MS, untilMs: END };

const at = (day: number, hour: number, quarter = 0): number =>
  new Date(2026, 5, 1 + day, hour).getTime() + quarter * SLOT_MS;
const slot = (startMs: number, count: number, more: Partial<Slot> = {}): Slot => ({
  startMs,
  count,
  ended: count,
  failures: Math.round(count / 10),
  risky: 0,
  ...more,
});

/**
 * Twelve weeks of working days from 9 to 17, 10 to 14 commands a quarter of an hour, a tenth of
 * them failing.
 */
const workingWeeks = (): Slot[] => {
  const slots: Slot[] = [];
  for (let day = 0; day < 7 * WEEKS; day += 1) {
    if (day % 7 > 4) continue;
    for (let hour = 9; hour < 17; hour += 1)
      for (let quarter = 0; quarter < 4; quarter += 1)
        slots.push(slot(at(day, hour, quarter), 10 + ((day * 7 + hour * 3 + quarter) % 5)));
  }
  return slots;
};
const with_ = (slots: readonly Slot[], extra: readonly Slot[]): Slot[] => {
  const places = new Map(slots.map((one) => [one.startMs, one]));
  for (const one of extra) places.set(one.startMs, one);
  return [...places.values()].sort((a, b) => a.startMs - b.startMs);
};
const find = (slots: readonly Slot[], families: History['families'] = []) =>
  findAnomalies({ hours: gatherHours(slots), families }, LAST_WEEK);
const kinds = (slots: readonly Slot[]) => find(slots).anomalies.map(({ kind }) => kind);

/** The last Wednesday. */
const WEDNESDAY = 7 * (WEEKS - 1) + 2;

describe('what is unusual about a node', () => {
  test('ordinary weeks hold nothing unusual', () => {
    expect(find(workingWeeks())).toEqual({ judged: true, historyDays: expect.any(Number), anomalies: [] });
  });

  test('a history of less than four weeks is not judged at all', () => {
    const short = workingWeeks().filter(({ startMs }) => startMs >= END - 20 * DAY_MS);
    const busy = with_(short, [slot(at(WEDNESDAY, 3), 5_000)]);
    expect(find(busy)).toMatchObject({ judged: false, anomalies: [] });
    expect(find([])).toEqual({ judged: false, historyDays: 0, anomalies: [] });
  });

  test('many times the usual commands at a busy hour are unusual volume, with what is usual there', () => {
    const { anomalies } = find(with_(workingWeeks(), [slot(at(WEDNESDAY, 11), 900)]));
    expect(anomalies).toEqual([
      expect.objectContaining({
        kind: 'unusual-volume',
        start: new Date(at(WEDNESDAY, 11)).toISOString(),
        end: new Date(at(WEDNESDAY, 12)).toISOString(),
      }),
    ]);
    expect(anomalies[0]?.observed).toBeGreaterThan(900);
    expect(anomalies[0]?.usual).toBeGreaterThan(40);
    expect(anomalies[0]?.usual).toBeLessThan(60);
    expect(anomalies[0]?.explanation).toMatch(/^\d+ commands on Wednesday, 2026-08-19 from 11:00 to 12:00; usual/);
  });

  test('work in a night that is usually silent is unusual hours, one anomaly for the whole night', () => {
    const night = [1, 2, 3].map((hour) => slot(at(WEDNESDAY, hour), 20));
    const { anomalies } = find(with_(workingWeeks(), night));
    expect(anomalies).toHaveLength(1);
    expect(anomalies[0]).toMatchObject({
      kind: 'unusual-hours',
      observed: 60,
      start: new Date(at(WEDNESDAY, 1)).toISOString(),
      end: new Date(at(WEDNESDAY, 4)).toISOString(),
    });
  });

  test('two stray commands in the night are no anomaly, and neither is a night shift that is worked every week', () => {
    expect(kinds(with_(workingWeeks(), [slot(at(WEDNESDAY, 3), 2)]))).toEqual([]);
    const shifts = Array.from({ length: WEEKS }, (_, week) => slot(at(7 * week + 2, 3), 40));
    expect(kinds(with_(workingWeeks(), shifts))).toEqual([]);
  });

  test('an hour in which most commands fail is a failure spike, in percent', () => {
    const failing = slot(at(WEDNESDAY, 10), 12, { failures: 12 });
    const hour = [1, 2, 3].map((quarter) => slot(at(WEDNESDAY, 10, quarter), 12, { failures: 11 }));
    const { anomalies } = find(with_(workingWeeks(), [failing, ...hour]));
    expect(anomalies).toEqual([expect.objectContaining({ kind: 'failure-spike', observed: 94, usual: 8 })]);
  });

  test('a day with many dangerous commands is told apart from a node that has some every day', () => {
    const many = slot(at(WEDNESDAY, 10), 12, { risky: 9 });
    expect(find(with_(workingWeeks(), [many])).anomalies).toEqual([
      expect.objectContaining({ kind: 'repeated-high-risk', observed: 9, usual: 0 }),
    ]);
    const daily = workingWeeks().map((one) => (new Date(one.startMs).getHours() === 10 ? { ...one, risky: 3 } : one));
    expect(kinds(with_(daily, [{ ...many, risky: 9 }]))).toEqual([]);
  });

  test('the first use of a tool family is named to the owner, but "other" is no family', () => {
    const families = [
      { family: 'cloud', firstMs: at(WEDNESDAY, 10), count: 3 },
      { family: 'other', firstMs: at(WEDNESDAY, 10), count: 3 },
    ];
    expect(find(workingWeeks(), families).anomalies).toEqual([
      expect.objectContaining({
        kind: 'new-family',
        family: 'cloud',
        observed: 3,
        explanation: expect.stringContaining('"cloud"'),
      }),
    ]);
  });

  test('what was unusual before the span is not told again', () => {
    const earlier = with_(workingWeeks(), [slot(at(WEDNESDAY - 14, 3), 500)]);
    expect(kinds(earlier)).toEqual([]);
    expect(
      findAnomalies({ hours: gatherHours(earlier), families: [] }, { sinceMs: END - 30 * DAY_MS, untilMs: END })
        .anomalies,
    ).toHaveLength(1);
  });

  test('one wild day neither becomes the norm nor hides another: median and MAD do not move', () => {
    const wild = [slot(at(WEDNESDAY - 7, 11), 9_000), slot(at(WEDNESDAY, 11), 900)];
    expect(kinds(with_(workingWeeks(), wild))).toEqual(['unusual-volume']);
  });

  test('any history gives anomalies inside the span, in order, with finite figures', () => {
    const anySlot = fc.record({
      startMs: fc.integer({ min: 0, max: (END - MONDAY) / SLOT_MS - 1 }).map((index) => MONDAY + index * SLOT_MS),
      count: fc.integer({ min: 1, max: 10_000 }),
      ended: fc.integer({ min: 0, max: 10_000 }),
      failures: fc.nat(100),
      risky: fc.nat(50),
    });
    fc.assert(
      fc.property(fc.uniqueArray(anySlot, { selector: ({ startMs }) => startMs, maxLength: 400 }), (some) => {
        const slots = [...some].sort((a, b) => a.startMs - b.startMs);
        const { anomalies } = find(slots);
        const starts = anomalies.map(({ start }) => start);
        expect(starts).toEqual([...starts].sort());
        for (const { end, observed, usual } of anomalies) {
          expect(Date.parse(end)).toBeGreaterThan(LAST_WEEK.sinceMs);
          expect(Date.parse(end)).toBeLessThanOrEqual(END + DAY_MS);
          expect(Number.isFinite(observed) && Number.isFinite(usual) && usual >= 0).toBe(true);
        }
      }),
    );
  });

  test('hours are whole hours, however slots fall', () => {
    const { anomalies } = find(with_(workingWeeks(), [slot(at(WEDNESDAY, 3, 3), 50)]));
    expect(Date.parse(anomalies[0]?.end ?? '') - Date.parse(anomalies[0]?.start ?? '')).toBe(HOUR_MS);
  });
});

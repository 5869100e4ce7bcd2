import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gatherHours } from '../../src/domain/anomalies/anomaly-detection.ts';
import { RISK_LEVELS, riskRank } from '../../src/domain/events/risk-level.ts';
import { DAY_MS, SLOT_MS, slotOf } from '../../src/domain/time/period.ts';
import { createEventStore, type EventStore } from '../../src/storage/events/event-store.ts';
import { createReader } from '../../src/storage/reader.ts';
import { readAnswerFigures } from '../../src/storage/readers/answer-reader.ts';
import { readHistory } from '../../src/storage/readers/history-reader.ts';
import { periodDigest, readPeriod } from '../../src/storage/readers/period-reader.ts';
import { testDatabase } from '../rig/test-database.ts';

const MIDNIGHT = Date.parse('2026-03-04T00:00:00Z');
const TOOLS = ['git', 'docker', 'ls'] as const;

const commands = fc.array(
  fc.record({
    slot: fc.integer({ min: 0, max: 4 * 96 }),
    tool: fc.constantFrom(...TOOLS),
    verb: fc.constantFrom('push', 'pull'),
    risk: fc.constantFrom(...RISK_LEVELS),
    exitCode: fc.constantFrom(0, 1, null),
    durationMs: fc.integer({ min: 0, max: 700_000 }),
    ended: fc.constantFrom('at once', 'later', 'never'),
  }),
  { maxLength: 25 },
);
type Typed = typeof commands extends fc.Arbitrary<infer T> ? T : never;

/** Stores them in two commits, the second with the ends that came later. */
function store(into: EventStore, typed: Typed): void {
  const key = (command: number) => ({ session: 'bash.1.1', command });
  const end = (when: Typed[number]['ended']) =>
    typed.flatMap(({ ended, exitCode, durationMs }, command) =>
      ended === when ? [{ key: key(command), exitCode, durationMs, endMs: null }] : [],
    );
  const rest = { ended: [], offsets: [], dropped: [], nowMs: MIDNIGHT };
  const started = typed.map(({ slot, tool, verb, risk }, command) => ({
    key: key(command),
    startMs: MIDNIGHT + slot * SLOT_MS,
    shell: 'bash' as const,
    command: tool,
    cwd: null,
    tools: [tool],
    category: `${tool} family`,
    pattern: { name: `${tool} ${verb}`, tool },
    risk,
    rules: risk === 'safe' ? [] : [`files.${risk}`],
    redacted: false,
  }));
  into.commit({ ...rest, started, finished: end('at once') });
  into.commit({ ...rest, started: [], finished: end('later') });
}

const range = fc.tuple(fc.integer({ min: -2, max: 390 }), fc.integer({ min: 0, max: 392 }));
const keptBack = fc.subarray([...TOOLS, 'unknown']);

/** Counts of some commands under a name each, sorted by it. */
function counted<T>(these: readonly T[], nameOf: (one: T) => string): readonly { name: string; count: number }[] {
  const names = [...new Set(these.map(nameOf))].sort();
  return names.map((name) => ({ name, count: these.filter((one) => nameOf(one) === name).length }));
}

test('whatever span is asked for, days and quarters of an hour add up to what its commands say', () => {
  fc.assert(
    fc.property(commands, range, keptBack, (typed, [first, length], tools) => {
      const database = testDatabase(MIDNIGHT);
      store(createEventStore(database, 'host'), typed);
      const [fromMs, untilMs] = [MIDNIGHT + first * SLOT_MS, MIDNIGHT + (first + length) * SLOT_MS];
      const inRange = typed.filter(({ slot }) => slot >= first && slot < first + length);
      const told = inRange.filter(({ tool }) => !tools.some((kept) => kept === tool));
      const failures = told.filter(({ ended, exitCode }) => ended !== 'never' && exitCode === 1).length;
      const durations = told.reduce((sum, { ended, durationMs }) => sum + (ended === 'never' ? 0 : durationMs), 0);
      const rules = counted(
        inRange.filter(({ risk }) => risk !== 'safe'),
        ({ risk }) => `files.${risk}`,
      );
      const slots = counted(told, ({ slot }) => String(slot).padStart(3, '0')).map(({ name, count }) => ({
        startMs: MIDNIGHT + Number(name) * SLOT_MS,
        count,
      }));

      const period = readPeriod(database, fromMs, untilMs, tools);
      expect(period.patterns.map(({ name, count }) => ({ name, count }))).toEqual(
        counted(told, ({ tool, verb }) => `${tool} ${verb}`),
      );
      expect(period.tools.reduce((sum, one) => sum + one.failures, 0)).toBe(failures);
      expect(period.tools.reduce((sum, one) => sum + one.durationMsSum, 0)).toBe(durations);
      expect(period.levels).toEqual(RISK_LEVELS.map((risk) => told.filter((one) => one.risk === risk).length));
      expect([period.slots, period.rules]).toEqual([slots, rules]);

      const answer = readAnswerFigures(database, fromMs, untilMs, tools, () => {
        throw new Error('nobody asked');
      });
      expect(answer.usage().map(({ name, count }) => ({ name, count }))).toEqual(
        counted(told, ({ tool, verb }) => `${tool} ${verb}`),
      );
      expect([answer.slots(), answer.rules(), answer.levels()]).toEqual([slots, rules, period.levels]);

      const { hours: history } = readHistory(database, fromMs, fromMs, untilMs, tools);
      const hours = gatherHours(slots.map((slot) => ({ ...slot, ended: 0, failures: 0, risky: 0 })));
      const counts = (these: typeof hours) => these.map(({ startMs, endMs, count }) => ({ startMs, endMs, count }));
      expect(counts(history)).toEqual(counts(hours));
      expect(history.reduce((sum, one) => sum + one.failures, 0)).toBe(failures);
      expect(history.reduce((sum, one) => sum + one.risky, 0)).toBe(
        told.filter(({ risk }) => riskRank(risk) >= 2).length,
      );

      const statistics = createReader(database).statistics(fromMs, untilMs);
      expect(statistics.commands).toBe(inRange.length);
      expect(statistics.tools.reduce((sum, one) => sum + one.count, 0)).toBe(inRange.length);
      database.close();
    }),
    { numRuns: 60 },
  );
});

test('a digest changes with a late event of the period, and with no other', () => {
  const database = testDatabase(MIDNIGHT);
  const events = createEventStore(database, 'host');
  const one = { tool: 'git', verb: 'push', risk: 'high', exitCode: 0, durationMs: 5, ended: 'at once' } as const;
  const digest = (tools: readonly string[] = []): string => periodDigest(database, MIDNIGHT, MIDNIGHT + DAY_MS, tools);
  expect([digest(), digest(['git'])]).toEqual(['', '']);
  store(events, [{ ...one, slot: 4 }]);
  const before = [digest(), digest(['git']), digest(['ls'])];
  expect(new Set(before).size).toBe(3);
  store(events, [{ ...one, slot: 96 }]);
  expect([digest(), digest(['git']), digest(['ls'])]).toEqual(before);
  store(events, [{ ...one, slot: 95 }]);
  expect(digest()).not.toBe(before[0]);
  expect(digest(['git'])).toBe(before[1]);
  expect(digest(['ls'])).not.toBe(before[2]);
});

test('rollups that have outlived their retention go a few slots at a time, coarse and fine together', () => {
  const database = testDatabase(MIDNIGHT);
  const events = createEventStore(database, 'host');
  const one = { tool: 'git', verb: 'push', risk: 'high', exitCode: 0, durationMs: 5, ended: 'at once' } as const;
  store(
    events,
    [3, 4, 90, 100, 200].map((slot) => ({ ...one, slot })),
  );
  const noonOfTheSecondDay = MIDNIGHT + 1.5 * DAY_MS;
  const slots = (table: string): unknown =>
    database.prepare(`SELECT DISTINCT slot FROM ${table} ORDER BY 1`).pluck().all();
  const left = (expected: readonly number[]): void => {
    for (const table of ['rollup', 'rollup_slot', 'rollup_rule', 'rollup_coverage'])
      expect(slots(table)).toEqual(expected.map((slot) => slotOf(MIDNIGHT) + slot));
  };
  expect(events.pruneRollups(noonOfTheSecondDay, 1)).toBe(true);
  left([4, 90, 100, 200]);
  expect(events.pruneRollups(noonOfTheSecondDay, 1)).toBe(true);
  left([90, 100, 200]);
  expect(events.pruneRollups(noonOfTheSecondDay, 96)).toBe(false);
  left([100, 200]);
  for (const table of ['rollup_day', 'rollup_rule_day'])
    expect(database.prepare(`SELECT sum(count) FROM ${table}`).pluck().get()).toBe(2);
  expect(events.pruneRollups(noonOfTheSecondDay, 96)).toBe(false);
});

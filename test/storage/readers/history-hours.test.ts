import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dayStart } from '../../../src/domain/anomalies/anomaly-detection.ts';
import { DAY_MS, SLOT_MS } from '../../../src/domain/time/period.ts';
import type { Database } from '../../../src/storage/database.ts';
import { createEventStore } from '../../../src/storage/events/event-store.ts';
import { createHistoryHours, hoursBetween } from '../../../src/storage/events/history-hours.ts';
import { anomaliesOf } from '../../../src/storage/readers/history-reader.ts';
import { testDatabase } from '../../rig/test-database.ts';

const NOON = Date.parse('2026-03-29T12:00:00Z');
const TOOLS = ['git', 'docker'] as const;
/** Slots around the clock of the test: some days before, and some that are still to come. */
const slots = fc.integer({ min: -6 * 96, max: 8 });

/** What happens to a database and to the clock between two queries. */
const steps = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('type' as const),
      slot: slots,
      tool: fc.constantFrom(...TOOLS),
      isRisky: fc.boolean(),
      ends: fc.constantFrom('at once', 'later'),
    }),
    fc.record({ do: fc.constant('end' as const) }),
    fc.record({ do: fc.constant('delete' as const), slot: slots }),
    fc.record({ do: fc.constant('turn the clock' as const), minutes: fc.integer({ min: -3_000, max: 3_000 }) }),
    fc.record({ do: fc.constant('ask' as const), denied: fc.subarray([...TOOLS]), days: fc.constantFrom(1, 3, 365) }),
  ),
  { minLength: 4, maxLength: 40 },
);
type Step = typeof steps extends fc.Arbitrary<(infer T)[]> ? T : never;

/** A node whose commands, deletions and clock follow the steps. */
function createNode(database: Database) {
  const store = createEventStore(database, 'host');
  let nowMs = NOON;
  let commands = 0;
  const running: number[] = [];
  const key = (command: number) => ({ session: 'bash.1.1', command });
  const rest = { ended: [], offsets: [], dropped: [], nowMs: NOON };
  const endOf = (command: number) => ({ key: key(command), exitCode: 1, durationMs: 5, endMs: null });
  const type = ({ slot, tool, isRisky, ends }: Extract<Step, { do: 'type' }>): void => {
    commands += 1;
    const started = {
      key: key(commands),
      startMs: NOON + slot * SLOT_MS,
      shell: 'bash' as const,
      command: tool,
      cwd: null,
      tools: [tool],
      category: tool,
      pattern: { name: tool, tool },
      risk: isRisky ? ('high' as const) : ('safe' as const),
      rules: [],
      redacted: false,
    };
    if (ends === 'later') running.push(commands);
    store.commit({ ...rest, started: [started], finished: ends === 'later' ? [] : [endOf(commands)] });
  };
  return {
    now: () => nowMs,
    take: (step: Step): void => {
      if (step.do === 'type') type(step);
      if (step.do === 'end') store.commit({ ...rest, started: [], finished: running.splice(0, 1).map(endOf) });
      if (step.do === 'delete') store.pruneRollups(NOON + step.slot * SLOT_MS, 1_000);
      if (step.do === 'turn the clock') nowMs += step.minutes * 60_000;
    },
  };
}

test('the hours that are kept are those that the rollups hold, whatever changes and whenever', () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const database = testDatabase(NOON);
      const node = createNode(database);
      const readHours = createHistoryHours(database);
      for (const step of taken) {
        node.take(step);
        if (step.do !== 'ask') continue;
        const range = [dayStart(node.now() - step.days * DAY_MS), node.now(), step.denied] as const;
        expect(readHours(...range)).toEqual(hoursBetween(database, ...range));
      }
    }),
    { numRuns: 60 },
  );
});

test('an hour that is over is not read again', () => {
  const database = testDatabase(NOON);
  const node = createNode(database);
  const readHours = createHistoryHours(database);
  node.take({ do: 'type', slot: -200, tool: 'git', isRisky: false, ends: 'at once' });
  const ask = () => readHours(dayStart(NOON - 30 * DAY_MS), NOON + 1, []);
  const [before] = ask();
  node.take({ do: 'type', slot: 0, tool: 'git', isRisky: false, ends: 'at once' });
  const [again, now] = ask();
  expect(again).toBe(before);
  expect(now).toMatchObject({ startMs: NOON, count: 1 });
});

test('what a transaction undid leaves the hours as they were', () => {
  const database = testDatabase(NOON);
  const node = createNode(database);
  const readHours = createHistoryHours(database);
  node.take({ do: 'type', slot: -200, tool: 'git', isRisky: false, ends: 'at once' });
  const range = [dayStart(NOON - 30 * DAY_MS), NOON, []] as const;
  const before = [...readHours(...range)];
  expect(() =>
    database.transaction(() => {
      node.take({ do: 'type', slot: -200, tool: 'git', isRisky: true, ends: 'at once' });
      throw new Error('undone');
    })(),
  ).toThrow('undone');
  expect(readHours(...range)).toEqual(before);
});

test('anomalies are the same with hours that are kept and without', () => {
  const database = testDatabase(NOON);
  const node = createNode(database);
  const readHours = createHistoryHours(database);
  const put = (days: number, count: number): void => {
    for (let number = 0; number < count; number += 1)
      node.take({ do: 'type', slot: -days * 96, tool: 'git', isRisky: days === 1, ends: 'at once' });
  };
  for (let days = 2; days <= 60; days += 1) put(days, 3);
  const range = [NOON - 7 * DAY_MS, NOON] as const;
  expect(anomaliesOf(database, ...range, [], readHours).anomalies).toEqual([]);
  put(1, 40);
  const report = anomaliesOf(database, ...range, [], readHours);
  expect(report).toEqual(anomaliesOf(database, ...range));
  expect(report.anomalies.map(({ kind }) => kind).sort()).toEqual(['repeated-high-risk', 'unusual-volume']);
});

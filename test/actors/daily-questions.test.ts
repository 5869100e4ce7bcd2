import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createDailyQuestions, type DailyQuestions } from '../../src/actors/query-router/daily-questions.ts';
import type { QueryType } from '../../src/domain/policy/trust.ts';
import { DAY_MS } from '../../src/domain/time/period.ts';

const MIDNIGHT = Date.parse('2026-11-29T00:00:00Z');
const HOUR_MS = 3_600_000;
const TYPES: readonly QueryType[] = ['safety-posture', 'anomalies'];

/** A node under a clock of its own. What it has stored outlives its restarts. */
class Node {
  readonly asked: { readonly type: QueryType; readonly atMs: number }[] = [];
  #stored: string | undefined;
  #alarmMs: number | null = null;
  #ticks = 0;
  #daily: DailyQuestions | undefined;
  /** What asking does, e.g. the end of the process. */
  onAsk: () => void = () => undefined;

  constructor(
    public nowMs: number,
    private readonly random: (below: number) => number = (below) => Math.floor(below / 2),
  ) {}

  start(): void {
    this.#daily = createDailyQuestions(
      {
        alarm: () => ({ set: (atMs) => (this.#alarmMs = atMs), stop: () => (this.#alarmMs = null) }),
        memory: { read: () => this.#stored, write: (text) => (this.#stored = text) },
        random: this.random,
        now: () => this.nowMs,
        ticks: () => this.#ticks,
      },
      (type) => {
        this.asked.push({ type, atMs: this.nowMs });
        this.onAsk();
        return Promise.resolve();
      },
    );
    this.#daily.arm(TYPES);
  }

  /** Lets time pass; the alarm rings at least once an hour, as the real one does. */
  async pass(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    for (;;) {
      const next = Math.min(endMs, this.nowMs + HOUR_MS, Math.max(this.nowMs + 1, this.#alarmMs ?? endMs));
      this.#ticks += next - this.nowMs;
      this.nowMs = next;
      if (this.#alarmMs !== null) await this.#daily?.askDue(TYPES);
      if (next === endMs) return;
    }
  }

  stop(): void {
    this.#daily?.stop();
    this.#daily = undefined;
  }

  /** Number of times that each type was asked on each UTC day. */
  perDay(): readonly number[] {
    const counts = new Map<string, number>();
    for (const { type, atMs } of this.asked) {
      const key = `${Math.floor(atMs / DAY_MS)} ${type}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return [...counts.values()];
  }
}

test('each question is asked once a day, at the planned minute', async () => {
  const node = new Node(MIDNIGHT - HOUR_MS);
  node.start();
  await node.pass(HOUR_MS + 3 * DAY_MS);
  expect(node.perDay()).toEqual(Array.from({ length: 8 }, () => 1));
  expect(node.asked.slice(2, 4)).toEqual(TYPES.map((type) => ({ type, atMs: MIDNIGHT + DAY_MS / 2 })));
});

test('a node that was off at the planned minute asks once when it runs again', async () => {
  const node = new Node(MIDNIGHT - HOUR_MS);
  node.start();
  await node.pass(HOUR_MS + 2 * HOUR_MS);
  node.asked.length = 0;
  node.stop();
  node.nowMs = MIDNIGHT + 20 * HOUR_MS;
  node.start();
  await node.pass(HOUR_MS);
  node.stop();
  node.start();
  await node.pass(HOUR_MS);
  expect(node.asked.map(({ type }) => type)).toEqual(TYPES);
  // Peers had time to connect.
  expect(node.asked[0]?.atMs).toBe(MIDNIGHT + 20 * HOUR_MS + 30_000);
});

test('a node that was off for a week asks once, not seven times', async () => {
  const node = new Node(MIDNIGHT);
  node.start();
  await node.pass(2 * HOUR_MS);
  node.asked.length = 0;
  node.stop();
  node.nowMs += 7 * DAY_MS;
  node.start();
  await node.pass(2 * HOUR_MS);
  expect(node.perDay()).toEqual([1, 1]);
});

test('a node that ends while it asks repeats nothing, and goes on with the next question', async () => {
  const node = new Node(MIDNIGHT);
  node.start();
  node.onAsk = () => {
    throw new Error('SIGKILL');
  };
  await expect(node.pass(2 * HOUR_MS)).rejects.toThrow('SIGKILL');
  node.onAsk = () => undefined;
  node.stop();
  node.start();
  await node.pass(2 * HOUR_MS);
  expect(node.asked.map(({ type }) => type)).toEqual(TYPES);
});

test.each([
  ['by an hour', -HOUR_MS],
  ['by a day', -DAY_MS],
  ['by a year', -365 * DAY_MS],
])('a clock that is set back %s repeats no question of the days before', async (_, leap) => {
  const node = new Node(MIDNIGHT + 12 * HOUR_MS);
  node.start();
  await node.pass(2 * DAY_MS);
  const before = node.asked.length;
  node.nowMs += leap;
  await node.pass(HOUR_MS);
  if (leap > -2 * DAY_MS) expect(node.asked.length).toBe(before);
  await node.pass(3 * DAY_MS);
  expect(node.asked.length).toBeGreaterThan(before);
  expect(Math.max(...node.perDay())).toBe(1);
});

test('a clock that was years ahead does not keep the node silent afterwards', async () => {
  const node = new Node(MIDNIGHT + 3_650 * DAY_MS);
  node.start();
  await node.pass(2 * HOUR_MS);
  node.nowMs = MIDNIGHT + 12 * HOUR_MS;
  await node.pass(2 * HOUR_MS);
  expect(node.perDay()).toEqual([1, 1, 1, 1]);
});

test('no day has a question twice, whenever the node starts, stops and is set to another time (property)', async () => {
  const step = fc.record({
    restart: fc.boolean(),
    leapMs: fc.constantFrom(0, 0, 0, -HOUR_MS, -DAY_MS, DAY_MS, 5 * DAY_MS),
    passMs: fc.integer({ min: 1_000, max: 2 * DAY_MS }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 6 }), fc.infiniteStream(fc.nat()), async (steps, numbers) => {
      const node = new Node(MIDNIGHT, (below) => Number(numbers.next().value) % below);
      node.start();
      for (const { restart, leapMs, passMs } of steps) {
        if (restart) node.stop();
        node.nowMs += leapMs;
        if (restart) node.start();
        await node.pass(passMs);
      }
      expect(node.perDay().every((count) => count === 1)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

import { expect, test } from '@jest/globals';
import type { StartedCommand } from '../../src/domain/events/event.ts';
import { DAY_MS } from '../../src/domain/time/period.ts';
import { createEventStore } from '../../src/storage/events/event-store.ts';
import { createDeliveryStore } from '../../src/storage/mesh/delivery-store.ts';
import { createSummaryStore } from '../../src/storage/mesh/summary-store.ts';
import { testDatabase } from '../rig/test-database.ts';

const NOW = Date.parse('2026-03-04T12:00:00Z');

const command = (session: string, number: number, startMs: number): StartedCommand => ({
  key: { session, command: number },
  startMs,
  shell: 'bash',
  command: `echo ${number}`,
  cwd: null,
  tools: ['echo'],
  category: 'shell',
  pattern: { name: 'echo', tool: 'echo' },
  risk: 'safe',
  rules: [],
  redacted: false,
});

test('with the last command of a terminal it is forgotten that there was one, unless something still runs there', () => {
  const database = testDatabase(NOW);
  const store = createEventStore(database, 'host');
  const started = [
    command('bash.1.1', 0, NOW - 40 * DAY_MS),
    command('bash.1.1', 1, NOW - 39 * DAY_MS),
    command('bash.2.2', 0, NOW - 40 * DAY_MS),
    command('bash.2.2', 1, NOW - 1 * DAY_MS),
    command('bash.3.3', 0, NOW - 40 * DAY_MS),
  ];
  const nothing = { started: [], finished: [], ended: [], offsets: [], dropped: [], nowMs: NOW };
  store.commit({ ...nothing, started });
  store.commit({ ...nothing, ended: ['bash.1.1', 'bash.2.2'] });
  const sessions = (): unknown[] => database.prepare('SELECT name FROM session ORDER BY name').pluck().all();

  expect(store.prune(NOW - 30 * DAY_MS, 2)).toBe(2);
  expect(sessions()).toHaveLength(3);
  expect(store.prune(NOW - 30 * DAY_MS, 10)).toBe(2);
  expect(sessions()).toEqual(['bash.2.2', 'bash.3.3']);
  // The end of what ran so long finds its session, though not its event.
  store.commit({
    ...nothing,
    finished: [{ key: { session: 'bash.3.3', command: 0 }, exitCode: 0, durationMs: null, endMs: NOW }],
  });
  store.prune(NOW - 30 * DAY_MS, 10);
  expect(sessions()).toEqual(['bash.2.2']);
  // A terminal that was silent for a month goes on.
  store.commit({ ...nothing, started: [command('bash.3.3', 1, NOW)] });
  expect(sessions()).toEqual(['bash.2.2', 'bash.3.3']);
});

test('with a summary it is forgotten who had it, and nobody gets one twice', () => {
  const database = testDatabase(NOW);
  const [summaries, deliveries] = [createSummaryStore(database), createDeliveryStore(database)];
  deliveries.admit('peer', NOW - 500 * DAY_MS);
  for (const [id, days] of [
    ['old', 400],
    ['young', 10],
  ] as const) {
    const startMs = NOW - days * DAY_MS;
    const document = { payloadType: 'x', payload: '', signatures: [] };
    const kept = { id, node: 'self', kind: 'daily' as const, startMs, revision: 1, createdMs: startMs + DAY_MS };
    summaries.add({ ...kept, document, seen: '' });
    deliveries.acknowledge('peer', id, startMs + 2 * DAY_MS);
  }
  summaries.prune(NOW - 365 * DAY_MS);
  expect(database.prepare('SELECT summary_id FROM delivery').pluck().all()).toEqual(['young']);
  expect(deliveries.due(['self'], 'peer', 10)).toEqual([]);
});

import { expect, test } from '@jest/globals';
import type { StartedCommand } from '../../../src/domain/events/event.ts';
import { createEventStore } from '../../../src/storage/events/event-store.ts';
import { createReader } from '../../../src/storage/reader.ts';
import { testDatabase } from '../../rig/test-database.ts';

const NOON = Date.parse('2026-03-04T12:00:00Z');
const COMMANDS = 9_000;

const command = (number: number): StartedCommand => ({
  key: { session: 'bash.1.1', command: number },
  // Three of each millisecond, so that slices end between commands of one time.
  startMs: NOON + Math.floor(number / 3),
  shell: 'bash',
  command: `make part-${number}`,
  cwd: '/w',
  tools: ['make'],
  category: 'build',
  pattern: { name: 'make', tool: 'make' },
  risk: 'safe',
  rules: [],
  redacted: false,
});

test('other work of the process goes on while thousands of commands are read, each of them once', async () => {
  const database = testDatabase(NOON);
  const started = Array.from({ length: COMMANDS }, (_, number) => command(number));
  createEventStore(database, 'host').commit({
    started,
    finished: [],
    ended: [],
    offsets: [],
    dropped: [],
    nowMs: NOON,
  });
  const reader = createReader(database);
  let turns = 0;
  const count = (): void => {
    turns += 1;
    waiting = setImmediate(count);
  };
  let waiting = setImmediate(count);
  const whole = await reader.work(NOON, NOON + COMMANDS);
  clearImmediate(waiting);
  expect(turns).toBeGreaterThan(3);
  expect(whole).toMatchObject({ commands: COMMANDS, isPartial: false });
  const part = await reader.work(NOON + 1, NOON + 2_001);
  expect(part).toMatchObject({ commands: 6_000, isPartial: false });
});

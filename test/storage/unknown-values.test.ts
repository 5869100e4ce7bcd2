import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { StartedCommand } from '../../src/domain/events/event.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { createEventStore, type ObservationCommit } from '../../src/storage/events/event-store.ts';
import { createReader } from '../../src/storage/reader.ts';
import { readAnswerFigures } from '../../src/storage/readers/answer-reader.ts';
import { Sqlite } from '../../src/storage/sqlite.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { testDatabase } from '../rig/test-database.ts';
import { EARLIER_SCHEMAS } from './earlier/earlier-schemas.ts';

const folder = temporaryFolders();
const NOON = Date.parse('2026-03-04T12:00:00Z');
const SLOT = NOON / 900_000;

const started = (command: number, more: Partial<StartedCommand> = {}): StartedCommand => ({
  key: { session: 'bash.1.1', command },
  startMs: NOON + command,
  shell: 'bash',
  command: `make ${command}`,
  cwd: null,
  tools: ['make'],
  category: 'build',
  pattern: { name: 'make', tool: 'make' },
  risk: 'safe',
  rules: [],
  redacted: false,
  ...more,
});
const ended = (command: number, exitCode: number | null, durationMs: number | null) => ({
  key: { session: 'bash.1.1', command },
  exitCode,
  durationMs,
  endMs: null,
});
const NOTHING: ObservationCommit = { started: [], finished: [], ended: [], offsets: [], dropped: [], nowMs: NOON };

function open() {
  const database = testDatabase(NOON);
  return { database, store: createEventStore(database, 'host'), reader: createReader(database) };
}

test('an unknown exit status is in no share of failures, and an unknown duration in no mean', () => {
  const { store, reader } = open();
  store.commit({
    ...NOTHING,
    started: [1, 2, 3, 4].map((command) => started(command)),
    finished: [ended(1, 1, 114), ended(2, null, 2_000), ended(3, 0, null), ended(4, null, null)],
  });
  const { commands, ended: known, failures, tools, slots } = reader.statistics(NOON, NOON + 1);
  expect([commands, known, failures]).toEqual([4, 2, 1]);
  expect(slots).toMatchObject([{ count: 4, ended: 2, failures: 1 }]);
  expect(tools).toEqual([
    {
      name: 'make',
      count: 4,
      ended: 2,
      failures: 1,
      durationMsSum: 2_114,
      durationBuckets: [0, 0, 1, 1, 0, 0, 0, 0],
    },
  ]);
});

test('how long a command took during which the clock was set back is not known', () => {
  const { store, reader } = open();
  const back = (command: number) => ({ ...ended(command, 0, null), endMs: NOON - 3_600_000 });
  store.commit({ ...NOTHING, started: [started(1)] });
  store.commit({ ...NOTHING, started: [started(2), started(3)], finished: [back(1), back(2), ended(3, 0, 114)] });
  expect(reader.listEvents({}).map(({ durationMs }) => durationMs)).toEqual([114, null, null]);
  expect(reader.statistics(NOON, NOON + 1).tools).toMatchObject([{ count: 3, durationMsSum: 114 }]);
});

test('a command is running until its end, or the end of its shell, comes; then it is not', () => {
  const { store, reader } = open();
  const running = (): readonly (readonly unknown[])[] =>
    reader.listEvents({}).map(({ command, running: is, exitCode }) => [command, is, exitCode]);
  store.commit({ ...NOTHING, started: [started(1), started(2)] });
  expect(running()).toEqual([
    ['make 2', true, null],
    ['make 1', true, null],
  ]);
  store.commit({ ...NOTHING, finished: [ended(2, null, null)] });
  const told = store.commit({ ...NOTHING, ended: ['bash.1.1'] });
  expect(told).toMatchObject([{ command: 'make 1', running: false, exitCode: null, durationMs: null }]);
  expect(running()).toEqual([
    ['make 2', false, null],
    ['make 1', false, null],
  ]);
});

test('an imported history makes no shell one that was observed', () => {
  const { database, store, reader } = open();
  const shells = () => [
    reader.shells().map(({ shell }) => shell),
    readAnswerFigures(database, NOON, NOON + 1, [], () => ({ judged: false, historyDays: 0, anomalies: [] })).coverage()
      .shells,
  ];
  const key = { session: 'zsh.0.7', command: 1 };
  store.commit({ ...NOTHING, started: [started(1, { key, shell: 'zsh', origin: 'imported', redacted: true })] });
  expect(shells()).toEqual([[], []]);
  store.commit({ ...NOTHING, started: [started(2)] });
  expect(shells()).toEqual([['bash'], ['bash']]);
  store.commit({ ...NOTHING, dropped: [{ shell: 'fish', count: 1 }] });
  expect(shells()).toEqual([['bash'], ['bash', 'fish']]);
});

test('imported commands that the owner keeps are kept from the import on, others from their own time', () => {
  const { database, store, reader } = open();
  const DAY = 86_400_000;
  const old = (command: number, session: string, origin: 'imported' | 'kept') =>
    started(command, { key: { session, command }, startMs: NOON - 90 * DAY, origin });
  store.commit({
    ...NOTHING,
    started: [old(1, 'bash.0.1', 'imported'), old(2, 'bash.0.2', 'kept'), started(3, { startMs: NOON - 31 * DAY })],
    finished: [],
  });
  const left = (nowMs: number): readonly string[] => {
    store.prune(nowMs - 30 * DAY, 500);
    return reader.listEvents({}).map(({ command }) => command);
  };
  expect(left(NOON + DAY)).toEqual(['make 2']);
  expect(left(NOON + 30 * DAY)).toEqual(['make 2']);
  expect(left(NOON + 30 * DAY + 1)).toEqual([]);
  expect(reader.counts().events).toBe(0);
  database.exec('DELETE FROM running');
  store.prune(NOON + DAY, 500);
  expect(database.prepare('SELECT count(*) FROM session').pluck().get()).toBe(0);
});

/** The last schema that counted unknown values. */
const VERSION = 4;

/** A database of the schema that counted unknown values as zeros, and imports as observation. */
function earlier(): string {
  const file = join(folder(), 'caro.db');
  const database = new Sqlite(file);
  for (const sql of EARLIER_SCHEMAS.slice(0, VERSION)) database.exec(sql);
  database.pragma(`user_version = ${VERSION}`);
  const importedUs = (NOON + 3_600_000) * 1_000;
  database.exec(`
    INSERT INTO session VALUES (1, 'bash.1.${NOON * 1_000}', 'bash', ${NOON + 5}), (2, 'zsh.9.${importedUs}', 'zsh', ${NOON + 6});
    INSERT INTO pattern VALUES (1, 'make', 'make', 'build'), (2, 'git', 'git', 'git');
    INSERT INTO event VALUES (1, ${NOON + 1}, 1, 'bash', 'make', NULL, 0, 5, '[]', 1, 0, '[]', 'h');
    INSERT INTO event VALUES (2, ${NOON + 5}, 1, 'bash', 'make all', NULL, 2, 114, '[]', 1, 0, '[]', 'h');
    INSERT INTO event VALUES (3, ${NOON + 6}, 2, 'zsh', 'make old', NULL, NULL, NULL, '[]', 1, 0, '[]', 'h');
    INSERT INTO event VALUES (4, ${NOON + 6}, 2, 'zsh', 'git old', NULL, NULL, NULL, '[]', 2, 0, '[]', 'h');
    INSERT INTO rollup VALUES (${SLOT}, 1, 0, 3, 3, 1, 119, 2, 0, 1, 0, 0, 0, 0, 0);
    -- Another command of this pattern is no longer stored.
    INSERT INTO rollup VALUES (${SLOT}, 2, 0, 2, 2, 0, 7, 2, 0, 0, 0, 0, 0, 0, 0);
    INSERT INTO rollup_coverage VALUES (${SLOT}, 'bash', 3, 0, 0), (${SLOT}, 'zsh', 2, 1, 0);
  `);
  database.close();
  chmodSync(file, 0o600);
  return file;
}

test('figures of an earlier schema are corrected where their commands are still stored', () => {
  const { database } = openDatabase(earlier(), NOON);
  const reader = createReader(database);
  const { tools, slots } = reader.statistics(NOON, NOON + 1);
  expect(tools).toMatchObject([
    { name: 'make', count: 3, ended: 2, failures: 1, durationMsSum: 119, durationBuckets: [1, 0, 1, 0, 0, 0, 0, 0] },
    { name: 'git', count: 2, ended: 2, failures: 0 },
  ]);
  expect(slots).toMatchObject([{ count: 5, ended: 4, failures: 1 }]);
  const days = reader.statistics(NOON - 43_200_000, NOON + 43_200_000);
  expect(days.tools).toEqual(tools);
  expect(reader.shells().map(({ shell }) => shell)).toEqual(['bash']);
  const figures = readAnswerFigures(database, NOON, NOON + 1, [], () => ({
    judged: false,
    historyDays: 0,
    anomalies: [],
  }));
  expect(figures.coverage()).toMatchObject({ observed: 5, redacted: 1, shells: ['bash'] });
  database.close();
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { StartedCommand } from '../../src/domain/events/event.ts';
import { DAY_MS } from '../../src/domain/time/period.ts';
import { type Database, openDatabase } from '../../src/storage/database.ts';
import { findEvents, removeEvents, scrubJournal } from '../../src/storage/events/event-removal.ts';
import { createEventStore } from '../../src/storage/events/event-store.ts';
import { backupDatabase } from '../../src/storage/maintenance/backup.ts';
import { copiesOf, removeFromCopies } from '../../src/storage/maintenance/copies.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { testDatabase } from '../rig/test-database.ts';

const folder = temporaryFolders();
const NOW = Date.parse('2026-03-04T12:00:00Z');
const NOTHING = { started: [], finished: [], ended: [], offsets: [], dropped: [], nowMs: NOW };

interface Typed {
  readonly minutes: number;
  readonly pattern: string;
  readonly risk: StartedCommand['risk'];
  readonly rules: readonly string[];
  readonly redacted: boolean;
  readonly imported: boolean;
  readonly exitCode: number | null;
  readonly durationMs: number | null;
}

const typed: fc.Arbitrary<Typed> = fc.record({
  minutes: fc.integer({ min: 0, max: 3 * 24 * 60 }),
  pattern: fc.constantFrom('git push', 'rm', 'echo'),
  risk: fc.constantFrom('safe', 'moderate', 'critical'),
  rules: fc.subarray(['delete.recursive', 'git.force']),
  redacted: fc.boolean(),
  imported: fc.boolean(),
  exitCode: fc.constantFrom(null, 0, 1),
  durationMs: fc.constantFrom(null, 5, 70_000),
});

const commandOf = (one: Typed, number: number): StartedCommand => ({
  key: { session: `bash.${one.imported ? 0 : 1}.1`, command: number },
  startMs: NOW - one.minutes * 60_000,
  shell: 'bash',
  command: one.redacted ? `x ‹redacted:token› ${number}` : `x ${number}`,
  cwd: null,
  tools: ['x'],
  category: 'shell',
  pattern: { name: one.pattern, tool: 'x' },
  risk: one.risk,
  rules: one.rules,
  redacted: one.redacted,
  ...(one.imported ? { origin: 'imported' as const } : {}),
});

function store(database: Database, commands: readonly Typed[]): void {
  const events = createEventStore(database, 'host');
  events.commit({
    ...NOTHING,
    started: commands.map(commandOf),
    finished: commands.map(({ exitCode, durationMs }, number) => ({
      key: { session: `bash.${commands[number]?.imported ? 0 : 1}.1`, command: number },
      exitCode,
      durationMs,
      endMs: null,
    })),
  });
}

/** Every figure; patterns by their names, because an id depends on what was stored before. */
const figures = (database: Database): unknown => ({
  ...Object.fromEntries(
    ['rollup', 'rollup_day'].map((table) => [
      table,
      database
        .prepare(
          `SELECT ${table}.*, pattern.name AS pattern_id FROM ${table} JOIN pattern ON pattern.id = pattern_id ORDER BY 1, pattern.name, risk`,
        )
        .all(),
    ]),
  ),
  ...Object.fromEntries(
    ['rollup_slot', 'rollup_rule', 'rollup_rule_day'].map((table) => [
      table,
      database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all(),
    ]),
  ),
  patterns: database.prepare('SELECT name FROM pattern ORDER BY name').pluck().all(),
  coverage: database.prepare('SELECT * FROM rollup_coverage WHERE observed + redacted + dropped > 0 ORDER BY 1').all(),
  events: database.prepare('SELECT command FROM event ORDER BY command').pluck().all(),
  count: database.prepare(`SELECT coalesce(sum(value), 0) FROM counter WHERE name = 'events'`).pluck().get(),
  running: database.prepare('SELECT count(*) FROM running').pluck().get(),
});

test('without the deleted commands every figure is what it would be if they had never been typed', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(typed, fc.boolean()), { maxLength: 12 }), (commands) => {
      const [database, other] = [testDatabase(NOW), testDatabase(NOW)];
      store(
        database,
        commands.map(([command]) => command),
      );
      const ids = commands.flatMap(([, isDeleted], number) =>
        isDeleted
          ? (database.prepare('SELECT id FROM event WHERE command LIKE ?').pluck().get(`x% ${number}`) as number)
          : [],
      );
      const { events } = findEvents(database, ids);
      expect(removeEvents(database, events)).toBe(ids.length);
      const nothing = { exitCode: null, durationMs: null };
      // The same numbers, so that the texts are the same.
      const kept = createEventStore(other, 'host');
      kept.commit({
        ...NOTHING,
        started: commands.flatMap(([command, isDeleted], number) => (isDeleted ? [] : commandOf(command, number))),
        finished: commands.map(([command], number) => ({
          ...nothing,
          key: commandOf(command, number).key,
          exitCode: command.exitCode,
          durationMs: command.durationMs,
          endMs: null,
        })),
      });
      expect(figures(database)).toEqual(figures(other));
    }),
    { numRuns: 60 },
  );
});

test('no byte of a deleted command is left in the database, its write-ahead log or a backup', async () => {
  const place = folder();
  const file = join(place, 'caro.db');
  const canary = `canary-${'7'.repeat(9_000)}-end`;
  const { database } = openDatabase(file, NOW);
  const events = createEventStore(database, 'host');
  const started = { ...commandOf({ ...PLAIN, imported: false }, 0), command: `echo ${canary}` };
  events.commit({ ...NOTHING, started: [started, commandOf(PLAIN, 1)] });
  const backup = await backupDatabase(file, place, NOW);
  expect(readFileSync(backup).includes('canary-777')).toBe(true);
  const id = database.prepare('SELECT id FROM event WHERE command LIKE ?').pluck().get('echo canary%') as number;
  const found = findEvents(database, [id]);
  expect(found.sessions).toEqual(['bash.1.1']);
  expect(removeEvents(database, found.events)).toBe(1);
  expect(scrubJournal(database)).toBe(true);
  expect(removeFromCopies(copiesOf({ database: file, backups: place }), found.events)).toEqual([]);
  for (const path of [file, `${file}-wal`, backup]) {
    const bytes = readFileSync(path);
    expect([path, bytes.includes('canary'), bytes.includes('777777')]).toEqual([path, false, false]);
  }
  database.close();
});

const PLAIN: Typed = {
  minutes: 1,
  pattern: 'echo',
  risk: 'safe',
  rules: [],
  redacted: false,
  imported: false,
  exitCode: 0,
  durationMs: 5,
};

test('in a copy that holds another event under the same id, that one stays', async () => {
  const place = folder();
  const file = join(place, 'caro.db');
  const { database } = openDatabase(file, NOW);
  store(database, [PLAIN]);
  const backup = await backupDatabase(file, place, NOW);
  const { events } = findEvents(database, [1]);
  const later = events.map((event) => ({ ...event, timeMs: event.timeMs + DAY_MS }));
  expect(later).toHaveLength(1);
  expect(removeFromCopies([backup], later)).toEqual([]);
  const copy = openDatabase(backup, NOW).database;
  expect(findEvents(copy, [1]).events).toEqual(events);
  copy.close();
  database.close();
});

test('names a copy that cannot be read', () => {
  const place = folder();
  const file = join(place, 'caro.db');
  const { database } = openDatabase(file, NOW);
  store(database, [PLAIN]);
  database.close();
  const damaged = join(place, 'caro.db.damaged-1');
  writeFileSync(damaged, 'not a database');
  expect(removeFromCopies(copiesOf({ database: file, backups: place }), [])).toEqual([
    { file: damaged, reason: 'the file is not a SQLite database' },
  ]);
});

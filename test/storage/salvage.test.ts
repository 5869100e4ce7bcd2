import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { damageOf, openDatabase, setAsideFiles } from '../../src/storage/database.ts';
import { createEventStore } from '../../src/storage/events/event-store.ts';
import { backupDatabase, listBackups, pruneBackups, restoreDatabase } from '../../src/storage/maintenance/backup.ts';
import { salvage } from '../../src/storage/maintenance/salvage.ts';
import { createReader } from '../../src/storage/reader.ts';
import { codeOf } from '../rig/error-code.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const folder = temporaryFolders();
const NOON = Date.parse('2026-03-04T12:00:00Z');

function fill(file: string, from: number, count: number): void {
  const { database } = openDatabase(file, NOON);
  createEventStore(database, 'host').commit({
    started: Array.from({ length: count }, (_, index) => ({
      key: { session: 'bash.1.1', command: from + index },
      startMs: NOON + index,
      shell: 'bash' as const,
      command: `echo ${from + index} ${'x'.repeat(200)}`,
      cwd: '/tmp',
      tools: ['echo'],
      category: 'shell',
      pattern: { name: 'echo', tool: 'echo' },
      risk: 'safe' as const,
      rules: [],
      redacted: false,
    })),
    finished: [],
    ended: [],
    offsets: [],
    dropped: [],
    nowMs: NOON,
  });
  database.pragma('wal_checkpoint(truncate)');
  database.close();
}

describe('salvage', () => {
  test('brings back all rows of readable pages and adds them to what came since', () => {
    const file = join(folder(), 'caro.db');
    fill(file, 0, 3_000);
    const bytes = readFileSync(file);
    const page = Math.floor(bytes.indexOf('echo 1500 x') / 4_096) * 4_096;
    bytes.fill(0x5a, page, page + 4_096);
    writeFileSync(file, bytes);
    expect(openDatabase(file, 7).setAside).not.toBeNull();
    fill(file, 5_000, 10);
    const { database } = openDatabase(file, 8);
    const [damaged = ''] = setAsideFiles(file);
    const report = salvage(damaged, database);
    expect(report.events).toBeGreaterThan(2_900);
    expect(report.events).toBeLessThan(3_000);
    expect(report.gaps).toBeGreaterThan(0);
    const reader = createReader(database);
    expect(reader.counts().events).toBe(report.events + 10);
    expect(reader.listEvents({ limit: 10_000 })).toHaveLength(report.events + 10);
    expect(reader.statistics(NOON, NOON + 1).commands).toBeGreaterThanOrEqual(report.events + 10);
    database.close();
    expect(damageOf(file)).toBeNull();
  });

  test('of a file that is no database nothing comes back, and nothing breaks', () => {
    const file = join(folder(), 'caro.db');
    writeFileSync(file, 'not a database at all');
    const { database, setAside } = openDatabase(file, 9);
    expect(salvage(setAside?.file ?? '', database)).toMatchObject({ events: 0, summaries: 0 });
  });
});

describe('backup and restore', () => {
  test('a copy of the live database restores it, and what was there is kept', async () => {
    const home = folder();
    const file = join(home, 'caro.db');
    fill(file, 0, 20);
    const { database } = openDatabase(file, NOON);
    const backup = await backupDatabase(file, home, NOON);
    expect(listBackups(home)).toEqual([backup]);
    database.close();
    fill(file, 100, 5);
    expect(restoreDatabase(file, backup, 77)).toBe(`${file}.replaced-77`);
    const { database: restored } = openDatabase(file, NOON);
    expect(createReader(restored).counts().events).toBe(20);
    restored.close();
    expect(damageOf(`${file}.replaced-77`)).toBeNull();
  });

  test('a damaged or missing backup is refused and nothing is changed', () => {
    const home = folder();
    const file = join(home, 'caro.db');
    fill(file, 0, 3);
    writeFileSync(join(home, 'bad.db'), 'garbage');
    expect(codeOf(() => restoreDatabase(file, join(home, 'bad.db'), 1))).toBe('database_damaged');
    expect(codeOf(() => restoreDatabase(file, join(home, 'none.db'), 1))).toBe('not_found');
    expect(damageOf(file)).toBeNull();
  });

  test('only the newest backups are kept', async () => {
    const home = folder();
    const file = join(home, 'caro.db');
    fill(file, 0, 3);
    for (let day = 0; day < 4; day += 1) await backupDatabase(file, home, NOON + day * 86_400_000);
    pruneBackups(home, 2, NOON + 3 * 86_400_000);
    expect(listBackups(home).map((file) => file.slice(-19))).toEqual(['20260306T120000Z.db', '20260307T120000Z.db']);
  });
});

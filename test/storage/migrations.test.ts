import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type Database, openDatabase, openReadOnly } from '../../src/storage/database.ts';
import { createEventStore } from '../../src/storage/events/event-store.ts';
import { copyBeforeMigration, listBackups, restoreDatabase } from '../../src/storage/maintenance/backup.ts';
import { createReader } from '../../src/storage/reader.ts';
import { MIGRATIONS } from '../../src/storage/schema.ts';
import { Sqlite } from '../../src/storage/sqlite.ts';
import { CARO, configure, homeEnvironment, startService, type TestService } from '../rig/service.ts';
import { mountSmallDisk, requireSmallDisks } from '../rig/system/small-disk.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';
import { EARLIER_SCHEMAS } from './earlier/earlier-schemas.ts';

const folder = temporaryFolders();
const NOON = Date.parse('2026-03-04T12:00:00Z');
const SLOT = NOON / 900_000;
const VERSIONS = EARLIER_SCHEMAS.map((_sql, index) => index + 1);
/** A service treats every version alike: the one with the most steps before it, and with one. */
const [FARTHEST, NEAREST] = [1, VERSIONS.length];

/**
 * A database as the program of that version left it, with forty patterns in one quarter of an hour
 * of each of `days`.
 */
function writtenBy(version: number, file: string, days: number): void {
  const database = new Sqlite(file);
  database.pragma('auto_vacuum = incremental');
  database.pragma('journal_mode = wal');
  database.transaction(() => {
    for (const sql of EARLIER_SCHEMAS.slice(0, version)) database.exec(sql);
    database.pragma(`user_version = ${version}`);
    database.exec(`
      INSERT INTO meta VALUES ('kept', 'yes');
      INSERT INTO session (id, name, shell, last_ms) VALUES (1, 'bash.1.1', 'bash', ${NOON});
      INSERT INTO pattern VALUES (1, 'git commit', 'git', 'version-control');
      INSERT INTO event (id, time_ms, session_id, shell, command, cwd, exit_code, duration_ms, tools, pattern_id, risk, rules, host)
        VALUES (7, ${NOON}, 1, 'bash', 'git commit', '/tmp', 0, 5, '["git"]', 1, 0, '[]', 'host');
      INSERT INTO running VALUES (1, 3, 7);
      INSERT INTO counter VALUES ('events', 1);
      INSERT INTO audit VALUES (1, '2026-03-04T12:00:00.000Z', 'service.started', NULL, '{}', '', 'h');
      WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${days * 40 - 1})
      INSERT INTO rollup SELECT ${SLOT} + n / 40 * 96, 1 + n % 40, n % 4, 2, 2, 1, n, 1, 1, 0, 0, 0, 0, 0, 0 FROM numbers;
      INSERT INTO rollup_rule SELECT slot, 'files.delete', 40 FROM rollup GROUP BY slot;
      INSERT INTO rollup_coverage SELECT slot, 'bash', 80, 1, 0 FROM rollup GROUP BY slot;
      WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${days * 10 - 1})
      INSERT INTO summary SELECT printf('%032x', n), 'caro:ed25519:node', 'hourly', n, 1, n, hex(zeroblob(200)), '' FROM numbers;
    `);
  })();
  database.close();
  chmodSync(file, 0o600);
}

const schemaOf = (database: Database): readonly unknown[] =>
  database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name').all();

const summaries = (database: Database): unknown =>
  database.prepare('SELECT count(*), max(id), max(document) FROM summary').raw().get();

const sums = (database: Database, table: string): unknown =>
  database.prepare(`SELECT sum(count), sum(ended), sum(failures), sum(duration_ms) FROM ${table}`).raw().get();

/** Every figure that a coarser table repeats. */
function expectSums(database: Database): void {
  const all = (sql: string): unknown => database.prepare(sql).all();
  const counts = 'sum(count), sum(ended), sum(failures), sum(duration_ms)';
  const buckets = 'sum(d0), sum(d1), sum(d2), sum(d3), sum(d4), sum(d5), sum(d6), sum(d7)';
  expect(all(`SELECT day, pattern_id, risk, ${counts}, ${buckets} FROM rollup_day GROUP BY 1, 2, 3`)).toEqual(
    all(`SELECT slot / 96 AS day, pattern_id, risk, ${counts}, ${buckets} FROM rollup GROUP BY 1, 2, 3`),
  );
  expect(all(`SELECT slot, risk, ${counts} FROM rollup_slot GROUP BY 1, 2`)).toEqual(
    all(`SELECT slot, risk, ${counts} FROM rollup GROUP BY 1, 2`),
  );
  expect(all('SELECT day, rule, count FROM rollup_rule_day')).toEqual(
    all('SELECT slot / 96 AS day, rule, sum(count) AS count FROM rollup_rule GROUP BY 1, 2'),
  );
}

test('every earlier schema is kept here as it was', () => {
  expect(EARLIER_SCHEMAS).toEqual(MIGRATIONS.slice(0, -1));
});

describe.each(VERSIONS)('a database of schema version %i', (version) => {
  test('becomes one of today that lost nothing and goes on counting', () => {
    const file = join(folder(), 'caro.db');
    writtenBy(version, file, 20);
    const before = new Sqlite(file, { readonly: true });
    const counted = sums(before, 'rollup');
    const kept = summaries(before);
    before.close();
    const { database, setAside } = openDatabase(file, NOON);
    expect(setAside).toBeNull();
    const { database: fresh } = openDatabase(join(folder(), 'fresh.db'), NOON);
    expect(schemaOf(database)).toEqual(schemaOf(fresh));
    fresh.close();
    expect(database.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
    for (const table of ['rollup', 'rollup_day', 'rollup_slot']) expect(sums(database, table)).toEqual(counted);
    expect(summaries(database)).toEqual(kept);
    expectSums(database);
    const reader = createReader(database);
    expect(reader.listEvents({})).toMatchObject([{ id: 7, command: 'git commit', exitCode: 0 }]);
    createEventStore(database, 'host').commit({
      started: [],
      finished: [{ key: { session: 'bash.1.1', command: 3 }, exitCode: 1, durationMs: 20, endMs: null }],
      ended: [],
      offsets: [],
      dropped: [],
      nowMs: NOON,
    });
    expect(reader.listEvents({})).toMatchObject([{ id: 7, exitCode: 1 }]);
    expectSums(database);
    database.close();
  });
});

/** What an older program finds in a copy that was made for it. */
function expectCopy(copy: string, version: number, counted: unknown): void {
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  const database = openReadOnly(copy);
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(database.pragma('user_version', { simple: true })).toBe(version);
  const asMade = join(folder(), 'as-made.db');
  writtenBy(version, asMade, 1);
  const old = openReadOnly(asMade);
  expect(schemaOf(database)).toEqual(schemaOf(old));
  old.close();
  expect(sums(database, 'rollup')).toEqual(counted);
  expect(database.prepare('SELECT command FROM event').pluck().all()).toEqual(['git commit']);
  database.close();
}

const copiesOf = (home: string): readonly string[] => readdirSync(join(home, 'data', 'backups'));

describe.each([FARTHEST, NEAREST])('before the service migrates a database of schema version %i it', (version) => {
  let service: TestService | undefined;
  afterEach(() => service?.kill());

  async function homeOf(days: number): Promise<{ readonly home: string; readonly counted: unknown }> {
    const home = folder();
    await configure(home);
    mkdirSync(join(home, 'data'), { mode: 0o700 });
    writtenBy(version, fileOf(home), days);
    const before = openReadOnly(fileOf(home));
    const counted = sums(before, 'rollup');
    before.close();
    return { home, counted };
  }
  const fileOf = (home: string): string => join(home, 'data', 'caro.db');

  test('keeps a copy that puts the older version back, and says so in the audit log', async () => {
    const { home, counted } = await homeOf(20);
    service = await startService(home);
    await service.stop();
    const [name = '', ...more] = copiesOf(home);
    expect([name, more]).toEqual([expect.stringMatching(new RegExp(`^caro-\\d{8}T\\d{6}Z-v${version}\\.db$`)), []]);
    const database = openReadOnly(fileOf(home));
    const details = database.prepare("SELECT details FROM audit WHERE type = 'database.migrated'").pluck().all();
    database.close();
    expect(details.map((text) => JSON.parse(String(text)) as unknown)).toEqual([
      { from: version, to: MIGRATIONS.length, copy: name },
    ]);
    restoreDatabase(fileOf(home), join(home, 'data', 'backups', name), NOON);
    expectCopy(fileOf(home), version, counted);
    service = await startService(home);
    await service.stop();
    expect(copiesOf(home)).toHaveLength(1);
  });

  requireSmallDisks()('where there is no room for a copy', () => {
    test('goes on without one, and says so', async () => {
      const { home, counted } = await homeOf(20);
      const backups = join(home, 'data', 'backups');
      mkdirSync(backups);
      const disk = mountSmallDisk(backups, 16_384);
      try {
        service = await startService(home);
        await service.stop();
        expect(readdirSync(backups)).toEqual([]);
      } finally {
        disk.unmount();
      }
      const database = openReadOnly(fileOf(home));
      expect(sums(database, 'rollup')).toEqual(counted);
      const details = database.prepare("SELECT details FROM audit WHERE type = 'database.migrated'").pluck().get();
      database.close();
      expect(JSON.parse(String(details))).toEqual({ from: version, to: MIGRATIONS.length, copy: null });
      expect(readFileSync(join(home, 'state', 'caro.log'), 'utf8')).toContain('migrated without a copy');
    });
  });

  test('leaves no half of a copy when it is killed with -9 meanwhile, and makes it at the next start', async () => {
    const { home, counted } = await homeOf(4_000);
    const child = spawn(CARO, ['service', 'run'], { env: homeEnvironment(home), stdio: 'ignore' });
    const ended = new Promise((done) => child.once('exit', done));
    const backups = join(home, 'data', 'backups');
    const drafts = (): Promise<readonly string[]> =>
      Promise.resolve(existsSync(backups) ? readdirSync(backups).filter((name) => name.endsWith('.new')) : []);
    await until(drafts, (names) => names.length > 0);
    child.kill('SIGKILL');
    await ended;
    const left = openReadOnly(fileOf(home));
    const reached = Number(left.pragma('user_version', { simple: true }));
    left.close();
    service = await startService(home);
    await service.stop();
    // On a busy machine the end comes late, when the copy is whole and some steps are made: those
    // have a copy of their own then.
    const kept = [...new Set([version, reached])].filter((of) => of < MIGRATIONS.length);
    const copies = copiesOf(home);
    expect(copies.map((name) => /-v(\d+)\.db$/.exec(name)?.[1]).sort()).toEqual(kept.map(String).sort());
    expectCopy(join(backups, copies.find((name) => name.endsWith(`-v${version}.db`)) ?? ''), version, counted);
  });
});

describe('copies of one schema version', () => {
  test('take away what one that was cut off has left', () => {
    const backups = folder();
    const file = join(folder(), 'caro.db');
    writtenBy(1, file, 1);
    for (const left of ['-v1.db.new', '-v1.db.new-journal', '.db.new', '.db.new-journal'])
      writeFileSync(join(backups, `caro-20260301T120000Z${left}`), 'half');
    writeFileSync(join(backups, 'mine.db.new'), 'not ours');
    const database = new Sqlite(file);
    copyBeforeMigration(database, 1, backups, NOON);
    database.close();
    expect(readdirSync(backups).sort()).toEqual(['caro-20260304T120000Z-v1.db', 'mine.db.new']);
  });

  test('do not pile up: the newest stays, beside those of other versions and of every day', () => {
    const backups = folder();
    const file = join(folder(), 'caro.db');
    writtenBy(1, file, 1);
    const day = 86_400_000;
    for (const [at, suffix] of [
      [0, ''],
      [1, '-v1'],
      [2, '-v2'],
    ] as const)
      writeFileSync(join(backups, `caro-2026030${at + 1}T120000Z${suffix}.db`), '');
    const database = new Sqlite(file);
    const copy = copyBeforeMigration(database, 1, backups, NOON + day);
    database.close();
    expect(listBackups(backups).map((path) => path.slice(backups.length + 1))).toEqual([
      'caro-20260301T120000Z.db',
      'caro-20260303T120000Z-v2.db',
      'caro-20260305T120000Z-v1.db',
    ]);
    expect(copy).toBe(join(backups, 'caro-20260305T120000Z-v1.db'));
  });
});

describe('a service that is killed while it migrates', () => {
  let service: TestService | undefined;
  afterEach(() => service?.kill());

  /** Later changes of the schema write too little to be interrupted by a watching test. */
  const LAST_LONG = 3;

  test.each([FARTHEST, LAST_LONG])(
    'from version %i leaves the old database, which the next start migrates',
    async (version) => {
      const home = folder();
      await configure(home);
      mkdirSync(join(home, 'data'), { mode: 0o700 });
      const file = join(home, 'data', 'caro.db');
      writtenBy(version, file, 4_000);
      const child = spawn(CARO, ['service', 'run'], { env: homeEnvironment(home), stdio: 'ignore' });
      const ended = new Promise((done) => child.once('exit', done));
      // The migration's pages spill into the write-ahead log long before it is committed.
      const spilled = (): Promise<number> =>
        Promise.resolve(statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0);
      await until(spilled, (size) => size > 200_000);
      child.kill('SIGKILL');
      await ended;
      const left = openReadOnly(file);
      expect(left.pragma('user_version', { simple: true })).toBeLessThan(MIGRATIONS.length);
      const counted = sums(left, 'rollup');
      const kept = summaries(left);
      left.close();
      service = await startService(home);
      await service.stop();
      const database = openReadOnly(file);
      expect(database.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
      for (const table of ['rollup', 'rollup_day', 'rollup_slot']) expect(sums(database, table)).toEqual(counted);
      expect(summaries(database)).toEqual(kept);
      database.close();
    },
  );
});

import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { callAdmin } from '../../src/admin/client.ts';
import { alone, repair } from '../../src/cli/database/repair.ts';
import { placesFrom } from '../../src/config/places.ts';
import type { TerminalEvent } from '../../src/domain/events/event.ts';
import { openReadOnly } from '../../src/storage/database.ts';
import { Sqlite } from '../../src/storage/sqlite.ts';
import { randomFrom } from '../rig/random.ts';
import { caro, configure } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';
import { copyOf, LONG, SEED, startService, stored, type Typist, tally, times, typist } from './rig/rig.ts';

const folder = temporaryFolders();
const PAGE = 4_096;
const random = randomFrom(SEED);

/**
 * A node that was stopped, one that was killed with its journal beside it, and that one's journal
 * of an earlier moment.
 */
interface Bases {
  readonly stopped: string;
  readonly killed: string;
  readonly olderJournal: string;
  readonly shells: Typist;
}
let bases: Bases;
const kept: string[] = [];

beforeAll(async () => {
  const make = async (): Promise<string> => {
    const home = mkdtempSync(join(tmpdir(), 'caro-base-'));
    kept.push(home);
    await configure(home);
    return home;
  };
  const stopped = await make();
  const shells = typist(stopped, 2);
  shells.typeInEnded(600);
  for (let command = 0; command < 40; command += 1) shells.type(command % 2);
  const service = await startService(stopped);
  await stored(stopped, shells.typed.length);
  const killed = await make();
  const olderJournal = join(killed, 'older.db-wal');
  copyFileSync(join(stopped, 'data', 'caro.db-wal'), olderJournal);
  copyOf(stopped, killed);
  await service.stop();
  bases = { stopped, killed, olderJournal, shells };
});
afterAll(() => {
  bases.shells.end();
  for (const home of kept) rmSync(home, { recursive: true, force: true });
});

type Damage = (file: string) => void;

const overwrite: Damage = (file) => {
  const descriptor = openSync(file, 'r+');
  const pages = statSync(file).size / PAGE;
  for (let count = 1 + random(4); count > 0; count -= 1) {
    const bytes = Buffer.alloc(PAGE, random(256));
    writeSync(descriptor, bytes, 0, PAGE, (1 + random(pages - 1)) * PAGE);
  }
};

function otherProgram(file: string, id: number): void {
  rmSync(file);
  const database = new Sqlite(file);
  database.pragma(`application_id = ${id}`);
  database.exec('CREATE TABLE bookmark (url TEXT); CREATE TABLE event (id INTEGER PRIMARY KEY, what TEXT);');
  database.exec("INSERT INTO event VALUES (1, 'not ours')");
  database.close();
  chmodSync(file, 0o600);
}

/**
 * What is done to the file; whether the fresh start is told of by a set-aside file, by the log
 * alone, or not at all.
 */
const DAMAGES: readonly (readonly [string, 'stopped' | 'killed', Damage, 'aside' | 'log' | 'nothing'])[] = [
  ['is cut off', 'stopped', (file) => truncateSync(file, PAGE * (2 + random(20)) + random(PAGE)), 'aside'],
  ['has a wrong header', 'stopped', (file) => writeSync(openSync(file, 'r+'), 'SQLite format 9\0', 0), 'aside'],
  ['is a text', 'stopped', (file) => writeFileSync(file, readFileSync(__filename)), 'aside'],
  ['is the database of another program', 'stopped', (file) => otherProgram(file, 0x1234), 'aside'],
  ['is a database without any mark', 'stopped', (file) => otherProgram(file, 0), 'aside'],
  ['is a directory', 'stopped', becomeFolder, 'aside'],
  ['may not be read', 'stopped', (file) => chmodSync(file, 0o000), 'nothing'],
  ['has no bytes', 'stopped', (file) => truncateSync(file, 0), 'log'],
  ['is not there', 'stopped', (file) => rmSync(file), 'log'],
  ['has lost its journal', 'killed', (file) => rmSync(`${file}-wal`), 'log'],
  ['has an index of its journal that says something else', 'killed', garbleIndex, 'nothing'],
  ['lost its file, and its journal was left', 'killed', (file) => rmSync(file), 'log'],
];

function becomeFolder(file: string): void {
  rmSync(file);
  mkdirSync(file, { mode: 0o700 });
}

function garbleIndex(file: string): void {
  writeFileSync(`${file}-shm`, Buffer.alloc(32_768, 0x7f), { mode: 0o600 });
}

/**
 * Starts on what is left, sees that observation goes on, stops, repairs twice, and looks for
 * anything doubled.
 */
async function live(
  home: string,
): Promise<{ readonly setAside: number; readonly salvaged: number; readonly told: boolean }> {
  const file = join(home, 'data', 'caro.db');
  const headFile = join(home, 'data', 'audit-head.json');
  const head = existsSync(headFile) ? (JSON.parse(readFileSync(headFile, 'utf8')) as { seq: number }) : null;
  const service = await startService(home);
  const socket = join(home, 'run', 'admin.sock');
  const after = typist(home, 1);
  for (let command = 0; command < 5; command += 1) after.type(0);
  await until(
    () => callAdmin(socket, 'events.list', { limit: 10 }),
    (events: readonly TerminalEvent[]) => after.typed.every((text) => events.some(({ command }) => command === text)),
  );
  const { storage, actors } = await callAdmin(socket, 'service.status', {});
  expect(actors.filter(({ state }) => state !== 'running')).toEqual([]);
  const records = await callAdmin(socket, 'audit.list', { limit: 1_000 });
  const account = records.find(
    ({ type, details }) => /^database\./.test(type) && (head === null || details['lastSeq'] === head.seq),
  );
  if (storage.setAside.length > 0) {
    expect((await caro(home, 'status')).stdout).toContain('A damaged database was moved aside');
    expect(records.at(-1)).toBe(account);
  }
  expect(await callAdmin(socket, 'audit.verify', {})).toMatchObject({ firstBad: null });
  expect(await service.stop()).toBe(0);
  const places = placesFrom({ CARO_HOME: home }, home);
  const salvaged = await alone(places, () => repair(places, new Date()));
  expect(salvaged).toHaveLength(storage.setAside.length);
  expect(await alone(places, () => repair(places, new Date()))).toEqual([]);
  const database = openReadOnly(file);
  const figure = (sql: string): unknown => database.prepare(sql).pluck().get();
  const rows = Number(figure('SELECT count(*) FROM event'));
  const commands = database.prepare('SELECT DISTINCT command FROM event').pluck().all() as string[];
  expect(rows).toBe(commands.length);
  const typed = new Set([...bases.shells.typed, ...after.typed]);
  expect(commands.filter((command) => !typed.has(command))).toEqual([]);
  expect([
    figure("SELECT value FROM counter WHERE name = 'events'"),
    database.pragma('integrity_check', { simple: true }),
  ]).toEqual([rows, 'ok']);
  expect(Number(figure('SELECT sum(count) FROM rollup'))).toBeGreaterThanOrEqual(rows);
  database.close();
  after.end();
  return {
    setAside: salvaged.length,
    salvaged: salvaged.reduce((sum, { events }) => sum + events, 0),
    told: account !== undefined,
  };
}

describe(`a database that (seed ${SEED})`, () => {
  test.each(DAMAGES)(
    '%s: the service continues to observe, reports it, and duplicates nothing',
    async (_name, base, damage, told) => {
      const home = copyOf(bases[base], folder());
      damage(join(home, 'data', 'caro.db'));
      expect(await live(home)).toMatchObject({ setAside: told === 'aside' ? 1 : 0, told: told !== 'nothing' });
    },
  );

  test('has the journal of an earlier moment beside it', async () => {
    const home = copyOf(bases.stopped, folder());
    copyFileSync(bases.olderJournal, join(home, 'data', 'caro.db-wal'));
    chmodSync(join(home, 'data', 'caro.db-wal'), 0o600);
    await live(home);
  });

  test('has damaged pages: readable rows are restored once', async () => {
    const rounds = times(4, 150);
    let [found, salvaged] = [0, 0];
    for (let round = 0; round < rounds; round += 1) {
      const home = copyOf(bases.stopped, folder());
      overwrite(join(home, 'data', 'caro.db'));
      const outcome = await live(home);
      found += outcome.setAside;
      salvaged += outcome.salvaged;
      if (LONG) rmSync(home, { recursive: true });
    }
    expect(found).toBeGreaterThan(rounds / 2);
    expect(salvaged).toBeGreaterThan(0);
    tally(`databases with damaged pages, ${found} set aside, ${salvaged} commands salvaged`, rounds);
  }, 1_200_000);

  test('is damaged while in use and is set aside by the running service', async () => {
    const home = copyOf(bases.stopped, folder());
    const service = await startService(home);
    const socket = join(home, 'run', 'admin.sock');
    const file = join(home, 'data', 'caro.db');
    const descriptor = openSync(file, 'r+');
    for (let at = PAGE; at < statSync(file).size; at += PAGE)
      writeSync(descriptor, Buffer.alloc(PAGE, 0x33), 0, PAGE, at);
    const shells = typist(home, 1);
    shells.type(0);
    const { storage, service: facts } = await until(
      async () => {
        await callAdmin(socket, 'events.list', { limit: 10_000 }).catch(() => undefined);
        return callAdmin(socket, 'service.status', {}).catch(() => null);
      },
      (status) => status !== null && status.storage.setAside.length > 0,
      20_000,
    ).then((status) => status ?? Promise.reject(new Error('no status')));
    expect(storage.setAside).toHaveLength(1);
    expect(facts.pid).toBe(service.process.pid);
    shells.type(0);
    await until(
      () => callAdmin(socket, 'events.list', { limit: 10 }),
      (events) => shells.typed.every((text) => events.some(({ command }) => command === text)),
    );
    shells.end();
    expect(await service.stop()).toBe(0);
  });
});

import { copyFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { damageOf, openDatabase } from '../../src/storage/database.ts';
import { lockInstance } from '../../src/storage/instance-lock.ts';
import { createMetaStore } from '../../src/storage/meta-store.ts';
import { MIGRATIONS } from '../../src/storage/schema.ts';
import { codeOf } from '../rig/error-code.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const folder = temporaryFolders();

/** A closed database with enough in it to have pages to damage. */
function written(): string {
  const file = join(folder(), 'caro.db');
  const { database } = openDatabase(file, 0);
  const meta = createMetaStore(database);
  database.transaction(() => {
    for (let index = 0; index < 2_000; index += 1) meta.set(`key ${index}`, 'v'.repeat(100));
  })();
  database.close();
  return file;
}

test('a new database has the newest schema, is private and outlives its closing', () => {
  const file = written();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const { database, setAside } = openDatabase(file, 0);
  expect(setAside).toBeNull();
  expect(database.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
  expect(database.pragma('synchronous', { simple: true })).toBe(2);
  expect(createMetaStore(database).get('key 7')).toBe('v'.repeat(100));
  database.close();
});

describe('a damaged database is set aside whole and a fresh one begun (E5, NFR-303)', () => {
  test.each([
    [
      'damaged pages',
      (file: string) => {
        const bytes = readFileSync(file);
        bytes.fill(0xa5, 8_192, 40_960);
        writeFileSync(file, bytes);
      },
    ],
    ['a file cut off in the middle', (file: string) => truncateSync(file, 20_000)],
    [
      'a wrong header',
      (file: string) => {
        const bytes = readFileSync(file);
        bytes.write('not a database!', 0);
        writeFileSync(file, bytes);
      },
    ],
    [
      'a schema format that there is not, a single wrong byte of the header',
      (file: string) => {
        const bytes = readFileSync(file);
        bytes.writeUInt32BE(9, 44);
        writeFileSync(file, bytes);
      },
    ],
    ['a foreign file', (file: string) => copyFileSync(__filename, file)],
  ])('%s', (_name, damage) => {
    const file = written();
    damage(file);
    const bytes = readFileSync(file);
    expect(damageOf(file)).not.toBeNull();
    const { database, setAside } = openDatabase(file, 1_234);
    expect(setAside?.file).toBe(`${file}.damaged-1234`);
    expect(readFileSync(`${file}.damaged-1234`).equals(bytes)).toBe(true);
    expect(createMetaStore(database).get('key 7')).toBeUndefined();
    createMetaStore(database).set('works', 'yes');
    database.close();
    expect(damageOf(file)).toBeNull();
  });
});

test.each([0, 1, 2])(
  'tables of today under schema version %d, a wrong byte of the header, are set aside',
  (version) => {
    const file = written();
    const bytes = readFileSync(file);
    bytes.writeUInt32BE(version, 60);
    writeFileSync(file, bytes);
    expect(damageOf(file)).toBeNull();
    const { database, setAside } = openDatabase(file, 1_234);
    expect(setAside).toEqual({
      file: `${file}.damaged-1234`,
      reason: 'its tables are not those of its schema version',
    });
    createMetaStore(database).set('works', 'yes');
    database.close();
    expect(damageOf(file)).toBeNull();
  },
);

test.each([
  ['below zero, which would be two thousand million steps from today', 60, 0x80],
  ['of millions, which no newer program wrote', 61, 0x01],
])('a schema version %s, one wrong bit of the header, is damage', (_, at, bit) => {
  const file = written();
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) | bit;
  writeFileSync(file, bytes);
  expect(damageOf(file)).toBe('its header names a schema version that never was');
  const { database, setAside } = openDatabase(file, 1_234);
  expect(setAside?.file).toBe(`${file}.damaged-1234`);
  createMetaStore(database).set('works', 'yes');
  database.close();
  expect(damageOf(file)).toBeNull();
});

test('an empty file is a database that was never written', () => {
  const file = join(folder(), 'caro.db');
  writeFileSync(file, '');
  expect(openDatabase(file, 0).setAside).toBeNull();
});

test('a database of a newer version is refused and left as it is', () => {
  const file = written();
  const { database } = openDatabase(file, 0);
  database.pragma(`user_version = ${MIGRATIONS.length + 1}`);
  database.close();
  expect(codeOf(() => openDatabase(file, 0))).toBe('database_damaged');
  expect(existsSync(`${file}.damaged-0`)).toBe(false);
});

test('a home is locked for one service at a time, and free again when it ends', () => {
  const file = join(folder(), 'lock');
  const first = lockInstance(file);
  expect(codeOf(() => lockInstance(file))).toBe('already_running');
  first.release();
  lockInstance(file).release();
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import { type Database, openDatabase } from '../../src/storage/database.ts';

const opened: { readonly database: Database; readonly folder: string }[] = [];
afterEach(() => {
  for (const { database, folder } of opened.splice(0)) {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Opens an empty database in a folder of its own. Both are gone after the test. */
export function testDatabase(nowMs = 0): Database {
  const folder = mkdtempSync(join(tmpdir(), 'caro-'));
  const { database } = openDatabase(join(folder, 'caro.db'), nowMs);
  opened.push({ database, folder });
  return database;
}

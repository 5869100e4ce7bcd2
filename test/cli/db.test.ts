import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { linkRecord } from '../../src/audit/chain.ts';
import type { AuditRecord } from '../../src/domain/audit/audit-record.ts';
import { createAuditStore } from '../../src/storage/audit/audit-store.ts';
import { openDatabase, openReadOnly } from '../../src/storage/database.ts';
import { lockInstance } from '../../src/storage/instance-lock.ts';
import { type CommandLine, commandLine } from './command-line.ts';

let cli: CommandLine;
beforeEach(async () => {
  cli = commandLine();
  await cli.run(['init', '--quiet']);
  record(3);
});
afterEach(() => cli.remove());

/** Adds records to the audit log as the service does; returns the last one. */
function record(count: number): AuditRecord | undefined {
  const { database } = openDatabase(cli.places.database, Date.now());
  const store = createAuditStore(database);
  for (let index = 0; index < count; index += 1) {
    store.append(linkRecord(store.head(), { type: 'service.started', details: { index } }, new Date().toISOString()));
  }
  const head = store.head();
  database.close();
  return head;
}

function log(): readonly AuditRecord[] {
  const database = openReadOnly(cli.places.database);
  const records = [...createAuditStore(database).all()];
  database.close();
  return records;
}

/** Overwrites the middle of the database, its header stays. */
function damage(): void {
  const bytes = readFileSync(cli.places.database);
  bytes.fill(0xaa, 4_096, bytes.length - 4_096);
  writeFileSync(cli.places.database, bytes);
}

describe('caro db', () => {
  test('check says whether the database is whole', async () => {
    expect(await cli.run(['db', 'check'])).toEqual({ code: 0, out: 'HOME/data/caro.db: intact\n', err: '' });
    damage();
    const { code, out } = await cli.run(['db', 'check', '--json']);
    expect([code, JSON.parse(out)]).toMatchObject([1, { ok: false, damage: expect.any(String) }]);
    expect((await cli.run(['db', 'check'])).out).toContain('recover what can be read: caro db repair');
  });

  test('backup makes a private copy that restore puts back, and the log names the head that was lost', async () => {
    const { file } = JSON.parse((await cli.run(['db', 'backup', '--json'])).out) as { file: string };
    const path = file.replace('HOME', cli.home);
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    const lost = record(2);
    const { code, out } = await cli.run(['db', 'restore', path]);
    expect([code, out]).toEqual([0, expect.stringContaining('The previous one is kept: HOME/data/caro.db.replaced-')]);
    expect(log().map(({ seq, type }) => [seq, type])).toEqual([
      [1, 'service.started'],
      [2, 'service.started'],
      [3, 'service.started'],
      [4, 'database.restored'],
    ]);
    expect(log().at(-1)?.details).toEqual({ lastSeq: lost?.seq, lastHash: lost?.hash });
    expect((await cli.run(['audit', 'verify'])).code).toBe(0);
  });

  test('restore refuses what is no backup and changes nothing', async () => {
    writeFileSync(join(cli.home, 'x.db'), 'no database at all, but long enough to look like a file');
    expect((await cli.run(['db', 'restore', join(cli.home, 'x.db')])).code).toBe(1);
    expect((await cli.run(['db', 'restore', join(cli.home, 'none.db')])).err).toContain('there is no such file');
    expect(log()).toHaveLength(3);
    expect(readdirSync(cli.places.data).filter((name) => name.includes('replaced'))).toEqual([]);
  });

  test('repair of a whole database does nothing', async () => {
    expect((await cli.run(['db', 'repair'])).out).toBe('No damaged database was found.\n');
    expect(log()).toHaveLength(3);
  });

  test('repair sets a damaged one aside, keeps it, and begins a log that says so', async () => {
    damage();
    const { code, out } = await cli.run(['db', 'repair', '--json']);
    const { salvaged } = JSON.parse(out) as { salvaged: { file: string }[] };
    expect([code, salvaged]).toMatchObject([0, [{ events: expect.any(Number), gaps: expect.any(Number) }]]);
    expect(existsSync((salvaged[0]?.file ?? '').replace('HOME', cli.home))).toBe(true);
    expect((await cli.run(['db', 'check'])).code).toBe(0);
    expect(log()).toMatchObject([{ seq: 1, type: 'database.repaired' }]);
    expect((await cli.run(['db', 'repair'])).out).toBe('No damaged database was found.\n');
  });

  test('reset wants a yes, keeps the old database, and names its head in the new log', async () => {
    expect((await cli.run(['db', 'reset'])).code).toBe(2);
    expect((await cli.run(['db', 'reset'], { columns: 80, typed: 'no\n' })).out).toContain('Nothing has changed.');
    const last = log().at(-1);
    const { out } = await cli.run(['db', 'reset', '--yes']);
    expect(out).toContain('Created an empty database. The previous one is kept: HOME/data/caro.db.replaced-');
    expect(log()).toMatchObject([{ seq: 1, details: { lastSeq: 3, lastHash: last?.hash } }]);
  });

  test.each([['repair'], ['restore', '/x'], ['reset', '--yes']])(
    '%s is refused while a service runs',
    async (...args) => {
      const lock = lockInstance(cli.places.lock);
      const { code, err } = await cli.run(['db', ...args]);
      lock.release();
      expect(code).toBe(1);
      expect(err).toContain('stop it with caro service stop');
    },
  );
});

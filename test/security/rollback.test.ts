import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import type { AuditRecord } from '../../src/domain/audit/audit-record.ts';
import { caro, caroJson, configure, startService } from '../rig/service.ts';
import { openHome } from './rig.ts';

const homes: string[] = [];
afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});

/** A node that ran twice; `old` is its database after the first run. */
async function twice(): Promise<{ readonly home: string; readonly database: string; readonly old: string }> {
  const { home, places } = openHome();
  homes.push(home);
  await configure(home);
  const old = join(home, 'old.db');
  for (const isFirst of [true, false]) {
    const service = await startService(home);
    expect(await service.stop()).toBe(0);
    if (isFirst) copyFileSync(places.database, old);
  }
  return { home, database: places.database, old };
}

const verify = async (home: string): Promise<{ readonly code: number; readonly stdout: string }> =>
  caro(home, 'audit', 'verify');

test('an older database put in its place is noticed, although it verifies in itself', async () => {
  const { home, database, old } = await twice();
  expect(await verify(home)).toMatchObject({ code: 0 });
  const { seq: lastSeq, hash: lastHash } = JSON.parse(
    readFileSync(join(home, 'data', 'audit-head.json'), 'utf8'),
  ) as AuditRecord;
  copyFileSync(old, database);
  const { code, stdout } = await verify(home);
  expect([code, stdout]).toEqual([
    1,
    expect.stringContaining('the newest known one (audit-head.json) is not in the log'),
  ]);

  const service = await startService(home);
  expect(service.log()).toContain('older than the head of its audit log');
  const [record] = await caroJson<AuditRecord>(home, 'audit', 'list', '--type', 'database.restored');
  expect(record?.details).toEqual({ reason: 'found older than its kept head', lastSeq, lastHash });
  await service.stop();
  expect(await verify(home)).toMatchObject({ code: 0 });
});

test('a database that vanished is noticed as well', async () => {
  const { home, database } = await twice();
  rmSync(database);
  const service = await startService(home);
  expect(await caroJson<AuditRecord>(home, 'audit', 'list', '--type', 'database.restored')).toHaveLength(1);
  await service.stop();
});

test('a backup that the owner restores is accounted for, and no start speaks of it again', async () => {
  const { home, old } = await twice();
  expect(await caro(home, 'db', 'restore', old)).toMatchObject({ code: 0 });
  expect(await verify(home)).toMatchObject({ code: 0 });
  for (let start = 0; start < 2; start += 1) {
    const service = await startService(home);
    await service.stop();
  }
  const service = await startService(home);
  expect(await caroJson<AuditRecord>(home, 'audit', 'list', '--type', 'database.restored')).toHaveLength(1);
  await service.stop();
  expect(await verify(home)).toMatchObject({ code: 0 });
});

test('a log that was cut off does not verify because the file with its head was removed', async () => {
  const { home, database, old } = await twice();
  copyFileSync(old, database);
  rmSync(join(home, 'data', 'audit-head.json'));
  const { code, stdout } = await verify(home);
  expect([code, stdout]).toEqual([
    1,
    expect.stringContaining('the file with its newest head (audit-head.json) is gone'),
  ]);
  const service = await startService(home);
  expect(service.log()).toContain('head of the audit log missing');
  const [record] = await caroJson<AuditRecord>(home, 'audit', 'list', '--type', 'database.restored');
  expect(record?.details).toEqual({ reason: 'found without its kept head' });
  await service.stop();
  expect(await verify(home)).toMatchObject({ code: 0 });
});

test('a node that has never sealed its log has no head to miss', async () => {
  const { home } = openHome();
  homes.push(home);
  await configure(home);
  const service = await startService(home);
  expect(await caroJson<AuditRecord>(home, 'audit', 'list', '--type', 'database.restored')).toEqual([]);
  await service.stop();
  expect(await verify(home)).toMatchObject({ code: 0 });
});

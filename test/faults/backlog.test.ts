import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { callAdmin } from '../../src/admin/client.ts';
import { encodeSpoolRecord } from '../../src/domain/spool/spool-record.ts';
import { openReadOnly } from '../../src/storage/database.ts';
import { configure } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';
import { expectWhole, spooled, startService, stored, tally, typist } from './rig/rig.ts';

const folder = temporaryFolders();
const empty = (home: string): Promise<unknown> =>
  until(
    () => Promise.resolve(spooled(home)),
    (names) => names.length === 0,
    60_000,
  );

test('five thousand spool files of ended shells are all read and removed', async () => {
  const home = folder();
  await configure(home);
  const { typed, typeInEnded, end } = typist(home, 0);
  for (let session = 0; session < 5_000; session += 1) typeInEnded(1);
  end();
  expect(spooled(home)).toHaveLength(5_000);
  const begun = performance.now();
  const service = await startService(home);
  const ready = performance.now() - begun;
  await stored(home, typed.length);
  const taken = performance.now() - begun;
  await empty(home);
  expect(await service.stop()).toBe(0);
  expectWhole(home, typed);
  tally(`stale spool files: ready after ${Math.round(ready)} ms, stored after ${Math.round(taken)} ms`, 5_000);
});

/** Whether a command is stored, whatever else waits. */
function isStored(home: string, text: string): boolean {
  const database = openReadOnly(join(home, 'data', 'caro.db'));
  try {
    return database.prepare('SELECT 1 FROM event WHERE command = ?').get(text) !== undefined;
  } finally {
    database.close();
  }
}

test('a backlog delays neither an answer, nor a new command, nor the stop', async () => {
  const home = folder();
  await configure(home);
  const { typed, type, typeInEnded, end } = typist(home, 1);
  for (let session = 0; session < 20; session += 1) typeInEnded(500);
  const waiting = typed.length;
  const service = await startService(home);
  const status = () => callAdmin(join(home, 'run', 'admin.sock'), 'observe.status', {});
  const first = await status();
  expect(first.events).toBeLessThan(waiting);
  expect(first.pending).toBeGreaterThan(0);
  type(0);
  await until(() => Promise.resolve(isStored(home, typed.at(-1) ?? '')), Boolean);
  expect((await status()).events).toBeLessThan(waiting);
  expect(await service.stop()).toBe(0);
  const log = join(home, 'state', 'caro.log');
  expect(existsSync(log) ? readFileSync(log, 'utf8') : '').toBe('');
  expect(spooled(home)).not.toEqual([]);
  end();
  const again = await startService(home);
  await stored(home, typed.length);
  await empty(home);
  expect(await again.stop()).toBe(0);
  expectWhole(home, typed);
});

test('a record torn at any byte by a killed shell is counted as lost, and nothing before it is lost', async () => {
  const home = folder();
  await configure(home);
  const { typed, typeInEnded, end } = typist(home, 0);
  const spool = join(home, 'data', 'spool');
  mkdirSync(spool, { recursive: true, mode: 0o700 });
  const torn = encodeSpoolRecord({
    type: 'start',
    command: 2,
    startedAt: Date.now() * 1_000,
    granularity: 1,
    cwd: '/tmp',
    text: 'echo cut off',
  });
  for (let cut = 1; cut < torn.length; cut += 1) {
    typeInEnded(2);
    const name = spooled(home).find((file) => typed.at(-1)?.includes(file.replace(/^bash\.|\.0$/g, '')));
    appendFileSync(join(spool, name ?? ''), torn.subarray(0, cut));
  }
  end();
  const service = await startService(home);
  await stored(home, typed.length);
  await empty(home);
  const { dropped } = await callAdmin(join(home, 'run', 'admin.sock'), 'observe.status', {});
  expect(dropped).toBe(torn.length - 1);
  expect(await service.stop()).toBe(0);
  expectWhole(home, typed);
  tally('bytes at which a record was torn', torn.length - 1);
});

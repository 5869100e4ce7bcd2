import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { callAdmin } from '../../src/admin/client.ts';
import { DAY_MS, SLOT_MS } from '../../src/domain/time/period.ts';
import { openReadOnly } from '../../src/storage/database.ts';
import { RetentionClock } from '../../src/storage/maintenance/retention-clock.ts';
import { createMetaStore } from '../../src/storage/meta-store.ts';
import { caro, configure } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { testDatabase } from '../rig/test-database.ts';
import { until } from '../rig/until.ts';
import { expectWhole, LONG, startService, stored, type Typist, tally, typist } from './rig/rig.ts';
import { faultsBelow, requireShim } from './rig/shim.ts';

const folder = temporaryFolders();
let shells: Typist | undefined;
afterEach(() => shells?.end());

const STRANGER = `caro:ed25519:${Buffer.alloc(32, 7).toString('base64')}`;

/** Tells when the service has closed a quarter of an hour at the time that it sees. */
const believed = (home: string): number | null => {
  const database = openReadOnly(join(home, 'data', 'caro.db'));
  const text = createMetaStore(database).get('retention_clock');
  database.close();
  return text === undefined ? null : (JSON.parse(text) as { believedMs: number }).believedMs;
};

requireShim()('a clock that leaps', () => {
  test('ahead by ten years and back again destroys nothing, and the log stays ordered or says why not', async () => {
    const home = folder();
    await configure(home);
    shells = typist(home, 1);
    shells.typeInEnded(30);
    const faults = faultsBelow(home);
    const service = await startService(home, faults.prefix);
    await stored(home, 30);
    const socket = join(home, 'run', 'admin.sock');
    const ahead = 10 * 365 * DAY_MS;
    const behind = -20 * 365 * DAY_MS;
    const leaps = LONG ? [SLOT_MS, ahead, ahead + SLOT_MS, behind, behind + SLOT_MS, 0] : [ahead, behind, 0];
    for (const [index, leap] of leaps.entries()) {
      const before = believed(home);
      faults.shiftClock(leap);
      shells.type(0);
      // Each leap lands in another quarter of an hour, which the service closes.
      await until(
        () => Promise.resolve(believed(home)),
        (now) => now !== before,
        20_000,
      );
      // Put on record at the time that the service sees.
      const put = await caro(home, 'trust', 'set', STRANGER, index % 2 === 0 ? 'share_to' : 'untrusted');
      expect(put.code).toBe(0);
      await callAdmin(socket, 'summary.preview', { period: 'hourly' });
    }
    await stored(home, shells.typed.length);
    expect(await service.stop()).toBe(0);
    expectWhole(home, shells.typed);
    const database = openReadOnly(join(home, 'data', 'caro.db'));
    const records = database.prepare('SELECT time, type FROM audit ORDER BY seq').all() as Record<
      'time' | 'type',
      string
    >[];
    database.close();
    const [, ...later] = records;
    const backwards = later.filter(
      ({ time, type }, index) => time < (records[index]?.time ?? '') && type !== 'clock.changed',
    );
    expect(backwards).toEqual([]);
    expect(records.filter(({ type }) => type === 'clock.changed').length).toBeGreaterThan(0);
    expect(records.filter(({ type }) => type === 'retention.applied')).toEqual([]);
    tally('leaps of the clock', leaps.length);
    faults.close();
  });

  test('back by years, while the node changes its key, keeps nobody busy until that time comes again', async () => {
    const home = folder();
    await configure(home);
    const faults = faultsBelow(home);
    const first = await startService(home, faults.prefix);
    expect((await caro(home, 'identity', 'rotate', '--yes')).code).toBe(0);
    await first.stop();
    faults.shiftClock(-20 * 365 * DAY_MS);
    const service = await startService(home, faults.prefix);
    const socket = join(home, 'run', 'admin.sock');
    // Each start of the command takes a while, in which a timer that goes off at once goes off a
    // hundred times.
    for (let look = 0; look < 3; look += 1) expect((await caro(home, 'identity', 'show')).stdout).toContain('next id');
    const { messages } = await callAdmin(socket, 'service.metrics', {});
    expect(messages.find(({ kind }) => kind === 'identity.due')?.count ?? 0).toBe(0);
    await service.stop();
    faults.close();
  });
});

test('retention believes a clock that leapt only after a day of running under it, and is late after a long pause, never early', () => {
  const database = testDatabase();
  const start = Date.parse('2026-03-01T12:00:00Z');
  let steady = 0;
  const clock = new RetentionClock(createMetaStore(database), start - SLOT_MS, steady);
  const quarter = (now: number, passed = SLOT_MS): number => {
    steady += passed;
    return clock.read(now, steady) - start;
  };
  expect(quarter(start)).toBe(0);
  expect(quarter(start + SLOT_MS)).toBe(SLOT_MS);
  // A night in which the machine slept.
  expect(quarter(start + 10 * 3_600_000)).toBe(10 * 3_600_000);
  const leapt = start + 3_650 * DAY_MS;
  for (let count = 1; count < 96; count += 1) {
    expect(quarter(leapt + count * SLOT_MS)).toBe(10 * 3_600_000 + count * SLOT_MS);
  }
  expect(quarter(leapt + DAY_MS)).toBe(3_650 * DAY_MS + DAY_MS);
  // Put back: it follows at once, since nothing is deleted by that.
  expect(quarter(start + DAY_MS)).toBe(DAY_MS);
  // Another service on the same database knows what was believed, and how long the leap lasts
  // already.
  quarter(leapt);
  quarter(leapt + DAY_MS / 2, DAY_MS / 2);
  const next = new RetentionClock(createMetaStore(database), leapt + DAY_MS / 2, 0);
  expect(next.read(leapt + DAY_MS / 2, 0)).toBeLessThan(leapt);
  expect(next.read(leapt + DAY_MS, DAY_MS / 2)).toBe(leapt + DAY_MS);
});

test('retention does not believe a clock that leapt before anything was ever deleted', () => {
  const database = testDatabase();
  const start = Date.parse('2026-03-01T12:00:00Z');
  const leapt = start + 3_650 * DAY_MS;
  const first = new RetentionClock(createMetaStore(database), start, 0);
  expect(first.read(leapt, SLOT_MS)).toBe(start + SLOT_MS);
  const restarted = new RetentionClock(createMetaStore(database), leapt, 0);
  expect(restarted.read(leapt + SLOT_MS, SLOT_MS)).toBe(start + 2 * SLOT_MS);
});

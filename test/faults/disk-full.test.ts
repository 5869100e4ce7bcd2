import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { callAdmin } from '../../src/admin/client.ts';
import { randomFrom } from '../rig/random.ts';
import { caro, configure } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';
import { expectWhole, SEED, spooled, startService, stored, type Typist, tally, times, typist } from './rig/rig.ts';
import { faultsBelow, requireShim } from './rig/shim.ts';

const folder = temporaryFolders();
let shells: Typist | undefined;
afterEach(() => shells?.end());

/**
 * What writing meets on a disk that is full, over its quota, read-only after a fault, or failing.
 */
const ERRORS = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'] as const;
const ALWAYS = 1_000_000_000;
const status = (home: string) => callAdmin(join(home, 'run', 'admin.sock'), 'service.status', {});

requireShim()(`a disk that is full (seed ${SEED})`, () => {
  test('while the service runs: it reports it, loses nothing, and continues by itself once there is room', async () => {
    const home = folder();
    await configure(home);
    shells = typist(home, 1);
    const faults = faultsBelow(home);
    const service = await startService(home, faults.prefix);
    shells.type(0);
    await stored(home, 1);
    faults.failAt(1, 'ENOSPC', ALWAYS);
    for (let command = 0; command < 200; command += 1) shells.type(0);
    shells.typeInEnded(20);
    const troubled = await until(
      () => status(home),
      ({ observe }) => (observe?.trouble ?? null) !== null,
    );
    expect(troubled.observe?.trouble).toContain('disk is full');
    expect(troubled.observe?.events).toBe(1);
    expect(troubled.storage.trouble).toContain('disk is full');
    expect(troubled.storage.failures).toBeGreaterThan(0);
    expect((await caro(home, 'doctor')).stdout).toMatch(/disk is full/);
    // Whatever wants to be put on record is refused meanwhile.
    expect(
      (await caro(home, 'trust', 'set', `caro:ed25519:${Buffer.alloc(32, 7).toString('base64')}`, 'peer')).code,
    ).toBe(1);
    faults.mend();
    await stored(home, shells.typed.length);
    const well = await until(
      () => status(home),
      ({ storage, observe }) => storage.trouble === null && observe?.trouble === null,
    );
    expect(well.actors.filter(({ state }) => state !== 'running')).toEqual([]);
    expect(well.storage.failures).toBeGreaterThan(0);
    expect(await service.stop()).toBe(0);
    expectWhole(home, shells.typed);
    faults.close();
  });

  test('from any system call on: the service runs or says why not, and stores everything once there is room', async () => {
    const random = randomFrom(SEED);
    const rounds = times(6, 400);
    let refused = 0;
    for (let round = 0; round < rounds; round += 1) {
      const home = folder();
      await configure(home);
      shells = typist(home, 1);
      shells.typeInEnded(5);
      shells.type(0);
      const faults = faultsBelow(home);
      const met = ERRORS[random(ERRORS.length)] ?? 'ENOSPC';
      faults.failAt(1 + random(320), met, random(2) === 0 ? ALWAYS : 1 + random(30));
      const service = await startService(home, faults.prefix).catch((error: unknown) => String(error));
      if (typeof service === 'string') {
        // The last line is for people, and says what to do; there is no stack.
        expect(service).toMatch(
          new RegExp(`\\n?[^\\n]*caro: (\\S+: )?expected [^\\n]+, (the disk is full|(got|met) ${met})[^\\n]*\\n?$`),
        );
        expect(service).not.toMatch(/^ {4}at /m);
        refused += 1;
      } else shells.type(0);
      faults.mend();
      const living = typeof service === 'string' ? await startService(home, faults.prefix) : service;
      await stored(home, shells.typed.length);
      await until(
        () => Promise.resolve(spooled(home)),
        (names) => names.length === 1,
      );
      expect(await living.stop()).toBe(0);
      expectWhole(home, shells.typed);
      faults.close();
      shells.end();
    }
    tally(`starts on a disk that became full at some call, ${refused} of which were refused`, rounds);
  }, 1_200_000);
});

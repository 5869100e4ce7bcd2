import { copyFileSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { randomFrom } from '../rig/random.ts';
import { configure } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';
import { cutPower, readRecord } from './rig/disk-model.ts';
import { copyOf, expectWhole, LONG, SEED, spooled, startService, stored, tally, times, typist } from './rig/rig.ts';
import { faultsBelow, requireShim } from './rig/shim.ts';

const folder = temporaryFolders();

requireShim()(`a power cut (seed ${SEED})`, () => {
  test('at any write leaves a node that opens, verifies, and has every command once', async () => {
    // Everything that shells ever wrote, on disk for certain; the service gets it in parts and
    // removes it.
    const base = folder();
    await configure(base);
    const { typed, typeInEnded, end } = typist(base, 0);
    for (const commands of [70, 3, 40, 1, 90, 12]) typeInEnded(commands);
    end();
    const home = folder();
    await configure(home);
    const spool = join(home, 'data', 'spool');
    mkdirSync(spool, { recursive: true, mode: 0o700 });
    const record = join(folder(), 'record');
    const faults = faultsBelow(home, record);
    const service = await startService(home, faults.prefix);
    for (const name of readdirSync(join(base, 'data', 'spool')).sort()) {
      copyFileSync(join(base, 'data', 'spool', name), join(spool, '.draft'));
      renameSync(join(spool, '.draft'), join(spool, name));
    }
    await stored(home, typed.length);
    await until(
      () => Promise.resolve(spooled(home)),
      (names) => names.length === 0,
    );
    expect(await service.stop()).toBe(0);
    faults.close();
    const changes = readRecord(record);
    const random = randomFrom(SEED);
    // Where names change, order matters most.
    const sore = changes.flatMap(({ kind }, index) => (kind === 'unlink' || kind === 'rename' ? [index + 1] : []));
    const somewhere = (): number => random(changes.length + 1);
    const near = (): number => Math.min(changes.length, (sore[random(sore.length)] ?? 0) + random(6));
    const cuts = times(8, 1_500);
    for (let cut = 0; cut < cuts; cut += 1) {
      const count = LONG && cut <= changes.length ? cut : random(2) === 0 ? near() : somewhere();
      const left = copyOf(base, folder());
      cutPower(changes, count, home, left, random);
      const after = await startService(left);
      await stored(left, typed.length);
      expect(await after.stop()).toBe(0);
      expectWhole(left, typed);
    }
    tally(`power cuts in ${changes.length} changes`, cuts);
  }, 1_800_000);
});

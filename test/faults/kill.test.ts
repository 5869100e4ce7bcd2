import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { randomFrom } from '../rig/random.ts';
import { configure } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import {
  copyOf,
  expectWhole,
  LONG,
  SEED,
  spooled,
  startService,
  stored,
  type Typist,
  tally,
  times,
  typist,
} from './rig/rig.ts';
import { type Faults, faultsBelow, requireShim } from './rig/shim.ts';

const folder = temporaryFolders();
let shells: Typist | undefined;
afterEach(() => shells?.end());

/** From start to stop; `true` if it lived that long. */
async function live(home: string, faults: Faults, work: () => Promise<void>): Promise<boolean> {
  const service = await startService(home, faults.prefix).catch(() => undefined);
  if (!service) return false;
  const died = new Promise<false>((done) => service.process.once('exit', () => done(false)));
  const worked = await Promise.race([work().then(() => true), died]).catch(() => false);
  await (worked ? service.stop() : service.kill());
  return service.process.exitCode === 0;
}

requireShim()(`a service killed -9 in the middle of a call that changes a file (seed ${SEED})`, () => {
  test('has every command once after a kill at any system call from first start to stop', async () => {
    const base = folder();
    await configure(base);
    shells = typist(base, 0);
    for (const commands of [70, 5, 1]) shells.typeInEnded(commands);
    const { typed } = shells;
    const lifeOf = async (killAt: number): Promise<{ home: string; calls: number; lived: boolean }> => {
      const home = copyOf(base, folder());
      const faults = faultsBelow(home);
      if (killAt > 0) faults.killAt(killAt);
      const lived = await live(home, faults, () => stored(home, typed.length));
      const calls = faults.calls();
      faults.close();
      return { home, calls, lived };
    };
    const whole = await lifeOf(0);
    expect(whole.lived).toBe(true);
    expect(spooled(whole.home)).toEqual([]);
    const random = randomFrom(SEED);
    const points = LONG
      ? Array.from({ length: whole.calls }, (_, index) => index + 1)
      : Array.from({ length: 6 }, () => 1 + random(whole.calls));
    let killed = 0;
    for (const point of points) {
      const { home, lived } = await lifeOf(point);
      if (!lived) killed += 1;
      const after = await startService(home);
      await stored(home, typed.length);
      await after.stop();
      expectWhole(home, typed);
    }
    expect(killed).toBeGreaterThan(points.length * 0.8);
    tally('calls of a life, each with a kill in it', killed);
  }, 1_200_000);

  test('has every command once after repeated kills at random system calls under load', async () => {
    const home = folder();
    await configure(home);
    shells = typist(home, 4);
    const { type, typed, typeInEnded } = shells;
    const random = randomFrom(SEED + 1);
    const rounds = times(10, 1_500);
    for (let round = 1; round <= rounds; round += 1) {
      const faults = faultsBelow(home);
      if (random(3) === 0) typeInEnded(1 + random(3));
      faults.killAt(1 + random(120));
      let over = false;
      const lived = await live(home, faults, async () => {
        // Each command makes the service change something, so that it comes to the call in which it
        // dies.
        for (let calls = -1; !over; ) {
          await turn();
          if (calls === faults.calls()) continue;
          calls = faults.calls();
          type(random(4));
        }
      });
      over = true;
      faults.close();
      expect(lived).toBe(false);
      if (round % 50 !== 0 && round < rounds) continue;
      const after = await startService(home);
      await stored(home, typed.length);
      await after.stop();
      expectWhole(home, typed);
    }
    tally('kills under load', rounds);
  }, 3_600_000);
});

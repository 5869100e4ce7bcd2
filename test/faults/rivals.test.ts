import { afterEach, expect, test } from '@jest/globals';
import { caro, configure } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { expectWhole, startService, stored, type Typist, typist } from './rig/rig.ts';

const folder = temporaryFolders();
let shells: Typist | undefined;
afterEach(() => shells?.end());

test('of several services started at once on one home, one runs and the others say why they do not', async () => {
  const home = folder();
  await configure(home);
  shells = typist(home, 1);
  shells.typeInEnded(70);
  const rivals = await Promise.allSettled(Array.from({ length: 4 }, () => startService(home)));
  const running = rivals.flatMap((rival) => (rival.status === 'fulfilled' ? [rival.value] : []));
  const reasons = rivals.flatMap((rival) => (rival.status === 'rejected' ? [String(rival.reason)] : []));
  expect(running).toHaveLength(1);
  for (const reason of reasons) {
    expect(reason).toMatch(/ended with 1 .*another service holds it: see caro status/s);
    expect(reason).not.toMatch(/^ {4}at /m);
  }
  shells.type(0);
  await stored(home, shells.typed.length);
  // What needs the home for itself is refused as well.
  expect((await caro(home, 'db', 'repair')).stderr).toContain('another service holds it');
  await running[0]?.kill();
  const next = await startService(home);
  shells.type(0);
  await stored(home, shells.typed.length);
  expect(await next.stop()).toBe(0);
  expectWhole(home, shells.typed);
});

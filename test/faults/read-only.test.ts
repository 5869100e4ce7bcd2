import { afterEach, expect, test } from '@jest/globals';
import { configure } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { describeWithMounts, mounted } from './rig/mounts.ts';
import { expectWhole, startService, stored, type Typist, typist } from './rig/rig.ts';

const folder = temporaryFolders();
let shells: Typist | undefined;
afterEach(() => shells?.end());

/** Put before a command, this runs it where `place` cannot be written. */
const readOnly = (place: string): readonly string[] =>
  mounted('mount --bind "$0" "$0" && mount -o remount,ro,bind "$0"', place);

describeWithMounts()('a home on a disk that is read-only', () => {
  const refusal = async (home: string): Promise<string> =>
    startService(home, readOnly(home)).then(
      () => 'it started',
      (error: unknown) => String(error),
    );

  test('prevents the service from starting, with a clear error, and loses nothing', async () => {
    const home = folder();
    await configure(home);
    shells = typist(home, 1);
    shells.typeInEnded(3);
    const first = await startService(home);
    await stored(home, 3);
    await first.stop();
    shells.type(0);
    const text = await refusal(home);
    expect(text).toMatch(/ended with 1 .*caro: \S+: expected [^\n]+ read-only[^\n]*make it writable/s);
    expect(text).not.toMatch(/^ {4}at /m);
    const next = await startService(home);
    await stored(home, shells.typed.length);
    expect(await next.stop()).toBe(0);
    expectWhole(home, shells.typed);
  });

  test('prevents a first start with an error that names the directory', async () => {
    const home = folder();
    const text = await refusal(home);
    expect(text).toMatch(/ended with 1 .*caro: \S+: expected to create or use this directory, got EROFS; \S+/s);
    expect(text).not.toMatch(/^ {4}at /m);
  });
});

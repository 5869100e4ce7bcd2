/**
 * A real file system with room for next to nothing, so that a disk is full when a test wants it to
 * be.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from '@jest/globals';

export interface SmallDisk {
  /** Leaves not one byte of room. */
  readonly fill: () => void;
  /** Gives back what `fill` took. */
  readonly free: () => void;
  readonly setReadOnly: (readOnly: boolean) => void;
  readonly unmount: () => void;
}

/**
 * `describe`, or a named skip where nothing may be mounted. With CI=true that fails the file
 * instead.
 */
export function requireSmallDisks(): typeof describe | typeof describe.skip {
  const place = mkdtempSync(join(tmpdir(), 'caro-disk-'));
  try {
    mountSmallDisk(place, 16).unmount();
    return describe;
  } catch (error) {
    if (process.env['CI'] === 'true') throw new Error('CI needs root to mount a small disk', { cause: error });
    return describe.skip;
  } finally {
    rmdirSync(place);
  }
}

/**
 * Mounts an empty tmpfs of so many KiB over a directory, 0700. What lies in the directory is hidden
 * until it is unmounted.
 */
export function mountSmallDisk(place: string, kib: number): SmallDisk {
  const mount = (...args: readonly string[]): void => void execFileSync('mount', args, { stdio: 'pipe' });
  mount('-t', 'tmpfs', '-o', `size=${kib}k,mode=700`, 'caro-test', place);
  // Where shells of another system's root are tried, they see it there, too.
  const there = process.env['CARO_TEST_SHELL_ROOT'];
  if (there !== undefined) mount('--bind', place, join(there, place));
  const filler = join(place, '.filler');
  return {
    fill: () => {
      try {
        for (;;) writeFileSync(filler, Buffer.alloc(4_096), { flag: 'a', mode: 0o600 });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    },
    free: () => rmSync(filler),
    setReadOnly: (readOnly) => mount('-o', `remount,${readOnly ? 'ro' : 'rw'}`, place),
    unmount: () => {
      // A shell that is just ending may still have a file open there.
      for (const root of [there, '/']) if (root !== undefined) execFileSync('umount', ['--lazy', join(root, place)]);
      chmodSync(place, 0o700);
    },
  };
}

import { execFileSync } from 'node:child_process';
import { describe } from '@jest/globals';

/** For tests that mount in a namespace of their own; skipped where that is not allowed. */
export function describeWithMounts(): typeof describe | typeof describe.skip {
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'pipe' });
    return describe;
  } catch (error) {
    if (process.env['CI'] === 'true') throw new Error('CI needs root and unshare', { cause: error });
    return describe.skip;
  }
}

/** Put before a command, runs it in a mount namespace after `script`, whose `$0` is `place`. */
export const mounted = (script: string, place: string): readonly string[] => [
  ...['unshare', '--mount', '--propagation', 'private', 'sh', '-c'],
  `${script} && exec "$@"`,
  place,
];

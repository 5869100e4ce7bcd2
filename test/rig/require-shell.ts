import { execFileSync } from 'node:child_process';
import { describe } from '@jest/globals';
import type { ShellName } from './pty.ts';

/**
 * `describe`, or a named skip where the shell is missing. With CI=true a missing shell fails the
 * file instead.
 */
export function requireShell(name: ShellName): typeof describe | typeof describe.skip {
  if (hasShell(name)) return describe;
  if (process.env['CI'] === 'true') throw new Error(`CI needs ${name}; .ci/run installs it`);
  return describe.skip;
}

function hasShell(name: ShellName): boolean {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${name}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

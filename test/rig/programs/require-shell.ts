import { execFileSync } from 'node:child_process';
import { describe } from '@jest/globals';
import type { ShellName } from './pty.ts';

/**
 * `describe`, or a named skip where one of the shells is missing. With CI=true a missing shell
 * fails the file instead.
 */
export function requireShell(...names: readonly ShellName[]): typeof describe | typeof describe.skip {
  const missing = names.filter((name) => !hasProgram(name));
  if (missing.length === 0) return describe;
  if (process.env['CI'] === 'true') throw new Error(`CI needs ${missing.join(', ')}; .ci/run installs it`);
  return describe.skip;
}

export function hasProgram(name: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${name}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
